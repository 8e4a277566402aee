internal import PredictiveMaintenance
internal import SecureFederation
internal import WireFormat

/// The same run with several seeds: means and their spread, and every seed by itself.
struct SeedSummary {
    let reports: [MaintenanceReport]

    /// The first report's object with means over seeds in place of its own, and each seed's figures.
    var json: JSONValue {
        guard reports.count > 1, let first = reports.first else { return reports.first?.json ?? .null }
        let critical = reports.map { $0.mean($0.result.federated) }
        let replaced: [String: JSONValue] = [
            "sum_exact": .bool(reports.allSatisfy { $0.result.allSums.isExact }),
            "solo": .real(mean(\.solo)), "federated": .real(mean(\.federated)), "pooled": .real(mean(\.pooled)),
            "personalized": .real(mean(\.personalised)),
            "critical": [
                "recall": .real(Self.mean(critical.map(\.recall))),
                "false_alarm_rate": .real(Self.mean(critical.map(\.falseAlarmRate))),
                "pr_auc": .real(Self.mean(critical.map(\.prAUC))),
            ],
        ]
        let members = (first.json.members ?? []).map { member in
            replaced[member.key].map { JSONMember(member.key, $0) } ?? member
        }
        return JSONValue.object(members).appending([
            "seeds": .count(reports.count),
            "standard_deviation": [
                "solo": .real(deviation(\.solo)), "federated": .real(deviation(\.federated)),
                "pooled": .real(deviation(\.pooled)), "personalized": .real(deviation(\.personalised)),
            ],
            "per_seed": .array(reports.map(\.seedJSON)),
        ])
    }

    /// One line a seed and the means.
    var text: String? {
        guard reports.count > 1, let first = reports.first else { return nil }
        let hasOwn = first.result.outcome.personal != nil
        var table = TextTable(["seed", "solo", "federated"] + (hasOwn ? ["own"] : []) + ["centralised"])
        func show(_ value: Double?) -> String {
            guard let value else { return "" }
            return first.measure == .machineState ? NumberText.percent(value) : NumberText.fixed(value, 3)
        }
        for report in reports {
            let figures = report.figures
            table.add(
                ["\(report.settings.seed)", show(figures.solo), show(figures.federated)]
                    + (hasOwn ? [show(figures.personalised)] : []) + [show(figures.pooled)])
        }
        table.add(
            ["mean", show(mean(\.solo)), show(mean(\.federated))] + (hasOwn ? [show(mean(\.personalised))] : [])
                + [show(mean(\.pooled))])
        return table.text
    }

    private func mean(_ figure: KeyPath<MaintenanceReport.Figures, Double?>) -> Double? {
        let values = reports.compactMap { $0.figures[keyPath: figure] }
        return values.count == reports.count ? Self.mean(values) : nil
    }

    private func deviation(_ figure: KeyPath<MaintenanceReport.Figures, Double?>) -> Double? {
        let values = reports.compactMap { $0.figures[keyPath: figure] }
        guard values.count == reports.count else { return nil }
        let mean = Self.mean(values)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))).squareRoot()
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

extension MaintenanceReport {
    /// The means over companies that a run is told by.
    struct Figures {
        var solo: Double?
        var federated: Double?
        var pooled: Double?
        var personalised: Double?
    }

    /// The means over companies.
    var figures: Figures {
        Figures(
            solo: quality(mean(result.solo)), federated: quality(mean(result.federated)),
            pooled: quality(mean(result.pooled)),
            personalised: result.outcome.personal.flatMap { quality(mean($0.reports)) })
    }

    /// One seed's figures.
    fileprivate var seedJSON: JSONValue {
        let figures = self.figures
        let critical = mean(result.federated)
        let own: JSONValue = [
            "seed": JSONValue(settings.seed), "solo": .real(figures.solo), "federated": .real(figures.federated),
            "pooled": .real(figures.pooled), "personalized": .real(figures.personalised),
            "recall": .real(critical.recall), "false_alarm_rate": .real(critical.falseAlarmRate),
            "pr_auc": .real(critical.prAUC), "best_round": .count(result.outcome.bestRound),
            "sum_exact": .bool(result.allSums.isExact),
        ]
        return own.appending(methodJSON)
    }
}
