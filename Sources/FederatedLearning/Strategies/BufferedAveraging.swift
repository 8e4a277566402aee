/// Buffered asynchronous averaging: companies train at their own pace; when enough have finished, a cohort of them is
/// closed and summed once: `w += eta / |S| sum s(staleness_k) D_k`.
///
/// Masks need a cohort that is fixed before they are made, so the buffer holds names, not updates; each participant
/// keeps its own update and weighs it before it is masked. Who trained when is known to the coordinator anyway (it
/// handed out the models); the updates are not.
///
/// Block: `update` (bound = clip).
/// Source: fedopt section 4
public struct BufferedAveraging: Hashable, Sendable {
    /// The layout of the model.
    public let layout: ParameterLayout
    /// Each coordinate of an update is clipped to `-clip...clip` before it is weighted.
    public let clip: Double
    /// How staleness counts.
    public let staleness: StalenessWeight
    /// Updates older than this are not summed; not negative.
    public let maximumStaleness: Int
    /// eta, finite and positive.
    public let serverRate: Double
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes a federation's terms.
    public init(
        layout: ParameterLayout, clip: Double, staleness: StalenessWeight, maximumStaleness: Int, serverRate: Double = 1
    ) {
        precondition(maximumStaleness >= 0, "a negative staleness")
        precondition(serverRate > 0 && serverRate.isFinite, "a rate must be finite and positive")
        switch staleness {
        case .constant: break
        case .polynomial(let exponent):
            precondition(exponent >= 0 && exponent.isFinite, "an exponent must be finite and not negative")
        case .hinge(let grace, let slope):
            precondition(grace >= 0 && slope > 0 && slope.isFinite, "a hinge out of range")
        }
        self.layout = layout
        self.clip = clip
        self.staleness = staleness
        self.maximumStaleness = maximumStaleness
        self.serverRate = serverRate
        self.schema = UploadSchema([.init(name: "update", count: layout.parameterCount, bound: clip)])
    }

    /// The participant's side.
    public struct Participant: Sendable {
        /// What was agreed.
        public let terms: BufferedAveraging

        /// A participant under these terms.
        public init(_ terms: BufferedAveraging) { self.terms = terms }

        /// The upload of an update that the closed cohort lists with this staleness.
        ///
        /// Throws `dimensionMismatch`, `nonFinite`, or `valueOutOfBound` for a staleness that the terms exclude.
        public func upload(_ update: LocalUpdate, staleness: Int) throws(LearningFailure) -> Upload {
            guard update.delta.count == terms.layout.parameterCount else {
                throw .dimensionMismatch(expected: terms.layout.parameterCount, found: update.delta.count)
            }
            guard (0...terms.maximumStaleness).contains(staleness) else { throw .valueOutOfBound(index: 0) }
            let weight = terms.staleness.value(staleness: staleness)
            var values: [Double] = []
            values.reserveCapacity(terms.schema.dimension)
            for (index, change) in update.delta.enumerated() {
                guard change.isFinite else { throw .nonFinite(index: index) }
                values.append(weight * min(max(Double(change), -terms.clip), terms.clip))
            }
            return try Upload(schema: terms.schema, values: values)
        }
    }

    /// The coordinator's side; a `CohortBuffer` decides who is in the sum.
    public struct Coordinator: ServerStrategy, Sendable {
        /// What was agreed.
        public let terms: BufferedAveraging

        /// A coordinator under these terms.
        public init(_ terms: BufferedAveraging) { self.terms = terms }

        /// What participants must upload.
        public var schema: UploadSchema { terms.schema }

        /// Moves the model; throws `schemaMismatch` or `layoutMismatch`, and then it is unchanged.
        public func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
            guard sum.schema == terms.schema else { throw .schemaMismatch }
            guard model.layout == terms.layout else { throw .layoutMismatch }
            let rate = terms.serverRate / Double(sum.cohortSize)
            var values = model.values
            for index in values.indices { values[index] = Float(Double(values[index]) + rate * sum.values[index]) }
            model.values = values
        }
    }
}
