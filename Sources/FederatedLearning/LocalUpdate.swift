/// What local training gives back to its own company; in clear, so it stays on that company's machine.
public struct LocalUpdate: Sendable, Equatable {
    /// Trained parameters minus shared parameters, in the order of the layout.
    public var delta: [Float]
    /// How many training examples the update rests on.
    public var exampleCount: Int
    /// How many optimiser steps were made.
    public var steps: Int
    /// The mean loss an example over the last epoch.
    public var trainingLoss: Double

    /// Joins the parts; nothing is checked here, `FedAvg.upload` does.
    public init(delta: [Float], exampleCount: Int, steps: Int, trainingLoss: Double) {
        self.delta = delta
        self.exampleCount = exampleCount
        self.steps = steps
        self.trainingLoss = trainingLoss
    }
}
