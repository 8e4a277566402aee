internal import FederatedLearning
internal import PredictiveMaintenance
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation

extension MaintenanceReport {
    /// Tables for people.
    var text: String {
        [quality, facts, methodText, privacyText, phases, statement].compactMap(\.self).joined(separator: "\n\n")
    }

    private var quality: String {
        let unit =
            switch measure {
            case .remainingLife: "RMSE in cycles, smaller is better"
            case .machineState: "accuracy, larger is better"
            case .anomaly: "area under precision-recall, larger is better"
            }
        let hidden = privateResult.map { $0.reports }
        let personal = result.outcome.personal?.reports
        let more = (hidden == nil ? [] : ["private"]) + (personal == nil ? [] : ["own"])
        var table = TextTable(
            [unit, "examples", "solo", "federated"] + more + ["centralised"])
        for (index, report) in result.federated.enumerated() {
            table.add(
                [report.company, "\(report.trainingExamples)", show(result.solo[index].metrics), show(report.metrics)]
                    + (hidden.map { [show($0[index].metrics)] } ?? [])
                    + (personal.map { [show($0[index].metrics)] } ?? []) + [show(result.pooled[index].metrics)])
        }
        table.add(
            ["mean", "", show(mean(result.solo)), show(mean(result.federated))]
                + (hidden.map { [show(mean($0))] } ?? []) + (personal.map { [show(mean($0))] } ?? [])
                + [show(mean(result.pooled))])
        return table.text
    }

    func show(_ metrics: WorkloadMetrics) -> String {
        guard let value = quality(metrics) else { return "" }
        return switch measure {
        case .remainingLife: NumberText.fixed(value, 2)
        case .machineState: NumberText.percent(value)
        case .anomaly: NumberText.fixed(value, 3)
        }
    }

    private var facts: String {
        let critical = mean(result.federated)
        let sums = result.allSums
        var facts = FactList()
        if result.survival == nil {
            facts.add(
                "critical states",
                "recall \(NumberText.percent(critical.recall)) at"
                    + " \(NumberText.percent(critical.falseAlarmRate)) false alarms,"
                    + " area under precision-recall \(NumberText.fixed(critical.prAUC, 3))")
            facts.add("kept model", "after round \(result.outcome.bestRound) of \(settings.rounds), by validation loss")
        }
        if let ridge = result.ridge {
            let error = ridge.rmse.map { ", RMSE \(NumberText.fixed($0, 2))" } ?? ""
            facts.add("ridge, one sum", "within \(ridge.relativeDifference) of the pooled fit\(error)")
        }
        let bytes = result.outcome.tally.sentBytesPerCompanyAndSum
        let floats = 4 * Double(result.outcome.model.values.count)
        facts.add(
            "sent by a company",
            "\(NumberText.bytes(bytes)) a round,"
                + " \(NumberText.fixed(bytes / floats, 2)) of the model in 32-bit floats")
        facts.add(
            "session",
            "\(backend), quorum \(plan.quorum), threshold \(plan.shamirThreshold), \(plan.colluders) colluders withstood"
        )
        let steps = DropoutStep.allCases.compactMap { step in sums.dropouts[step].map { "\($0) at \(step.rawValue)" } }
        facts.add(
            "dropouts recovered",
            "\(sums.dropoutsRecovered)"
                + (steps.isEmpty ? "" : " (" + steps.joined(separator: ", ") + ")"))
        if sums.clippedValues > 0 { facts.add("clipped values", "\(sums.clippedValues)") }
        facts.add("time", "\(NumberText.fixed(wallSeconds, 2)) s, processor \(NumberText.fixed(cpuSeconds, 2)) s")
        return facts.text
    }

    private var phases: String {
        var walls = TextTable(["phase", "seconds"])
        for phase in PhaseClock.Phase.allCases {
            guard let seconds = result.phaseSeconds[phase] else { continue }
            let name = phase.rawValue.split(separator: "_").joined(separator: " ")
            walls.add([name, NumberText.fixed(seconds, 2)])
        }
        let (client, server) = (clientSeconds, serverSeconds)
        var stages = TextTable(["processor time, mean of a sum", "company", "server"])
        for stage in Stage.allCases where client[stage] != nil || server[stage] != nil {
            stages.add(["\(stage)", NumberText.seconds(client[stage] ?? 0), NumberText.seconds(server[stage] ?? 0)])
        }
        return walls.text + "\n\n" + stages.text
    }

    private var statement: String {
        let sums = result.allSums
        let verdict =
            sums.isExact
            ? "Every one of the \(sums.sums) secure sums equalled the clear sum of its survivors."
            : "\(sums.sums - sums.exactSums) of the \(sums.sums) secure sums did NOT equal the clear sum."
        return verdict + "\nOnly a process that plays all companies can check this; a deployment has no such mode."
    }
}
