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

    @OptionGroup var kernels: KernelOptions

    @OptionGroup var backend: BackendOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard rounds >= 1 && rounds <= 1 << 16 else { throw ValidationError("--rounds is in 1...65536") }
        try backend.check(session)
        try kernels.validate()
    }

    func run() throws {
        try kernels.apply()
        let randomness = Randomness(seed: seed)
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
        let capacity = try uploadBytes(trial) * session.clients
        let report = try spool.withSpool(capacityBytes: capacity) { (spool) throws(CommandFailure) in
            do throws(Abort) {
                return try trial.run(spool: spool) { randomness.source(for: $0) }
            } catch {
                throw CommandFailure(error)
            }
        }
        let result = RoundResult(
            trial: trial, report: report, fraction: session.dropout, peakBytes: ResourceUsage.peakResidentBytes())
        if output.json {
            try JSONOutput.write(result.json)
        } else {
            print(result.text)
        }
        if !report.isExact {
            throw CommandFailure.check("the round is wrong", "the opened sum is not the clear sum of the survivors")
        }
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
