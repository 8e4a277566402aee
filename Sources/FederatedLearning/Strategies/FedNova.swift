/// Normalised averaging: companies that make more local steps do not pull the shared model their way.
///
/// With tau_k the local progress (steps, see `progress`) and d_k = D_k / tau_k,
/// `w += (sum a_k tau_k / sum a_k) (sum a_k d_k / sum a_k)`, all three from one sum of `[a d | a | a tau]`.
/// The coordinator learns the cohort's examples and its mean progress; nothing about one participant.
///
/// Blocks: `update` (bound = clip), `weight` (bound 1), `progress` (a tau / maximumProgress, bound 1).
/// Source: fedopt section 3
public struct FedNova: Hashable, Sendable {
    /// The layout of the model.
    public let layout: ParameterLayout
    /// Each coordinate of a normalised update d is clipped to `-clip...clip`.
    public let clip: Double
    /// The largest number of examples one participant may claim.
    public let maximumExamples: Int
    /// The largest local progress one participant may claim.
    public let maximumProgress: Double
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes a federation's terms; clip and progress finite and positive, at least one example.
    public init(layout: ParameterLayout, clip: Double, maximumExamples: Int, maximumProgress: Double) {
        precondition(maximumExamples >= 1, "a cap below one example")
        precondition(maximumProgress > 0 && maximumProgress.isFinite, "a progress must be finite and positive")
        self.layout = layout
        self.clip = clip
        self.maximumExamples = maximumExamples
        self.maximumProgress = maximumProgress
        self.schema = UploadSchema([
            .init(name: "update", count: layout.parameterCount, bound: clip),
            .init(name: "weight", count: 1, bound: 1),
            .init(name: "progress", count: 1, bound: 1),
        ])
    }

    /// The 1-norm of the weights with which `steps` gradients enter an update: the steps themselves for plain descent.
    ///
    /// - Parameters:
    ///   - momentum: rho of local heavy-ball momentum, in 0..<1.
    ///   - shrinkage: eta mu of a proximal term, in 0..<1; not together with momentum.
    public static func progress(steps: Int, momentum: Double = 0, shrinkage: Double = 0) -> Double {
        precondition(steps >= 0 && (0..<1).contains(momentum) && (0..<1).contains(shrinkage), "out of range")
        precondition(momentum == 0 || shrinkage == 0, "no closed form for momentum and a proximal term together")
        var total = 0.0
        var tail = 0.0
        if momentum > 0 {
            for _ in 0..<steps {
                tail = 1 + momentum * tail
                total += tail
            }
        } else {
            for _ in 0..<steps { total = 1 + (1 - shrinkage) * total }
        }
        return total
    }

    /// The participant's side.
    public struct Participant: Sendable {
        /// What was agreed.
        public let terms: FedNova

        /// A participant under these terms.
        public init(_ terms: FedNova) { self.terms = terms }

        /// One participant's upload.
        ///
        /// Throws `dimensionMismatch`, `exampleCountOutOfRange`, `nonFinite` (place in the upload), or
        /// `valueOutOfBound` at the place of `progress` unless it is in 0 (exclusive) to `maximumProgress`.
        public func upload(_ update: LocalUpdate, progress: Double) throws(LearningFailure) -> Upload {
            let count = terms.layout.parameterCount
            guard update.delta.count == count else {
                throw .dimensionMismatch(expected: count, found: update.delta.count)
            }
            guard (0...terms.maximumExamples).contains(update.exampleCount) else {
                throw .exampleCountOutOfRange(found: update.exampleCount, maximum: terms.maximumExamples)
            }
            guard progress > 0, progress <= terms.maximumProgress else { throw .valueOutOfBound(index: count + 1) }
            let weight = Double(update.exampleCount) / Double(terms.maximumExamples)
            var values: [Double] = []
            values.reserveCapacity(terms.schema.dimension)
            for (index, change) in update.delta.enumerated() {
                guard change.isFinite else { throw .nonFinite(index: index) }
                values.append(weight * min(max(Double(change) / progress, -terms.clip), terms.clip))
            }
            values.append(weight)
            values.append(weight * progress / terms.maximumProgress)
            return try Upload(schema: terms.schema, values: values)
        }
    }

    /// The coordinator's side.
    public struct Coordinator: ServerStrategy, Sendable {
        /// What was agreed.
        public let terms: FedNova

        /// A coordinator under these terms.
        public init(_ terms: FedNova) { self.terms = terms }

        /// What participants must upload.
        public var schema: UploadSchema { terms.schema }

        /// Moves the model; throws `schemaMismatch`, `layoutMismatch` or `zeroTotalWeight`, and then it is unchanged.
        public func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
            guard sum.schema == terms.schema else { throw .schemaMismatch }
            guard model.layout == terms.layout else { throw .layoutMismatch }
            let count = terms.layout.parameterCount
            let total = sum.values[count]
            guard total > 0 else { throw .zeroTotalWeight }
            let factor = sum.values[count + 1] * terms.maximumProgress / (total * total)
            var values = model.values
            for index in 0..<count { values[index] = Float(Double(values[index]) + factor * sum.values[index]) }
            model.values = values
        }
    }
}
