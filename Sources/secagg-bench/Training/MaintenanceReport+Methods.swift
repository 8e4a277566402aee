internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation
internal import WireFormat

extension MaintenanceReport {
    /// How companies trained together, what each got, and what was shown beyond the sum.
    var methodJSON: JSONValue {
        let method = settings.method
        let outcome = result.outcome
        return [
            "model": .string(model), "strategy": .string(method.strategy.rawValue),
            "personalize": .string(method.personal.rawValue), "cluster": clusterJSON, "groups": groupJSON,
            "attack": attackJSON, "personal_methods": personalJSON,
            "survival": survivalJSON,
            "learning_curve": .array(outcome.losses.map { .rounded($0, digits: 6) }),
        ]
    }

    /// The mean of the companies' own models; null when they keep none.
    var personalised: JSONValue {
        guard let personal = result.outcome.personal else { return .null }
        return .real(quality(mean(personal.reports)))
    }

    private var personalJSON: JSONValue {
        guard let personal = result.outcome.personal else { return .null }
        var picked: [PersonalMethod: Int] = [:]
        for method in personal.methods { picked[method, default: 0] += 1 }
        return .array(
            personal.byMethod.map { tried in
                [
                    "method": .string(tried.method.rawValue), metric: .real(quality(tried.mean)),
                    "recall": .real(tried.mean.recall), "false_alarm_rate": .real(tried.mean.falseAlarmRate),
                    "pr_auc": .real(tried.mean.prAUC), "companies": .count(picked[tried.method] ?? 0),
                ]
            })
    }

    private var clusterJSON: JSONValue {
        guard let clusters = result.outcome.clusters else { return .null }
        return [
            "kind": .string(clusters.kind.rawValue), "slots": .count(clusters.slots),
            "counts": .array(clusters.counts.map { .count($0) }), "second_choices": .count(clusters.secondChoices),
        ]
    }

    private var groupJSON: JSONValue {
        guard let groups = result.outcome.groups else { return .null }
        return [
            "robust": .string(groups.defence.rawValue), "contribution": .string(groups.contribution.rawValue),
            "groups": .count(groups.groups), "groupings": .count(groups.groupings),
            "mean_kept_groups": .rounded(groups.meanKept, digits: 4), "skipped_rounds": .count(groups.skippedRounds),
            "failed_groups": .count(groups.failedGroups),
            "releases": .object(
                GroupRelease.Kind.allCases.compactMap { kind in
                    let shown = groups.releases.filter { $0.kind == kind }
                    guard let smallest = shown.map(\.companies).min() else { return nil }
                    return JSONMember(
                        kind.rawValue,
                        [
                            "count": .count(shown.count), "numbers": .count(shown.reduce(0) { $0 + $1.numbers }),
                            "fewest_companies": .count(smallest),
                        ])
                }),
            "worths": groups.worths.map { worths in
                .array(
                    worths.enumerated().map { index, worth in
                        [
                            "company": .string(result.federated[index].company),
                            "worth": .rounded(worth.value, digits: 4),
                            "standard_error": .rounded(worth.error, digits: 4),
                            "free_rider_score": .rounded(groups.freeRiderScores?[index], digits: 4),
                        ]
                    })
            } ?? .null,
        ]
    }

    private var survivalJSON: JSONValue {
        guard let survival = result.survival else { return .null }
        func quality(_ quality: SurvivalResult.Quality) -> JSONValue {
            ["rmse": .real(quality.meanRMSE), "coverage": .real(quality.meanCovered)]
        }
        return [
            "law": .string("\(survival.distribution)"), "interval": .real(SurvivalResult.coverage),
            "penalty": .real(SurvivalResult.penalty), "solo": quality(survival.solo),
            "one_model": quality(survival.pooledBySums), "own_intercepts": quality(survival.ownIntercepts),
            "pooled": quality(survival.pooledInTheClear), "difference_from_pooled": .real(survival.difference),
            "sums": [
                "one_model": .count(survival.pooledSums.count), "own_intercepts": .count(survival.ownSums.count),
            ],
            "converged": .bool(survival.pooledSums.isConverged && survival.ownSums.isConverged),
        ]
    }

    private var attackJSON: JSONValue {
        guard let attack = result.outcome.attack else { return .null }
        return [
            "kind": .string(attack.kind.rawValue), "saboteurs": .array(attack.saboteurs.map { .count($0) }),
            "backdoor_success": .rounded(attack.backdoorSuccess, digits: 4),
            "detection_auc": .rounded(attack.detectionAUC, digits: 4),
        ]
    }

    /// What the method came to, for people; nil for plain averaging.
    var methodText: String? {
        var facts = FactList()
        if let survival = result.survival {
            facts.add(
                "failure times", "\(survival.distribution), within \(survival.difference) of the fit in one place")
            facts.add(
                "intervals",
                "of \(NumberText.percent(SurvivalResult.coverage)) hold \(NumberText.percent(survival.ownIntercepts.meanCovered))"
                    + " of the engines under own intercepts, \(NumberText.percent(survival.pooledBySums.meanCovered)) under one model"
            )
            return facts.text
        }
        if settings.method.isPlain { return nil }
        facts.add("strategy", settings.method.strategy.rawValue)
        let outcome = result.outcome
        if let personal = outcome.personal {
            for tried in personal.byMethod {
                let count = personal.methods.count { $0 == tried.method }
                facts.add("  \(tried.method.rawValue)", "\(show(tried.mean)), used by \(count) companies")
            }
        }
        if let clusters = outcome.clusters {
            let counts = clusters.counts.map { "\($0)" }.joined(separator: ", ")
            facts.add(
                "slots",
                "\(clusters.slots) by \(clusters.kind.rawValue), opened counts \(counts),"
                    + " \(clusters.secondChoices) second choices")
        }
        if let groups = outcome.groups {
            facts.add(
                "groups",
                "\(groups.groups) under \(groups.defence.rawValue),"
                    + " \(NumberText.fixed(groups.meanKept, 2)) kept on average, \(groups.skippedRounds) rounds skipped,"
                    + " \(groups.groupings) groupings")
            facts.add("shown beyond the model", "\(groups.releases.count) sums over parts or about losses and norms")
            if let worths = groups.worths {
                for (index, worth) in worths.enumerated() {
                    facts.add(
                        "  worth of \(result.federated[index].company)",
                        "\(NumberText.fixed(worth.value, 2)) +- \(NumberText.fixed(worth.error, 2))"
                            + " (a trend over rounds, no invoice)")
                }
            }
        }
        if let attack = outcome.attack {
            var text = "\(attack.kind.rawValue) by \(attack.saboteurs.count) of \(result.federated.count)"
            if let success = attack.backdoorSuccess { text += ", trigger works in \(NumberText.percent(success))" }
            if let area = attack.detectionAUC { text += ", found with area \(NumberText.fixed(area, 3))" }
            facts.add("rehearsed attack", text)
        }
        return facts.text
    }
}
