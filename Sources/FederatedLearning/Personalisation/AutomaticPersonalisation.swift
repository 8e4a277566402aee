/// Tries several methods beside plain averaging and uses the one that does best on the company's own validation examples.
///
/// The upload is that of plain averaging whatever is picked, so the choice tells nobody anything. Methods that share only
/// part of the model change what travels and are chosen by the federation, not here.
/// Source: personalisation section 8
public struct AutomaticPersonalisation: Sendable {
    /// What was picked and why; stays with the company.
    public struct Choice: Sendable, Equatable {
        /// One method and the mean validation loss of its model.
        public struct Score: Sendable, Equatable {
            /// The method.
            public let method: PersonalMethod
            /// The mean loss over the validation examples.
            public let loss: Double
        }

        /// The method in use.
        public let method: PersonalMethod
        /// Its place among the candidates; nil for the shared model.
        public let candidate: Int?
        /// The shared model first, then the candidates in order; empty without validation examples.
        public let scores: [Score]
        /// How many validation examples the choice rests on.
        public let examples: Int
    }

    /// Plain local training, which makes the upload.
    public let base: any LocalTrainer & Sendable
    /// The methods that are tried.
    public private(set) var candidates: [any SidecarPersonaliser]
    /// By what share a candidate's loss must be below the shared model's to be picked, in 0..<1.
    public let margin: Double

    /// Joins plain training and candidates, all over one layout; `margin` guards against picking by chance.
    public init(base: any LocalTrainer & Sendable, candidates: [any SidecarPersonaliser], margin: Double) {
        precondition(candidates.allSatisfy { $0.sharedLayout == base.layout }, "candidates for different models")
        precondition((0..<1).contains(margin), "a margin out of range")
        self.base = base
        self.candidates = candidates
        self.margin = margin
    }

    /// One round: every candidate's private state moves, and the update is that of plain training.
    ///
    /// A candidate that diverges is left as it was and cannot harm the round. Throws what plain training throws.
    public mutating func train(
        from shared: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> LocalUpdate {
        var trainer = base
        let update = try trainer.train(from: shared, plan: plan)
        try adapt(from: shared, plan: plan)
        return update
    }

    /// Moves every candidate's private state alone, for rounds whose update is made elsewhere; throws what is not divergence.
    public mutating func adapt(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) {
        for index in candidates.indices {
            var candidate = candidates[index]
            do throws(LearningFailure) {
                try candidate.adapt(from: shared, plan: plan)
                candidates[index] = candidate
            } catch .diverged {
                continue
            }
        }
    }

    /// Scores everything on the company's validation examples and picks; without any, the shared model.
    public func choose(from shared: ParameterVector) throws(LearningFailure) -> Choice {
        let plain = try base.validationLoss(of: shared)
        guard plain.examples > 0 else {
            return Choice(method: .shared, candidate: nil, scores: [], examples: 0)
        }
        let sharedLoss = plain.loss / Double(plain.examples)
        var scores = [Choice.Score(method: .shared, loss: sharedLoss)]
        var best: (candidate: Int, loss: Double)?
        for (index, candidate) in candidates.enumerated() {
            let part = try candidate.validationLoss(from: shared)
            let loss = part.examples > 0 ? part.loss / Double(part.examples) : .infinity
            scores.append(.init(method: candidate.method, loss: loss))
            if loss < (best?.loss ?? sharedLoss * (1 - margin)) { best = (index, loss) }
        }
        let method = best.map { candidates[$0.candidate].method } ?? .shared
        return Choice(method: method, candidate: best?.candidate, scores: scores, examples: plain.examples)
    }

    /// The model of a choice.
    public func personalModel(
        _ choice: Choice, from shared: ParameterVector
    ) throws(LearningFailure) -> ParameterVector {
        guard let index = choice.candidate else { return shared }
        precondition(candidates.indices.contains(index), "a choice of other candidates")
        return try candidates[index].personalModel(from: shared)
    }

    /// The states of all candidates.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.candidates, layout: base.layout)
        writer.write(UInt32(candidates.count))
        for candidate in candidates { writer.write(candidate.state) }
        return writer.state
    }

    /// Takes up stored states; on a throw nothing has changed.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .candidates, layout: base.layout)
        let count: UInt32 = try reader.number()
        guard Int(count) == candidates.count else {
            throw .lengthMismatch(expected: candidates.count, found: Int(count))
        }
        var restored = candidates
        for index in restored.indices { try restored[index].restore(reader.nested()) }
        try reader.end()
        candidates = restored
    }
}
