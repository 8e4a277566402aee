internal import ArgumentParser
internal import DifferentialPrivacy
internal import RingVectors
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// The privacy of a planned session: what it costs in noise and ring.
struct NoiseOptions: ParsableArguments {
    @Option(name: .long, help: "Plan noise, too: epsilon of all rounds together for one machine.")
    var epsilon: Double?

    @Option(name: .long, help: "With --epsilon: the probability that it may fail, 1e-15 to 0.5.")
    var delta: Double?

    @Option(name: .long, help: "With --epsilon: machines of all companies together.")
    var units: Int?

    @Option(name: .long, help: "With --epsilon: noised sums of the whole run.")
    var rounds = 1

    @Option(name: .customLong("unit-cap"), help: "With --epsilon: the most machines of one company; public.")
    var unitCap = 1024

    @Option(name: .long, help: "Neighbours: one machine more or fewer (add_remove), or exchanged (replace_one).")
    var adjacency = PrivacyOptions.Neighbours.addRemove

    func validate() throws {
        guard epsilon != nil else {
            guard delta == nil, units == nil, rounds == 1, unitCap == 1024, adjacency == .addRemove else {
                throw ValidationError("--delta, --units, --rounds, --unit-cap and --adjacency need --epsilon")
            }
            return
        }
        guard delta != nil, let units else { throw ValidationError("--epsilon needs --delta and --units") }
        guard (1...1 << 32).contains(units) else { throw ValidationError("--units is in 1...4294967296") }
        guard (1...1 << 20).contains(unitCap) else { throw ValidationError("--unit-cap is in 1...1048576") }
        guard (1...1 << 32).contains(rounds) else { throw ValidationError("--rounds is in 1...4294967296") }
    }

    /// The noise that the session needs, nil when none was asked for.
    func plan(_ session: Plan, dropped: Int) throws(CommandFailure) -> PlannedNoise? {
        guard let epsilon, let delta, let units else { return nil }
        let budget = try CommandFailure.budget(epsilon: epsilon, delta: delta)
        let terms = PrivacyTerms(
            unit: .asset, adjacency: adjacency.adjacency, budget: budget, participants: session.participants,
            colluders: session.colluders, dropouts: min(dropped, session.participants - session.minimumSurvivors),
            unitsPerParticipant: unitCap, nominalUnits: units, memberships: 1)
        do throws(FederationFailure) {
            let admitted: AdmittedProcedure
            do throws(ProcedureRefusal) {
                admitted = try .admit(.unitFedAvg, unit: .asset, ingredients: [], memberships: 1)
            } catch {
                throw .procedure(error)
            }
            let plan = try PrivateSumPlan(
                admitted, terms: terms, rounds: rounds, dimension: session.dimension, clipNorm: 1)
            do throws(AccountingRefusal) {
                return PlannedNoise(
                    plan: plan,
                    forecast: try terms.forecast(.unitFedAvg, events: rounds, dimension: session.dimension))
            } catch {
                throw .accounting(error)
            }
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// The noise of a planned session.
struct PlannedNoise {
    let plan: PrivateSumPlan
    let forecast: ProcedureForecast

    /// For people.
    func add(to facts: inout FactList) {
        let terms = plan.terms
        facts.add(
            "privacy",
            "epsilon \(NumberText.fixed(plan.epsilon.upper, 4)) at delta \(terms.budget.delta.value) for one machine,"
                + " neighbours by \(terms.adjacency == .addRemove ? "one more or fewer" : "exchange of one"),"
                + " \(plan.noise.request.rounds) sums, no sampling")
        facts.add(
            "noise",
            "z \(NumberText.fixed(plan.multiplier, 3)), a share of sigma \(NumberText.fixed(shareDeviation, 3)) clip norms"
                + " in each company; at least \(plan.noise.minimumSurvivors) survivors")
        let verdict =
            forecast.noiseToSignal <= ProcedureForecast.quiet
            ? "quiet enough for a network"
            : forecast.noiseToSignal <= ProcedureForecast.usable ? "loud" : "too loud to learn from"
        facts.add(
            "noise to signal",
            "\(NumberText.fixed(forecast.noiseToSignal, 2)): noise of the mean of \(terms.nominalUnits) machines in clip"
                + " norms; \(verdict)")
        facts.add(
            "ring under noise",
            "\(plan.layout.bits) bits for up to \(terms.unitsPerParticipant) machines in each company")
    }

    /// For programs.
    var json: JSONValue {
        [
            "epsilon_lower": .real(plan.epsilon.lower), "epsilon_upper": .real(plan.epsilon.upper),
            "delta": .number(plan.terms.budget.delta.value), "unit": "asset",
            "adjacency": .string(plan.terms.adjacency.name), "rounds": .count(plan.noise.request.rounds),
            "noise_multiplier": .real(plan.multiplier), "share_sigma": .real(shareDeviation),
            "noise_to_signal": .real(forecast.noiseToSignal), "bits": .count(plan.layout.bits),
            "minimum_survivors": .count(plan.noise.minimumSurvivors), "units": .count(plan.terms.nominalUnits),
        ]
    }

    private var shareDeviation: Double {
        plan.deviation / Double(plan.noise.request.participants).squareRoot()
    }
}
