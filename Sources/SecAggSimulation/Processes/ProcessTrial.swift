internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How one trial with real processes ended.
public struct ProcessReport: Sendable {
    /// What ended it.
    public enum End: Sendable, Equatable {
        /// The sum was opened and is exact.
        case exactSum(survivors: Int)
        /// The round or epoch was given up, with a reason.
        case abort(String)
        /// Neither within the time.
        case stuck
    }

    /// The seed.
    public let seed: UInt64
    /// The end.
    public let end: End
    /// Processes that were ended by SIGKILL while the trial ran.
    public let killed: Int
    /// What must not happen and did.
    public let violations: [String]
    /// Uploads that the coordinator had acknowledged.
    public let acknowledged: Int
    /// Wall time, milliseconds.
    public let milliseconds: UInt64
}

/// A round among real processes, each of which is ended once by SIGKILL at a random moment and started again from its disk.
///
/// This process is the network: it passes frames on, and watches them. A frame that a process had not written whole when it
/// ended is lost, and so is what was on its way to it.
///
/// Source: simulation section 6
public final class ProcessTrial {
    private let terms: ProcessTerms
    private let program: String
    private let directory: String
    private var children: [ChildProcess?]
    private var lives: [UInt64]
    /// Frames that a party has been handed, and after how many it ends.
    private var handed: [Int]
    private var triggers: [Int]
    private var startAt: [UInt64?]
    private var killAt: [UInt64?]
    private var watch: ProcessWatch
    private var end: ProcessReport.End?
    private var chance: SimulatedChance
    private let start = Waiting.milliseconds()
    private var lastFrame: UInt64

    /// Prepares a trial; `arguments` start one party from its id, directory and life.
    ///
    /// - Parameters:
    ///   - program: an executable that runs `PartyProcess.run` when it is given such arguments.
    ///   - directory: empty, of the trial's own.
    public init(
        _ terms: ProcessTerms, program: String, directory: String, isKilling: Bool
    ) throws {
        self.terms = terms
        self.program = program
        self.directory = directory
        let count = terms.participants + 1
        children = [ChildProcess?](repeating: nil, count: count)
        lives = [UInt64](repeating: 0, count: count)
        handed = [Int](repeating: 0, count: count)
        startAt = [UInt64?](repeating: 0, count: count)
        killAt = [UInt64?](repeating: nil, count: count)
        chance = SimulatedChance(seed: terms.seed, stream: 77)
        watch = ProcessWatch(terms)
        // A participant is handed nine frames of an undisturbed round, the coordinator nine from each of them; of a sum under
        // encryption five from each, and three more from a shareholder.
        var drawn: [Int] = []
        let each = terms.sum == .masking ? 8 : 5
        for id in 0..<count {
            let bound = id < terms.participants ? 8 : each * terms.participants
            drawn.append(isKilling ? chance.below(bound) : .max)
        }
        triggers = drawn
        lastFrame = start
        Waiting.ignoreBrokenPipes()
    }

    /// Runs the round to its end.
    public func run(arguments: (_ id: Int, _ directory: String, _ life: UInt64) -> [String]) -> ProcessReport {
        for id in children.indices { _ = unsafe mkdir(place(id), 0o700) }
        let limit = start + 12 * terms.stepMilliseconds
        var lastTick = start
        while end == nil {
            let now = Waiting.milliseconds()
            if now > limit { break }
            for id in children.indices { step(id, now, arguments) }
            if now >= lastTick + 50 {
                lastTick = now
                children[terms.participants]?.send(PartyMessage(kind: .tick, number: now, bytes: []))
            }
            if now >= lastFrame + 400 {
                // Nothing moves: somebody has missed something.
                lastFrame = now
                for child in children { child?.send(PartyMessage(kind: .resume, number: now, bytes: [])) }
            }
            Waiting.some(of: children.compactMap { $0 }, milliseconds: 5)
            for id in children.indices { listen(id) }
        }
        for child in children { child?.kill() }
        let took = Waiting.milliseconds() - start
        return ProcessReport(
            seed: terms.seed, end: end ?? .stuck, killed: lives.count { $0 > 0 }, violations: watch.violations,
            acknowledged: watch.acknowledged.count, milliseconds: took)
    }

    private func place(_ id: Int) -> String { directory + "/party-\(id)" }

    /// Ends a process whose moment has come, and starts one whose pause is over.
    private func step(_ id: Int, _ now: UInt64, _ arguments: (Int, String, UInt64) -> [String]) {
        if let moment = killAt[id], now >= moment, let child = children[id] {
            killAt[id] = nil
            child.kill()
            listen(id)
            children[id] = nil
            lives[id] += 1
            startAt[id] = now + UInt64(chance.below(60))
        }
        if let moment = startAt[id], now >= moment {
            startAt[id] = nil
            children[id] = ChildProcess(program, arguments: arguments(id, place(id), lives[id]))
            if children[id] == nil { watch.violations.append("process \(id) cannot be started") }
            if id == terms.participants {
                children[id]?.send(PartyMessage(kind: .begin, number: now, bytes: []))
            }
            if lives[id] > 0 { children[id]?.send(PartyMessage(kind: .resume, number: now, bytes: [])) }
            if triggers[id] == 0, lives[id] == 0 { killAt[id] = now + UInt64(chance.below(40)) }
        }
        children[id]?.flush()
    }

    /// Takes what a process has said.
    private func listen(_ id: Int) {
        guard let child = children[id] else { return }
        for message in child.receive() {
            switch message.kind {
            case .send: pass(message, from: id)
            case .input: watch.lives[id] = message.number
            case .result: finish(message)
            case .abort:
                guard id == terms.participants, end == nil else { continue }
                let code = AbortCode(rawValue: UInt16(truncatingIfNeeded: message.number >> 16))
                let stage = Stage(rawValue: UInt16(truncatingIfNeeded: message.number))
                guard let code, let stage else { continue }
                end = .abort("\(code) in \(stage)")
            case .failed: watch.violations.append("process \(id) cannot go on: code \(message.number)")
            default: continue
            }
        }
    }

    private func pass(_ message: PartyMessage, from id: Int) {
        let now = Waiting.milliseconds()
        lastFrame = now
        watch.saw(message.bytes, from: id, to: message.number)
        let target =
            message.number == UInt64(PeerID.coordinator.rawValue) ? terms.participants : Int(clamping: message.number)
        guard children.indices.contains(target) else { return }
        children[target]?.send(PartyMessage(kind: .frame, number: now, bytes: message.bytes))
        handed[target] += 1
        if lives[target] == 0, killAt[target] == nil, handed[target] >= triggers[target] {
            // In the middle of what it does with this frame, or a little later.
            killAt[target] = now + UInt64(chance.below(12))
        }
    }

    private func finish(_ message: PartyMessage) {
        guard message.number == UInt64(terms.participants), end == nil, let count = message.bytes.first else { return }
        let survivors = message.bytes.dropFirst().prefix(Int(count)).map { Int($0) }
        let words = [UInt8](message.bytes.dropFirst(1 + Int(count)))
        watch.check(words, survivors)
        end = .exactSum(survivors: survivors.count)
    }
}
