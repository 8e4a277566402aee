public import FederatedLearning

/// What single units of one company compute for a private sum, each from its own recordings and the shared model alone.
///
/// Nothing here throws: recordings that cannot be used, and training that leaves the finite numbers, give an empty vector,
/// which a private sum counts as zero. Units are computed on all cores.
/// Source: private-training section 4
public struct UnitTraining: Sendable {
    /// The model that is trained.
    public let network: TrainableModel
    /// The company's units.
    public let units: [MachineRecordings]

    /// Joins them.
    public init(network: TrainableModel, units: [MachineRecordings]) {
        self.network = network
        self.units = units
    }

    /// Procedure A: each unit's change after local training as the plan asks, with an optimiser that starts afresh.
    public func changes(from shared: ParameterVector, plan: RoundPlan) -> [[Float]] {
        Parallel.map(count: units.count) { index in
            guard let examples = units[index].examples,
                var trainer = try? NetworkTrainer(
                    network: network, training: examples, participant: UInt64(index), keepsOptimiserState: false),
                let update = try? trainer.train(from: shared, plan: plan)
            else { return [] }
            return update.delta
        }
    }

    /// Procedures B and D: each unit's mean gradient at the model.
    public func gradients(at model: ParameterVector) -> [[Float]] {
        Parallel.map(count: units.count) { index in
            guard let examples = units[index].examples,
                let step = try? network.lossAndGradient(model, on: examples)
            else { return [] }
            return step.gradient
        }
    }

    /// Procedure C: each unit's moments.
    public func moments(_ moments: MomentStatistics) -> [[Float]] {
        Parallel.map(count: units.count) { index in
            moments.vector(features: units[index].features, targets: units[index].targets)
        }
    }
}
