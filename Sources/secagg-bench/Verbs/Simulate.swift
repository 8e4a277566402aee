internal import ArgumentParser
internal import Foundation
internal import RoundProtocol
internal import SecAggSimulation
internal import WireFormat

/// `simulate`: seeds of the fault simulator, and the command that replays what failed.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run the protocol under faults that follow from a seed; exit code 1 when something must not happen.",
        discussion: """
            Modes: safety (faults all along), liveness (faults stop, a sum must come), swarm (few kinds of faults, many of \
            them), exhaustive (one process ends at each counted point, then two; seeds number the runs), mixed (the \
            first three by turns).
            """)

    @Option(name: .long, help: "How many seeds.")
    var seeds = WholeNumber(200)

    @Option(name: .long, help: "The first seed.")
    var from: UInt64 = 0

    @Option(name: .long, help: "From one seed to the next; 7 spreads few runs over a range seven times as long.")
    var stride = WholeNumber(1)

    @Option(name: .long, help: "safety, liveness, swarm, exhaustive or mixed.")
    var mode = "mixed"

    @Option(name: .long, help: "A fault planted on purpose, or `all`; needs a build with --traits PlantedBugs.")
    var planted: String?

    @Option(name: .long, help: "What hides the inputs: masking, or paillier (keys of toy size).")
    var backend = "masking"

    @Option(name: .long, help: "Write the first evidence that comes up, and the roster, into this folder.")
    var evidence: String?

    @Flag(
        name: .long,
        help: "Rounds of ten companies among real processes, each ended once by SIGKILL; --seeds counts the rounds.")
    var processes = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard seeds.value >= 1 else { throw ValidationError("--seeds is at least 1") }
        guard stride.value >= 1 else { throw ValidationError("--stride is at least 1") }
        guard stride.value == 1 || (planted == nil && !processes) else {
            throw ValidationError("--stride goes with neither --planted nor --processes")
        }
        guard mode == "mixed" || SimulationMode(rawValue: mode) != nil else {
            throw ValidationError("--mode is safety, liveness, swarm, exhaustive or mixed")
        }
        guard SimulatedSum(rawValue: backend) != nil else { throw ValidationError("--backend is masking or paillier") }
    }

    func run() throws {
        if let planted { return try PlantedRun(self, planted).run() }
        if processes { return try runProcesses() }
        let start = ContinuousClock.now
        let outcome = SimulationCampaign(
            from: from, seeds: seeds.value, stride: UInt64(stride.value), mode: chosenMode, sum: sum
        ).run()
        let seconds = ContinuousClock.now - start
        if let evidence { try write(outcome, to: evidence) }
        if output.json {
            try JSONOutput.write(json(outcome, seconds))
        } else {
            print(text(outcome, seconds))
        }
        guard let first = outcome.failures.first else { return }
        throw CommandFailure(
            status: .checkFailed, what: "\(outcome.failures.count) of \(seeds.value) runs broke a promise",
            why: first.violations.map { "\($0.check): \($0.detail)" }.joined(separator: "; "),
            next: "replay it with `\(Self.replay(first))`", followsResult: true)
    }

    /// Ten companies, 100,000 values, 200 under encryption, whatever the mode.
    private func runProcesses() throws {
        let campaign = ProcessCampaign(
            from: from, trials: seeds.value, clients: 10, dimension: sum == .masking ? 100_000 : 200,
            stepMilliseconds: 4_000, sum: sum)
        let start = ContinuousClock.now
        let outcome = try campaign.run()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if output.json {
            try JSONOutput.write(outcome.json(campaign, seconds))
        } else {
            print(outcome.text(campaign, seconds))
        }
        guard let first = outcome.failures.first else { return }
        throw CommandFailure(
            status: .checkFailed, what: "\(outcome.failures.count) of \(seeds.value) rounds broke a promise",
            why: first.violations.first ?? "neither a sum nor an abort came",
            next: "try the same moments again with `secagg-bench simulate --processes\(Self.option(sum)) --seeds 1 "
                + "--from \(first.seed)`",
            followsResult: true)
    }

    /// What hides the inputs.
    var sum: SimulatedSum { SimulatedSum(rawValue: backend) ?? .masking }

    private static func option(_ sum: SimulatedSum) -> String {
        sum == .masking ? "" : " --backend \(sum.rawValue)"
    }

    /// Nil takes the modes by turns.
    var chosenMode: SimulationMode? { SimulationMode(rawValue: mode) }

    static func replay(_ report: SimulationReport, planted: String? = nil) -> String {
        let bug = planted.map { " --planted \($0)" } ?? ""
        return "secagg-bench simulate\(option(report.sum)) --seeds 1 --from \(report.seed) "
            + "--mode \(report.mode.rawValue)\(bug)"
    }

    private func json(_ outcome: SimulationCampaign.Outcome, _ seconds: Duration) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "simulate", "backend": .string(backend),
            "mode": .string(mode), "seeds": .count(seeds.value), "from": JSONValue(from),
            "stride": .count(stride.value),
            "violations": .count(outcome.failures.reduce(0) { $0 + $1.violations.count }),
            "failures": .array(
                outcome.failures.map { report in
                    [
                        "seed": JSONValue(report.seed), "mode": .string(report.mode.rawValue),
                        "checks": .array(report.violations.map { .string("\($0.check): \($0.detail)") }),
                        "replay": .string(Self.replay(report)),
                    ]
                }),
            "faults": .object(
                FaultKind.allCases.map { JSONMember($0.rawValue, .count(outcome.faults[$0])) }),
            "opened": .count(outcome.opened), "given_up": .count(outcome.givenUp), "events": .count(outcome.events),
            "evidence": .count(outcome.evidence), "trace": .string(outcome.trace),
            "seconds": .rounded(seconds / .seconds(1), digits: 3),
        ]
    }

    private func text(_ outcome: SimulationCampaign.Outcome, _ seconds: Duration) -> String {
        var facts = FactList()
        let step = stride.value == 1 ? "" : ", every \(stride.value)th"
        facts.add("runs", "\(seeds.value) from \(from)\(step), \(mode), \(backend)")
        facts.add("time", NumberText.seconds(seconds / .seconds(1)))
        facts.add("sums opened", "\(outcome.opened)")
        facts.add("rounds given up", "\(outcome.givenUp)")
        facts.add("proofs of lies", "\(outcome.evidence)")
        facts.add("trace", outcome.trace)
        facts.add("promises broken", "\(outcome.failures.count)")
        var table = TextTable(["fault", "injected"])
        for kind in FaultKind.allCases { table.add([kind.rawValue, "\(outcome.faults[kind])"]) }
        let failures = outcome.failures.prefix(20).map { report in
            report.violations.map { "seed \(report.seed): \($0.check), \($0.detail)" }.joined(separator: "\n")
                + "\n  \(Self.replay(report))"
        }
        return ([facts.text, table.text] + failures).joined(separator: "\n")
    }

    /// The first proof and the roster that it is checked with.
    private func write(_ outcome: SimulationCampaign.Outcome, to folder: String) throws {
        guard let (file, roster) = outcome.firstEvidence else { return }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(file.encoded()).write(to: URL(fileURLWithPath: folder + "/evidence.bin"))
            try Data(JSONOutput.line(roster.json)).write(to: URL(fileURLWithPath: folder + "/roster.json"))
        } catch {
            throw CommandFailure(
                status: .environment, what: "the evidence cannot be written", why: error.localizedDescription,
                next: "give --evidence a folder that can be made")
        }
    }
}
