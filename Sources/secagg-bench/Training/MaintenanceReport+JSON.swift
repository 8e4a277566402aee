internal import DifferentialPrivacy
internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

extension MaintenanceReport {
    /// One object: first the keys every reader may count on, then what this build adds.
    var json: JSONValue {
        let critical = mean(result.federated)
        let sums = result.allSums
        let agreed: JSONValue = [
            "schema": .string(JSONOutput.schema), "case": "train", "data": .string(data),
            "scenario": .string(scenario), "companies": .count(plan.participants), "rounds": .count(settings.rounds),
            "backend": .string(backend), "seed": JSONValue(settings.seed), "sum_exact": .bool(sums.isExact),
            "dropouts_recovered": .count(sums.dropoutsRecovered), "metric": .string(metric),
            "solo": .real(quality(mean(result.solo))), "federated": .real(quality(critical)),
            "pooled": .real(quality(mean(result.pooled))), "personalized": personalised,
            "critical": [
                "recall": .real(critical.recall), "false_alarm_rate": .real(critical.falseAlarmRate),
                "pr_auc": .real(critical.prAUC),
            ],
            "per_company": .array(perCompany),
            "upload_bytes_per_company_round": .count(Int(result.outcome.tally.sentBytesPerCompanyAndSum.rounded())),
            "epsilon": .real(privateResult?.plan.epsilon.upper), "wall_s": .rounded(wallSeconds, digits: 3),
            "cpu_s": .rounded(cpuSeconds, digits: 3),
        ]
        return agreed.appending(further).appending(methodJSON).appending(privacyJSON)
    }

    private var perCompany: [JSONValue] {
        result.federated.indices.map { index in
            let (federated, solo, pooled) = (result.federated[index], result.solo[index], result.pooled[index])
            return [
                "company": .string(federated.company), "training_examples": .count(federated.trainingExamples),
                "solo": .real(quality(solo.metrics)), "federated": .real(quality(federated.metrics)),
                "pooled": .real(quality(pooled.metrics)),
                "personalized": .real(result.outcome.personal.flatMap { quality($0.reports[index].metrics) }),
                "personal_method": result.outcome.personal.map { .string($0.methods[index].rawValue) } ?? .null,
                "recall": .real(federated.metrics.recall),
                "false_alarm_rate": .real(federated.metrics.falseAlarmRate),
                "pr_auc": .real(federated.metrics.prAUC), "nasa_score": .real(federated.metrics.nasaScore),
            ]
        }
    }

    private var further: JSONValue {
        let sums = result.allSums
        let parameters = result.outcome.model.values.count
        return [
            "secure_sums": .count(sums.sums), "best_round": .count(result.outcome.bestRound),
            "parameters": .count(parameters), "encoding_bits": .count(settings.ringBits),
            "upload_ratio": .rounded(
                result.outcome.tally.sentBytesPerCompanyAndSum / (4 * Double(parameters)), digits: 4),
            "clipped_values": .count(sums.clippedValues), "dropout_rate": .real(settings.dropoutRate),
            "dropouts_by_step": .object(
                DropoutStep.allCases.compactMap { step in
                    sums.dropouts[step].map { JSONMember(step.rawValue, .count($0)) }
                }),
            "ridge_relative_difference": .real(result.ridge?.relativeDifference),
            "ridge_rmse": .real(result.ridge?.rmse), "colluders": .count(plan.colluders),
            "quorum": .count(plan.quorum), "threshold": .count(plan.shamirThreshold),
            "phase_wall_s": .object(
                PhaseClock.Phase.allCases.compactMap { phase in
                    result.phaseSeconds[phase].map { JSONMember(phase.rawValue, .rounded($0, digits: 3)) }
                }),
            "client_stage_cpu_s": JSONOutput.stages(clientSeconds),
            "server_stage_cpu_s": JSONOutput.stages(serverSeconds),
        ]
    }
}
