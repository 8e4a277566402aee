public import RoundProtocol

/// The step before which a participant of a loopback session falls silent.
public enum DropoutStep: String, Sendable, CaseIterable {
    /// Never shows up.
    case advertise
    /// Advertises and never deals.
    case deal
    /// Deals and sends no receipt.
    case receipt
    /// Is set up and uploads nothing.
    case input
    /// Breaks off in the middle of the upload.
    case upload
    /// Uploads and never signs the survivor set.
    case survivors
    /// Signs and opens no share.
    case unmask

    /// The first frame that is never sent, of either kind of sum.
    var silencedTypes: Set<FrameType> {
        switch self {
        case .advertise: [.advertise, .join]
        case .deal: [.commitments]
        case .receipt: [.receipt]
        case .input: [.maskedInput]
        case .upload: [.chunk]
        case .survivors: [.survivorStatement]
        case .unmask: [.unmaskShares, .openingShare]
        }
    }
}

/// Processor seconds by protocol stage, and bytes, of one party.
///
/// A stage holds the work that makes its message: dealing counts as `deal`, though the list of keys sets it off.
public struct PartyCost: Sendable {
    /// Processor seconds spent in each stage.
    public internal(set) var seconds: [Stage: Double] = [:]
    /// Bytes of all frames sent.
    public internal(set) var sentBytes = 0
    /// Bytes of those among them that carry the masked input: its signed promise, the chunk roots, the chunks.
    public internal(set) var sentInputBytes = 0
    /// Bytes of all frames received.
    public internal(set) var receivedBytes = 0
    /// Processor seconds spent ahead of the input, while a model trains: masks expanded early.
    public internal(set) var preparationSeconds = 0.0

    /// Processor seconds of all stages.
    public var totalSeconds: Double { seconds.values.reduce(0, +) }

    /// Processor seconds from the announcement to the result, set-up apart.
    public var onlineSeconds: Double {
        seconds.filter { $0.key.rawValue >= Stage.announce.rawValue }.values.reduce(0, +)
    }

    /// Costs of nothing.
    public init() {}
}

/// Carries frames between the parties of one process, in order and without loss, and keeps the time.
///
/// Clients' frames reach the coordinator some at a time, an upload of some size before the next client is served, so that no
/// more than one such is under way.  The clock is virtual: it jumps to the next deadline when nothing else is left to do.
final class Loopback {
    let coordinator: any CoordinatorDriver
    let participants: [any ParticipantDriver]
    /// Processor seconds of the calling thread, for measurements.
    let cpuSeconds: @Sendable () -> Double
    private(set) var now = Instant(milliseconds: 0)
    private(set) var clientCosts: [PartyCost]
    private(set) var serverCost = PartyCost()
    private var queue: [(to: PeerID, frame: OutgoingFrame)] = []
    private var head = 0
    /// Clients' frames that are on their way to the coordinator.
    private var arriving: [[UInt8]] = []
    /// Their bytes.
    private var arrivingBytes = 0
    /// Bytes with which they arrive at the latest, and those of an upload that arrives by itself.
    private static let (mostBytes, uploadBytes) = (1 << 20, 1 << 16)
    private var silenced: [Int: Set<FrameType>] = [:]
    private var gone: Set<Int> = []
    private var deadlines: Set<Instant> = []
    private var serverResult: NodeOutcome?
    private(set) var isSessionReady = false
    /// How many participants were sent the sum of this round.
    private(set) var receivers = 0
    /// Whether each of them got the sum that the coordinator opened; only verdicts are kept, not the sums.
    private(set) var receiversAgree = true
    /// Is told of every call of the coordinator, before it is made.
    var record: ((CoordinatorCall) -> Void)?
    /// Frames that a party refused.
    private(set) var refusals: [(by: PeerID, Abort)] = []

    init(
        coordinator: any CoordinatorDriver, participants: [any ParticipantDriver],
        cpuSeconds: @escaping @Sendable () -> Double
    ) {
        self.coordinator = coordinator
        self.participants = participants
        self.cpuSeconds = cpuSeconds
        clientCosts = Array(repeating: PartyCost(), count: participants.count)
    }

    /// Starts a phase: who is to fall silent in it, everybody else is back.
    func begin(dropouts: [Int: DropoutStep]) {
        silenced = dropouts.mapValues(\.silencedTypes)
        gone = []
        receivers = 0
        receiversAgree = true
        serverResult = nil
        isSessionReady = false
        deadlines = []
    }

    func resetCosts() {
        clientCosts = Array(repeating: PartyCost(), count: participants.count)
        serverCost = PartyCost()
    }

    /// Runs a coordinator call and then everything that follows from it, until nothing is left or `isDone`.
    func run(
        provideInput: (Int, InputRequest) throws(Abort) -> NodeOutcome?,
        start: () throws(Abort) -> NodeOutcome
    ) throws(Abort) -> NodeOutcome? {
        try absorbServer { () throws(Abort) in try start() }
        while serverResult == nil {
            try drain(provideInput: provideInput, untilResult: true)
            if serverResult != nil { break }
            if isSessionReady { return nil }
            guard let next = deadlines.min() else { break }
            deadlines.remove(next)
            now = max(now, next)
            record?(CoordinatorCall(.tick, at: now))
            try absorbServer { () throws(Abort) in try coordinator.tick(at: now) }
        }
        try drain(provideInput: provideInput, untilResult: false)
        return serverResult
    }

    /// Delivers what waits, and what comes of it, until nothing is left or, if asked for, the coordinator has a result.
    private func drain(
        provideInput: (Int, InputRequest) throws(Abort) -> NodeOutcome?, untilResult: Bool
    ) throws(Abort) {
        while head < queue.count || !arriving.isEmpty {
            if untilResult && serverResult != nil { return }
            if head == queue.count {
                arrive()
                continue
            }
            let message = queue[head]
            queue[head].frame = OutgoingFrame([])
            head += 1
            try deliver(message.frame.bytes, to: message.to, provideInput: provideInput)
        }
        queue.removeAll(keepingCapacity: true)
        head = 0
    }

    private func deliver(
        _ bytes: [UInt8], to peer: PeerID, provideInput: (Int, InputRequest) throws(Abort) -> NodeOutcome?
    ) throws(Abort) {
        let index = Int(peer.rawValue)
        guard !gone.contains(index) else { return }
        clientCosts[index].receivedBytes += bytes.count
        let node = participants[index]
        var outcome: NodeOutcome
        var stage = Self.stage(of: bytes) ?? node.expectedStage
        let begin = cpuSeconds()
        do throws(Abort) {
            outcome = try node.receive(bytes, at: now)
        } catch {
            clientCosts[index].seconds[stage, default: 0] += cpuSeconds() - begin
            refusals.append((peer, error))
            return
        }
        if let answer = outcome.frames.first { stage = Self.stage(of: answer.frame.head) ?? stage }
        clientCosts[index].seconds[stage, default: 0] += cpuSeconds() - begin
        if let request = outcome.inputRequest, let submitted = try provideInput(index, request) {
            outcome.frames += submitted.frames
            stage = .input
        }
        if let opened = outcome.outcome {
            receivers += 1
            if opened.sum != serverResult?.outcome?.sum { receiversAgree = false }
        }
        var uploaded = 0
        for (_, frame) in outcome.frames where isAlive(index, frame.head) {
            clientCosts[index].sentBytes += frame.byteCount
            if Self.carriesInput(frame.head) { uploaded += frame.byteCount }
            // Put together as it is sent, at the sender's cost.
            let begin = cpuSeconds()
            arriving.append(frame.bytes)
            clientCosts[index].seconds[stage, default: 0] += cpuSeconds() - begin
            arrivingBytes += frame.byteCount
            if arrivingBytes >= Self.mostBytes { arrive() }
        }
        clientCosts[index].sentInputBytes += uploaded
        if uploaded >= Self.uploadBytes { arrive() }
    }

    /// Lets the coordinator take what is on its way to it, in order.
    private func arrive() {
        guard !arriving.isEmpty else { return }
        let frames = arriving
        arriving = []
        arrivingBytes = 0
        let step = frames.first.flatMap { Self.stage(of: $0) } ?? coordinator.expectedStage
        let begin = cpuSeconds()
        let examined = coordinator.examine(frames)
        serverCost.seconds[step, default: 0] += cpuSeconds() - begin
        for frame in examined {
            serverCost.receivedBytes += frame.bytes.count
            record?(CoordinatorCall(.receive, at: now, frame: frame.bytes))
            do throws(Abort) {
                let stage = Self.stage(of: frame.bytes) ?? coordinator.expectedStage
                try absorbServer(stage: stage) { () throws(Abort) in try coordinator.receive(frame, at: now) }
            } catch {
                refusals.append((.coordinator, error))
            }
        }
    }

    /// Meters a participant's own call, as when it masks its input.
    func metered<T>(_ index: Int, _ stage: Stage, _ body: () throws(Abort) -> T) throws(Abort) -> T {
        let begin = cpuSeconds()
        let value = try body()
        clientCosts[index].seconds[stage, default: 0] += cpuSeconds() - begin
        return value
    }

    /// Meters what a participant does ahead of its input.
    func meteredPreparation(_ index: Int, _ body: () throws(Abort) -> Void) throws(Abort) {
        let begin = cpuSeconds()
        try body()
        clientCosts[index].preparationSeconds += cpuSeconds() - begin
    }

    private func absorbServer(stage: Stage? = nil, _ body: () throws(Abort) -> NodeOutcome) throws(Abort) {
        let begin = cpuSeconds()
        let step = stage ?? coordinator.expectedStage
        defer { serverCost.seconds[step, default: 0] += cpuSeconds() - begin }
        let outcome = try body()
        for (_, frame) in outcome.frames { serverCost.sentBytes += frame.byteCount }
        queue += outcome.frames
        if let deadline = outcome.deadline { deadlines.insert(deadline) }
        if outcome.isSessionReady { isSessionReady = true }
        if outcome.outcome != nil || outcome.abort != nil { serverResult = outcome }
    }

    /// Whether a participant still gets this frame out; the first one that it does not silences it.
    private func isAlive(_ index: Int, _ frame: [UInt8]) -> Bool {
        if gone.contains(index) { return false }
        if let type = FrameType(rawValue: Self.type(of: frame)), silenced[index]?.contains(type) == true {
            gone.insert(index)
            return false
        }
        return true
    }

    /// The stage of a signed frame; parts count for the stage in which they are awaited.
    private static func stage(of frame: [UInt8]) -> Stage? {
        guard let type = FrameType(rawValue: type(of: frame)), type.isSigned else { return nil }
        return type.stage
    }

    /// Whether a client's frame is part of its masked input.
    private static func carriesInput(_ frame: [UInt8]) -> Bool {
        guard let type = FrameType(rawValue: type(of: frame)) else { return false }
        return type == .maskedInput || type == .chunkRoots || type == .chunk
    }

    private static func type(of frame: [UInt8]) -> UInt16 {
        frame.count >= 8 ? UInt16(frame[6]) | UInt16(frame[7]) << 8 : 0
    }
}
