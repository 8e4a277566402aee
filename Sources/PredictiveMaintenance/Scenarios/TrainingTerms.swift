public import FederatedLearning

/// The constants of a training that all companies agree on before the first round.
/// Source: cmapss section 3
public struct TrainingTerms: Sendable, Equatable {
    /// Rounds of federated training; solo and pooled runs make `rounds * localEpochs` epochs.
    public var rounds: Int
    /// Passes over a company's own data in a round.
    public var localEpochs: Int
    /// Examples a step.
    public var batchSize: Int
    /// Adam's step size.
    public var learningRate: Float
    /// Each coordinate of an update is clipped to this magnitude.
    public var updateClip: Double
    /// The largest number of training or validation examples one company may claim.
    public var maximumExamples: Int
    /// The largest validation loss that is reported; a larger one counts as this.
    public var lossBound: Double
    /// Decides initial parameters and the order of examples; public.
    public var seed: UInt64

    /// Joins the constants.
    public init(
        rounds: Int, localEpochs: Int, batchSize: Int, learningRate: Float, updateClip: Double, maximumExamples: Int,
        lossBound: Double, seed: UInt64
    ) {
        self.rounds = rounds
        self.localEpochs = localEpochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.updateClip = updateClip
        self.maximumExamples = maximumExamples
        self.lossBound = lossBound
        self.seed = seed
    }

    /// What every company is asked to do in round `round`, from 0.
    public func plan(round: Int) -> RoundPlan {
        RoundPlan(
            round: round, localEpochs: localEpochs, batchSize: batchSize, learningRate: learningRate,
            seed: SimulationSeed(seed).child(.localTraining, 0).value)
    }
}
