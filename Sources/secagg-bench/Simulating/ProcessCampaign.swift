internal import Foundation
internal import SecAggSimulation
internal import WireFormat

/// `simulate --processes`: rounds among real processes, each ended once by SIGKILL at a random moment.
struct ProcessCampaign {
    let from: UInt64
    let trials: Int
    let clients: Int
    let dimension: Int
    let stepMilliseconds: UInt64
    var sum = SimulatedSum.masking

    struct Outcome {
        var exact = 0
        var aborts: [String: Int] = [:]
        var killed = 0
        var acknowledged = 0
        var repeated = 0
        var failures: [ProcessReport] = []
        var trialSeconds: [Double] = []
    }

    /// Trials in which somebody was not ended before the round was over are run again under another seed.
    func run() throws -> Outcome {
        var outcome = Outcome()
        var seed = from
        var done = 0
        while done < trials {
            let report = try trial(seed)
            seed += 1
            let isWhole = report.killed == clients + 1 || report.end == .stuck || !report.violations.isEmpty
            if !isWhole, outcome.repeated < 20 * trials {
                outcome.repeated += 1
                continue
            }
            done += 1
            outcome.killed += report.killed
            outcome.acknowledged += report.acknowledged
            outcome.trialSeconds.append(Double(report.milliseconds) / 1_000)
            switch report.end {
            case .exactSum: outcome.exact += 1
            case .abort(let reason): outcome.aborts[reason, default: 0] += 1
            case .stuck: break
            }
            if report.end == .stuck || !report.violations.isEmpty { outcome.failures.append(report) }
        }
        return outcome
    }

    private func trial(_ seed: UInt64) throws -> ProcessReport {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("secagg-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                status: .environment, what: "no folder for the processes", why: error.localizedDescription,
                next: "set TMPDIR to a folder on a disk of your own")
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let terms = ProcessTerms(
            seed: seed, participants: clients, dimension: dimension, stepMilliseconds: stepMilliseconds,
            sum: sum)
        let trial = try ProcessTrial(terms, program: program, directory: folder.path, isKilling: true)
        return trial.run { id, directory, life in
            [
                "party", "--seed", "\(seed)", "--id", "\(id)", "--life", "\(life)", "--directory", directory,
                "--clients", "\(clients)", "--dimension", "\(dimension)", "--step", "\(stepMilliseconds)",
                "--backend", sum.rawValue,
            ]
        }
    }

    /// This program itself.
    private var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}

extension ProcessCampaign.Outcome {
    func json(_ campaign: ProcessCampaign, _ seconds: Double) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "simulate-processes",
            "backend": .string(campaign.sum.rawValue), "trials": .count(campaign.trials),
            "from": JSONValue(campaign.from), "clients": .count(campaign.clients),
            "dimension": .count(campaign.dimension), "exact_sums": .count(exact),
            "aborts": .object(aborts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .count($0.value)) }),
            "killed": .count(killed), "acknowledged": .count(acknowledged), "repeated": .count(repeated),
            "failures": .array(
                failures.map { report in
                    [
                        "seed": JSONValue(report.seed), "end": .string("\(report.end)"),
                        "violations": .array(report.violations.map { .string($0) }),
                    ]
                }),
            "median_trial_seconds": .rounded(median, digits: 3), "seconds": .rounded(seconds, digits: 1),
        ]
    }

    func text(_ campaign: ProcessCampaign, _ seconds: Double) -> String {
        var facts = FactList()
        facts.add("rounds", "\(campaign.trials) of \(campaign.clients) companies, \(campaign.dimension) values")
        facts.add("ended in the exact sum", "\(exact)")
        facts.add("ended in a typed abort", "\(aborts.values.reduce(0, +))")
        for (reason, count) in aborts.sorted(by: { $0.key < $1.key }) { facts.add("  " + reason, "\(count)") }
        facts.add("processes ended by SIGKILL", "\(killed)")
        facts.add("uploads acknowledged", "\(acknowledged)")
        facts.add("run again", "\(repeated) in which somebody lived to the end")
        facts.add("promises broken", "\(failures.count)")
        facts.add("time", NumberText.seconds(seconds) + ", a round " + NumberText.seconds(median))
        let lines = failures.prefix(20).map { report in
            "seed \(report.seed): \(report.end), \(report.violations.joined(separator: "; "))"
        }
        return ([facts.text] + lines).joined(separator: "\n")
    }

    private var median: Double { trialSeconds.sorted()[safe: trialSeconds.count / 2] ?? 0 }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
