internal import SecAggSimulation
internal import WireFormat

/// `simulate --planted`: whether the checkers find what was put there for them.
struct PlantedRun {
    let verb: Simulate
    let planted: String

    init(_ verb: Simulate, _ planted: String) {
        self.verb = verb
        self.planted = planted
    }

    func run() throws {
        let names = PlantedHunt.names
        guard !names.isEmpty else {
            throw CommandFailure(
                status: .usage, what: "no fault can be planted", why: "this build has none",
                next: "run `swift run --traits PlantedBugs secagg-bench simulate --planted all`")
        }
        let chosen = planted == "all" ? names : names.filter { $0 == planted }
        guard !chosen.isEmpty else {
            throw CommandFailure(
                status: .usage, what: "there is no planted fault \(planted)", why: "the names are fixed",
                next: "take one of \(names.joined(separator: ", ")), or all")
        }
        var findings: [(name: String, report: SimulationReport?)] = []
        for name in chosen {
            Terminal.progress("looking for \(name)")
            findings.append((name, find(name)))
        }
        Terminal.endProgress()
        let found = findings.count { $0.report != nil }
        if verb.output.json {
            try JSONOutput.write(json(findings, found))
        } else {
            print(text(findings, found))
        }
        guard found == findings.count else {
            throw CommandFailure.check(
                "\(findings.count - found) planted faults were not found",
                "no check failed in \(verb.seeds.value) seeds")
        }
    }

    private func find(_ name: String) -> SimulationReport? {
        if let mode = verb.chosenMode {
            for seed in verb.from..<verb.from + UInt64(verb.seeds.value) {
                guard let report = PlantedHunt.run(name, seed: seed, mode: mode) else { return nil }
                if !report.violations.isEmpty { return report }
            }
            return nil
        }
        return PlantedHunt.find(name, from: verb.from, seeds: UInt64(verb.seeds.value))
    }

    private func json(_ findings: [(name: String, report: SimulationReport?)], _ found: Int) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "simulate-planted", "found": .count(found),
            "of": .count(findings.count),
            "planted": .array(
                findings.map { finding in
                    var entry: JSONValue = ["name": .string(finding.name), "found": .bool(finding.report != nil)]
                    if let report = finding.report {
                        entry = entry.appending([
                            "seed": JSONValue(report.seed), "mode": .string(report.mode.rawValue),
                            "checks": .array(report.violations.map { .string($0.check.rawValue) }),
                            "replay": .string(Simulate.replay(report, planted: finding.name)),
                        ])
                    }
                    return entry
                }),
        ]
    }

    private func text(_ findings: [(name: String, report: SimulationReport?)], _ found: Int) -> String {
        var table = TextTable(["planted", "seed", "mode", "check"])
        for finding in findings {
            let report = finding.report
            table.add([
                finding.name, report.map { "\($0.seed)" } ?? "-", report?.mode.rawValue ?? "-",
                report?.violations.first?.check.rawValue ?? "not found",
            ])
        }
        return table.text + "\n\(found) of \(findings.count) found"
    }
}
