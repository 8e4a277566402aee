/// What the coordinator asks every participant to do in one round of local training; public.
public struct RoundPlan: Hashable, Sendable {
    /// The round's number, from 0.
    public var round: Int
    /// Passes over the participant's own training data, at least 1.
    public var localEpochs: Int
    /// Examples a step, at least 1; the last batch of an epoch may be shorter.
    public var batchSize: Int
    /// The optimiser's step size, finite and positive.
    public var learningRate: Float
    /// Decides the order of examples; not a secret and never used for one.
    public var seed: UInt64

    /// Describes a round; nothing is checked here, a trainer throws `invalidPlan`.
    public init(round: Int, localEpochs: Int, batchSize: Int, learningRate: Float, seed: UInt64) {
        self.round = round
        self.localEpochs = localEpochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.seed = seed
    }

    /// Throws `invalidPlan` unless epochs and batch are at least 1 and the step size is finite and positive.
    public func check() throws(LearningFailure) {
        guard localEpochs >= 1, batchSize >= 1, learningRate > 0, learningRate.isFinite else { throw .invalidPlan }
    }
}
