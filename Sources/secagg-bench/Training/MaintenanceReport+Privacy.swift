internal import DifferentialPrivacy
internal import PredictiveMaintenance
internal import RingVectors
internal import SecureFederation
internal import WireFormat

extension MaintenanceReport {
    /// What privacy cost and what it bought, for people; nil without it.
    var privacyText: String? {
        guard let hidden = privateResult else { return nil }
        let plan = hidden.plan
        let terms = plan.terms
        var facts = FactList()
        facts.add(
            "protects",
            "one \(terms.unit == .asset ? "machine with its whole history" : "record"), neighbours by"
                + " \(terms.adjacency == .addRemove ? "one more or fewer" : "exchange of one")")
        facts.add(
            "guarantee",
            hidden.provenance.supportsGuarantee
                ? "epsilon \(NumberText.fixed(plan.epsilon.upper, 4)) at delta \(terms.budget.delta.value), all private sums"
                    + " together"
                : "none: the noise of this run came from a seed")
        facts.add(
            "trust",
            "\(terms.colluders) of \(terms.participants) companies may collude with the server,"
                + " at least \(plan.noise.minimumSurvivors) must be in a sum")
        facts.add(
            "procedure", "\(plan.procedure.procedure.rawValue): \(plan.procedure.procedure.summary)")
        facts.add(
            "noise", "z \(NumberText.fixed(plan.multiplier, 3)), \(plan.noise.request.rounds) noised sums or steps")
        for forecast in hidden.forecasts {
            var chosen = forecast.procedure == plan.procedure.procedure ? ", taken" : ""
            if !chosen.isEmpty, hidden.isChosenByForecast {
                chosen +=
                    forecast.procedure == .oneShotStatistics
                    ? ": for a network the fleet is too small" : ": quiet enough for a network"
            }
            let verdict = forecast.noiseToSignal <= ProcedureForecast.usable ? "" : ", too loud to learn from"
            facts.add(
                "procedure \(forecast.procedure.rawValue)",
                "noise \(NumberText.fixed(forecast.noiseToSignal, 2)) of a clip norm in the mean of"
                    + " \(terms.nominalUnits) units (\(forecast.events) events of \(forecast.dimension) numbers)"
                    + verdict + chosen)
        }
        if let noiseless = hidden.noiseless {
            facts.add("without noise", "\(show(mean(noiseless))) by the same procedure; no deployment could see it")
        }
        let critical = mean(hidden.reports)
        facts.add(
            "critical states",
            "recall \(NumberText.percent(critical.recall)) at"
                + " \(NumberText.percent(critical.falseAlarmRate)) false alarms under privacy")
        if let last = hidden.clippedUnits.last {
            facts.add("clipped", "\(NumberText.fixed(last, 0)) of \(terms.nominalUnits) in the last round, under noise")
        }
        return facts.text
    }

    /// The same for programs; an empty object without privacy.
    var privacyJSON: JSONValue {
        guard let hidden = privateResult else { return .object([]) }
        let plan = hidden.plan
        let critical = mean(hidden.reports)
        return [
            "private": .real(quality(critical)),
            "privacy": [
                "unit": .string(plan.terms.unit.rawValue), "adjacency": .string(plan.terms.adjacency.name),
                "delta": .number(plan.terms.budget.delta.value), "epsilon_lower": .real(plan.epsilon.lower),
                "epsilon_upper": .real(plan.epsilon.upper), "budget": .number(plan.terms.budget.epsilon.value),
                "procedure": .string(plan.procedure.procedure.rawValue),
                "noise_multiplier": .real(plan.multiplier), "events": .count(plan.noise.request.rounds),
                "units": .count(plan.terms.nominalUnits), "colluders": .count(plan.terms.colluders),
                "minimum_survivors": .count(plan.noise.minimumSurvivors), "ring_bits": .count(plan.layout.bits),
                "noise_provenance": .string(hidden.provenance.rawValue),
                "guarantee": .bool(hidden.provenance.supportsGuarantee),
                "without_noise": .real(hidden.noiseless.flatMap { quality(mean($0)) }),
                "recall": .real(critical.recall), "false_alarm_rate": .real(critical.falseAlarmRate),
                "forecasts": .array(
                    hidden.forecasts.map { forecast in
                        [
                            "procedure": .string(forecast.procedure.rawValue), "events": .count(forecast.events),
                            "dimension": .count(forecast.dimension), "z": .real(forecast.multiplier),
                            "noise_to_signal": .real(forecast.noiseToSignal),
                        ]
                    }),
                "sums_exact": .bool(hidden.tally.isExact), "seconds": .rounded(hidden.seconds, digits: 3),
            ],
        ]
    }
}

extension Adjacency {
    /// The name in reports and queries.
    var name: String { self == .addRemove ? "add_remove" : "replace_one" }
}
