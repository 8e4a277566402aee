/// Control variates against client drift, with no second vector on the wire.
///
/// Participant k keeps c_k, everybody knows c, the mean of all c_k. K local steps `y -= eta (g - c_k + c)` give the update
/// `D_k = y - w`, then `c_k+ = c_k - c - D_k / (K eta)`. Summed over the cohort S of N participants,
/// `c+ = (1 - |S| / N) c - (1 / (N K eta)) sum D_k`: the sum of updates that moves the model (`w += rate sum D_k / |S|`)
/// moves c as well, because K and eta are common. The upload is D_k alone, unweighted.
///
/// The coordinator learns the sum of updates and the cohort's size. c is a function of such sums; under a privacy
/// budget it is free for `silo` and not allowed for `asset`, since c_k is a company's state that feeds back.
///
/// Block: `update` (bound = clip).
/// Source: scaffold section 1
public struct Scaffold: Hashable, Sendable {
    /// The layout of the model.
    public let layout: ParameterLayout
    /// Each coordinate of an update is clipped to `-clip...clip`, before c_k takes it too.
    public let clip: Double
    /// N, at least 1; participants that never took part count, with c_k = 0.
    public let participants: Int
    /// K, the same for everybody whatever data it has, at least 1.
    public let localSteps: Int
    /// eta of the local steps, finite and positive.
    public let localRate: Double
    /// The server's factor on the mean update, finite and positive.
    public let serverRate: Double
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes a federation's terms.
    public init(
        layout: ParameterLayout, clip: Double, participants: Int, localSteps: Int, localRate: Double,
        serverRate: Double = 1
    ) {
        precondition(participants >= 1 && localSteps >= 1, "no participant or no step")
        precondition(localRate > 0 && localRate.isFinite, "a rate must be finite and positive")
        precondition(serverRate > 0 && serverRate.isFinite, "a rate must be finite and positive")
        self.layout = layout
        self.clip = clip
        self.participants = participants
        self.localSteps = localSteps
        self.localRate = localRate
        self.serverRate = serverRate
        self.schema = UploadSchema([.init(name: "update", count: layout.parameterCount, bound: clip)])
    }

    /// The coordinator's side: the shared control variate c, which is broadcast with the model.
    public struct Coordinator: ServerStrategy, Sendable {
        /// What was agreed.
        public let terms: Scaffold
        /// c, kept in double precision.
        private var values: [Double]

        /// A coordinator at the start, c = 0.
        public init(_ terms: Scaffold) {
            self.terms = terms
            values = [Double](repeating: 0, count: terms.layout.parameterCount)
        }

        /// What participants must upload.
        public var schema: UploadSchema { terms.schema }

        /// c.
        public var broadcast: ParameterVector? { control }

        /// c, to be broadcast with the model.
        public var control: ParameterVector {
            var control = ParameterVector(zeros: terms.layout)
            control.values = values.map { Float($0) }
            return control
        }

        /// Moves model and c; throws `schemaMismatch`, `layoutMismatch`, or `cohortOutOfRange` for more participants
        /// than there are, and then both are unchanged.
        public mutating func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
            guard sum.schema == terms.schema else { throw .schemaMismatch }
            guard model.layout == terms.layout else { throw .layoutMismatch }
            guard sum.cohortSize <= terms.participants else {
                throw .cohortOutOfRange(found: sum.cohortSize, allowed: 1...terms.participants)
            }
            let all = Double(terms.participants)
            let rest = 1 - Double(sum.cohortSize) / all
            let share = 1 / (all * Double(terms.localSteps) * terms.localRate)
            let rate = terms.serverRate / Double(sum.cohortSize)
            var moved = model.values
            for index in moved.indices {
                let change = sum.values[index]
                values[index] = rest * values[index] - share * change
                moved[index] = Float(Double(moved[index]) + rate * change)
            }
            model.values = moved
        }
    }
}
