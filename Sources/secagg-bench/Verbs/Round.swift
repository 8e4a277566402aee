internal import ArgumentParser
internal import DurableState
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// `round`: one secure round on random input, measured and compared with the clear sum.
struct Round: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "round", abstract: "Run one secure round on random input; costs by phase, exactness checked.")

    @OptionGroup var session: SessionOptions

    @Option(name: .long, help: "Where uploads wait until they are verified: memory or disk.")
    var spool = SpoolPlace.memory

    @Option(name: .long, help: "Rounds of one epoch, whose keys are dealt at once; costs are means over them.")
    var rounds = 1

    @Option(name: .long, help: "Replay a run: every secret follows from this number. Not secure.")
    var seed: UInt64?

    @Option(
        name: .customLong("verify-sample"),
        help: "Masking: so many clients check every signature and keep state; the others share their verdicts.")
    var verifySample: Int?

    @Flag(
        name: .customLong("coordinator-memory"),
        help: "Masking: tell a coordinator in a process of its own the same again, and report its memory. Not secure.")
    var coordinatorMemory = false

    @Option(name: .customLong("replay-coordinator"), help: .hidden)
    var replayCoordinator: String?

    @OptionGroup var kernels: KernelOptions

    @OptionGroup var backend: BackendOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard rounds >= 1 && rounds <= 1 << 16 else { throw ValidationError("--rounds is in 1...65536") }
        if let verifySample {
            guard verifySample >= 1 else { throw ValidationError("--verify-sample is at least 1") }
            guard backend.backend == .masking else { throw ValidationError("--verify-sample is for --backend masking") }
        }
        guard backend.backend == .masking || !coordinatorMemory && replayCoordinator == nil else {
            throw ValidationError("--coordinator-memory is for --backend masking")
        }
        try backend.check(session)
        try kernels.validate()
    }

    func run() throws {
        try kernels.apply()
        let randomness = Randomness(seed: seed ?? (coordinatorMemory ? UInt64.random(in: .min ... .max) : nil))
        let publicSeed = randomness.publicSeed()
        let dropouts = session.dropouts(seed: publicSeed)
        let sum = backend.backend(shares: session.threshold.shares)
        let plan = try session.plan(dropouts: dropouts, valueBound: session.valueBound, backend: sum)
        guard plan.dimension <= Int(RoundConfig.maximumDimension) else {
            throw CommandFailure(
                status: .badInput, what: "the vector is too long", why: "a round takes 2^28 elements at most",
                next: "lower --dimension, or cut the vector into several rounds")
        }
        var trial = RoundTrial(
            plan: plan, valueBound: session.valueBound, dropouts: dropouts, rounds: rounds, inputSeed: publicSeed)
        trial.backend = sum
        trial.maskSuites = kernels.prg.suites
        trial.threads = kernels.threads
        trial.preparesMasks = kernels.prepare
        trial.verifySample = verifySample
        let capacity = try uploadBytes(trial) * session.clients
        if let replayCoordinator {
            return try replay(CallFile(path: replayCoordinator), trial, randomness, capacity)
        }
        let calls = coordinatorMemory ? try CallFile() : nil
        defer { calls?.remove() }
        let report = try spool.withSpool(capacityBytes: capacity) { (spool) throws(CommandFailure) in
            do throws(Abort) {
                return try trial.run(spool: spool, random: { randomness.source(for: $0) }, record: calls?.recorder())
            } catch {
                throw CommandFailure(error)
            }
        }
        let peak = ResourceUsage.peakResidentBytes()
        var memory: CoordinatorMemory?
        if let calls { memory = try CoordinatorMemory.measure(calls.path, seed: publicSeed, plan: plan) }
        let result = RoundResult(
            trial: trial, report: report, fraction: session.dropout, peakBytes: peak, memory: memory)
        if output.json {
            try JSONOutput.write(result.json)
        } else {
            print(result.text)
        }
        if !report.isExact {
            throw CommandFailure.check("the round is wrong", "the opened sum is not the clear sum of the survivors")
        }
    }

    /// Tells a coordinator, alone in this process, what is in a file, and says what it took.
    private func replay(
        _ calls: CallFile, _ trial: RoundTrial, _ randomness: Randomness, _ capacity: Int
    ) throws(CommandFailure) {
        CoordinatorMemory.loadProgram()
        let replay = try spool.withSpool(capacityBytes: capacity) { (spool) throws(CommandFailure) in
            do throws(Abort) {
                return try trial.replayCoordinator(
                    spool: spool, random: { randomness.source(for: $0) }, peakBytes: CoordinatorMemory.peakBytes,
                    next: calls.reader())
            } catch {
                throw CommandFailure(error)
            }
        }
        print(replay.baselineBytes, replay.peakBytes, replay.opened, terminator: "")
    }

    /// Bytes of one upload.
    private func uploadBytes(_ trial: RoundTrial) throws(CommandFailure) -> Int {
        guard case .paillier(let terms) = trial.backend else { return trial.plan.vectorBytes }
        do throws(Abort) {
            return try terms.contributionBytes(
                dimension: trial.plan.dimension, ringBits: trial.plan.ringBits, valueBound: trial.valueBound,
                participants: trial.plan.participants)
        } catch {
            throw CommandFailure(
                status: .badInput, what: "the values do not fit the slots", why: error.description,
                next: "take fewer --bits; with --masks-inside a slot holds the sum of all masked values")
        }
    }
}
