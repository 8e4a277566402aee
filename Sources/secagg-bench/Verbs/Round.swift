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

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard rounds >= 1 && rounds <= 1 << 16 else { throw ValidationError("--rounds is in 1...65536") }
    }

    func run() throws {
        let randomness = Randomness(seed: seed)
        let publicSeed = randomness.publicSeed()
        let dropouts = session.dropouts(seed: publicSeed)
        let plan = try session.plan(dropouts: dropouts, valueBound: session.valueBound)
        guard plan.dimension <= Int(RoundConfig.maximumDimension) else {
            throw CommandFailure(
                status: .badInput, what: "the vector is too long", why: "a round takes 2^28 elements at most",
                next: "lower --dimension, or cut the vector into several rounds")
        }
        let trial = RoundTrial(
            plan: plan, valueBound: session.valueBound, dropouts: dropouts, rounds: rounds, inputSeed: publicSeed)
        let capacity = plan.vectorBytes * session.clients
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
}
