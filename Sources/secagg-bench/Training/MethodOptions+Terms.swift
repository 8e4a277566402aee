internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

extension MethodOptions {
    /// The strategy over what travels.
    func strategyTerms(_ scenario: Scenario) -> StrategyTerms {
        let terms = scenario.terms
        let layout =
            personal.keepsHead ? SegmentShare.privateHeads(scenario.layout).shared : scenario.layout
        let steps = terms.localEpochs * ((terms.maximumExamples + terms.batchSize - 1) / terms.batchSize)
        let metrics = MetricBlock(
            [WeightedMetric(name: Scenario.validationMetric, bound: terms.lossBound)],
            maximumExamples: terms.maximumExamples)
        return StrategyTerms(
            method(terms, steps: steps), layout: layout, clip: terms.updateClip, metrics: metrics,
            participants: scenario.companies.count, maximumSteps: steps)
    }

    private func method(_ terms: TrainingTerms, steps: Int) -> StrategyMethod {
        switch strategy {
        case .fedavg, .buffered: .fedAvg
        case .fedprox: .fedProx(proximal: 0.1)
        case .fednova: .fedNova
        case .momentum: .momentum(rate: 0.5, decay: 0.5)
        case .adagrad: .adaptive(.adagrad, rate: 0.03, beta1: 0, adaptivity: 1e-2)
        case .adam: .adaptive(.adam(beta2: 0.99), rate: 0.01, beta1: 0.9, adaptivity: 1e-2)
        case .yogi: .adaptive(.yogi(beta2: 0.99), rate: 0.01, beta1: 0.9, adaptivity: 1e-2)
        case .scaffold: .scaffold(localSteps: max(1, steps / 2), localRate: 0.05)
        }
    }

    /// The server's step along a change that groups were brought to.
    func serverStep(_ scenario: Scenario) -> any ServerStep {
        switch method(scenario.terms, steps: 1) {
        case .momentum(let rate, let decay): ServerMomentum(rate: rate, decay: decay)
        case .adaptive(let rule, let rate, let beta1, let adaptivity):
            AdaptiveServerStep(rule: rule, rate: rate, beta1: beta1, adaptivity: adaptivity)
        default: ServerAverage()
        }
    }

    /// Who attacks, nil for nobody; fewer saboteurs than companies were checked for.
    func sabotage(_ scenario: Scenario, seed: UInt64) -> Sabotage? {
        guard attack != .none else { return nil }
        let companies = scenario.companies.count
        return Sabotage(
            kind(scenario), count: saboteurCount(companies: companies), companies: companies, seed: seed)
    }

    /// Throws what cannot be done with so many companies, before anything is trained.
    func check(companies: Int) throws(CommandFailure) {
        let saboteurs = saboteurCount(companies: companies)
        guard saboteurs < companies else {
            throw CommandFailure(
                status: .badInput, what: "no such rehearsal",
                why: "\(saboteurs) saboteurs among \(companies) companies",
                next: "leave somebody honest with --saboteurs")
        }
        guard isGrouped else { return }
        let groups = groupCount(companies: companies)
        guard companies / groups >= Self.minimumGroupSize else {
            throw CommandFailure(
                status: .badInput, what: "groups are too small",
                why:
                    "\(groups) groups of \(companies) companies would have \(companies / groups) members, and fewer than"
                    + " \(Self.minimumGroupSize) would show an update",
                next: "take --groups \(max(1, companies / Self.minimumGroupSize)) or fewer")
        }
    }

    /// The fewest members of a group.
    static let minimumGroupSize = 3

    private func kind(_ scenario: Scenario) -> Sabotage.Kind {
        switch attack {
        case .none, .signFlip: .update(.signFlip(factor: 1))
        case .signFlip10: .update(.signFlip(factor: 10))
        case .gaussian: .update(.gaussian(deviation: 0.1))
        case .labelFlip: .data(scenario.labelFlip)
        case .alie: .update(.littleIsEnough(z: nil))
        case .ipm: .update(.innerProduct(epsilon: 1))
        case .replacement: .update(.modelReplacement(target: scenario.initialParameters().values))
        case .backdoor: .data(.sensorTrigger(scenario.backdoor, share: 0.5))
        case .idle: .update(.idle)
        case .disguised: .update(.disguisedIdle(share: 0.1))
        case .echo: .update(.echo)
        }
    }

    /// The terms of a grouped training, by 32 bytes that nobody chose alone.
    func groupedTerms(
        _ scenario: Scenario, rounds: Int, bits: Int, joint: [UInt8]
    ) throws(FederationFailure) -> GroupedTraining.Terms {
        let companies = scenario.companies.count
        let assumed = attackers ?? saboteurCount(companies: companies)
        let defence: GroupedTraining.Defence =
            switch robust {
            case .none, .mean: .mean
            case .median: .rule(.median, attackers: assumed)
            case .trimmed: .rule(.trimmedMean, attackers: assumed)
            case .geometric: .rule(.geometricMedian, attackers: assumed)
            case .krum: .rule(.multiKrum(kept: nil), attackers: assumed)
            case .vote: .vote(margin: 0)
            }
        let valuation: GroupedTraining.Valuation? =
            switch contribution {
            case .none: nil
            case .shapley: .shapley
            case .leaveOneOut: .leaveOneOut
            }
        let joined: JointSeed
        do throws(RobustnessRefusal) { joined = try JointSeed(bytes: joint) } catch { throw .robustness(error) }
        return GroupedTraining.Terms(
            rounds: rounds, groups: groupCount(companies: companies), seed: joined,
            roundsPerGrouping: roundsPerGrouping ?? (valuation == nil ? nil : 1), defence: defence,
            norms: normBound ? .init() : nil, valuation: valuation, lossBound: scenario.terms.lossBound,
            ringBits: bits)
    }
}
