import CryptoPrimitives
import DurableState
import Glibc
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// A directory for one test; it goes away with the object.
final class BenchDirectory {
    let path: String

    init() {
        var template = Array("/tmp/secure-aggregation-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        for name in names(in: path) {
            let child = path + "/" + name
            if unlink(child) != 0 { remove(child) }
        }
        rmdir(path)
    }

    static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// Machines that end and are taken up from their stores, at every step and before every single effect.
@Suite struct RestartPropertyTests {
    static let steps: [FrameType] = [
        .epochProposal, .advertise, .advertiseList, .commitments, .shares, .delivery, .receipt, .roundConfig,
        .maskedInput, .chunk, .acknowledgement, .survivors, .survivorStatement, .unmaskRequest, .unmaskShares,
    ]

    @Test(arguments: steps)
    func everybodyRestartsInEveryStep(type: FrameType) throws {
        let directory = BenchDirectory()
        let bench = try ProtocolBench(spool: FileSpool(directory: directory.path + "/spool"))
        try Self.restartAll(bench, at: type)
    }

    @Test(arguments: [FrameType.advertiseList, .roundConfig, .survivors, .unmaskRequest])
    func everybodyRestartsOnFiles(type: FrameType) throws {
        let directory = BenchDirectory()
        let bench = try ProtocolBench(
            store: { try FileStateStore(directory: directory.path + "/store-\($0.map(String.init) ?? "server")") },
            spool: FileSpool(directory: directory.path + "/spool"))
        try Self.restartAll(bench, at: type)
    }

    /// Stops while frames of a type are on the way, restarts all machines and goes on.
    static func restartAll(_ bench: ProtocolBench, at type: FrameType) throws {
        bench.holding = [type]
        try bench.openEpoch()
        if bench.server.machine.expectedStage == .announce { try bench.announce() }
        #expect(!bench.held.isEmpty)
        for id in 0..<6 { try bench.restore(PeerID(rawValue: UInt32(id))) }
        try bench.restore(.coordinator)
        bench.restart(.coordinator)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
        #expect(bench.outcomes.count == 6)
        // And the round after, with what the restored machines remember.
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    @Test func everybodyRestartsBeforeTheResultArrives() throws {
        let directory = BenchDirectory()
        let bench = try ProtocolBench.upTo(.unmaskShares, spool: FileSpool(directory: directory.path + "/spool"))
        bench.holding = [.result, .chunkRoots, .chunk]
        bench.queue = bench.held
        bench.held = []
        bench.pump()
        #expect(bench.outcome != nil && bench.held.count == 18)
        for id in 0..<6 { try bench.restore(PeerID(rawValue: UInt32(id))) }
        try bench.restore(.coordinator)
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4, 5])
        #expect(bench.outcomes.count == 6)
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    @Test func theSameFramesAfterARestart() throws {
        for type in [FrameType.advertiseList, .delivery, .survivors, .unmaskRequest, .result] {
            let bench = try ProtocolBench.upTo(type)
            let before = bench.parties[0].machine.resume().sentBytes
            try bench.restore(0)
            let after = bench.parties[0].machine.resume().sentBytes
            #expect(before == after && !after.isEmpty, "\(type)")
            let said = bench.sent.filter { $0.from == 0 }.map(\.bytes)
            #expect(after.allSatisfy { said.contains($0) }, "\(type): nothing new is said")
            try bench.finishExactly([0, 1, 2, 3, 4, 5])
        }
    }

    @Test func aBurntRoundIsNeverMaskedAgain() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let promises = bench.sent.filter { $0.from == 0 && $0.type == .maskedInput }.map(\.bytes)
        try bench.restore(0)
        #expect(throws: Abort.self) { try bench.submit(bench.inputs[1], by: 0) }
        #expect(throws: Abort.self) { try bench.submit(bench.inputs[0], by: 0) }
        bench.restart(0)
        bench.pump()
        #expect(Set(bench.sent.filter { $0.from == 0 && $0.type == .maskedInput }.map(\.bytes)) == Set(promises))
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    /// Before every effect of one participant: whatever is lost, no two words under one mask, and the others get the sum.
    @Test(arguments: [0, 3])
    func participantCrashesBeforeEveryEffect(id: Int) throws {
        for effect in 0..<200 {
            let peer = PeerID(rawValue: UInt32(id))
            let bench = try ProtocolBench()
            bench.crash = (peer, effect)
            bench.retrains = true
            try bench.setUp()
            try bench.announce()
            bench.settle()
            guard bench.crash == nil else {
                #expect(effect > 20, "every effect has had its crash")
                return
            }
            bench.expectExact()
            #expect((bench.outcome?.survivors.count ?? 0) >= 5, "effect \(effect)")
            try Self.expectOneOfEach(bench, peer, "effect \(effect)")
        }
        Issue.record("the run has no end")
    }

    /// The same for the coordinator: after the restart it says its last word again, and the sum is exact or given up.
    @Test func coordinatorCrashesBeforeEveryEffect() throws {
        for effect in 0..<400 {
            let directory = BenchDirectory()
            let bench = try ProtocolBench(spool: FileSpool(directory: directory.path + "/spool"))
            bench.crash = (.coordinator, effect)
            // The driver repeats the call whose record the crash swallowed; nobody has seen anything of it.
            try bench.setUp()
            if bench.server.machine.expectedStage == .proposal { try bench.setUp() }
            try bench.announce()
            bench.settle()
            if bench.server.machine.lastRound == nil {
                try bench.announce()
                bench.settle()
            }
            guard bench.crash == nil else {
                #expect(effect > 40, "every effect has had its crash")
                return
            }
            #expect(bench.refusals.allSatisfy { $0.by != .coordinator || $0.abort.stage != .state }, "effect \(effect)")
            if bench.outcome == nil {
                Issue.record("effect \(effect): no sum, \(bench.aborts.map(\.abort)) \(bench.refusals.map(\.abort))")
            } else {
                bench.expectExact()
                #expect(bench.outcomes.count == 6, "effect \(effect)")
            }
            for id in 0..<6 { try Self.expectOneOfEach(bench, PeerID(rawValue: UInt32(id)), "effect \(effect)") }
        }
        Issue.record("the run has no end")
    }

    /// One promise, one statement, one answer a round, whatever happened.
    static func expectOneOfEach(_ bench: ProtocolBench, _ peer: PeerID, _ note: String) throws {
        for type in [
            FrameType.advertise, .commitments, .shares, .receipt, .maskedInput, .survivorStatement, .unmaskShares,
        ] {
            let frames = try bench.sent.filter { $0.from == peer && $0.type == type }.map { try Frame($0.bytes) }
            for round in Set(frames.map(\.header.round)) {
                let digests = Set(frames.filter { $0.header.round == round }.map(\.digest))
                // A proposal that was lost with its answer is answered with fresh keys; nothing else is said twice.
                #expect(digests.count == 1, "\(type) of \(peer) in round \(round), \(note)")
            }
        }
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    static func write(_ path: String, _ bytes: [UInt8]) {
        guard let file = fopen(path, "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}

extension [Effect] {
    /// The frames that are to be sent, in order.
    var sentBytes: [[UInt8]] {
        compactMap { effect in
            if case .send(_, let frame) = effect { frame.bytes } else { nil }
        }
    }
}
