/// The integers of one company's machines, added up, to which its noise share is added before they leave.
///
/// A company without machines sends noise too. `clippedMachines` is for its own eyes: it is neither noised nor charged.
/// Source: discrete-gaussian section 6
public struct CompanySum: ~Copyable {
    /// The largest machine's squared L2 norm, squared grid units: every vector must come with this bound.
    public let squaredBound: UInt128
    /// The public cap on machines.
    public let machineLimit: Int
    /// Machines added so far.
    public private(set) var machines = 0
    /// Machines whose vector was clipped, so far.
    public private(set) var clippedMachines = 0

    private var values: [Int64]

    /// No machines yet. Throws `tooManyMachines` when `machineLimit` vectors could reach 2^62, with the most that
    /// cannot, and `dimensionOutOfRange` for a dimension below 1.
    public init(dimension: Int, squaredBound: UInt128, machineLimit: Int) throws(ClipRefusal) {
        guard dimension >= 1, dimension <= 1 << 32 else { throw .dimensionOutOfRange(largest: 1 << 32) }
        let bound = max(1, IntegerRoot.floor(squaredBound))
        let most = ((1 << 62) - 1) / bound
        guard machineLimit >= 0, UInt64(machineLimit) <= most else { throw .tooManyMachines(maximum: Int(most)) }
        self.squaredBound = squaredBound
        self.machineLimit = machineLimit
        values = [Int64](repeating: 0, count: dimension)
    }

    /// The sum that a plan has room for: its dimension, its sensitivity, its public cap on machines.
    public init(_ plan: NoisePlan) throws(ClipRefusal) {
        try self.init(
            dimension: plan.request.dimension, squaredBound: plan.request.squaredSensitivity,
            machineLimit: plan.request.machinesPerParticipant)
    }

    /// Adds one machine, once a round; another dimension or a larger bound is the caller's error.
    ///
    /// Throws `tooManyMachines` beyond the cap, before anything has changed.
    public mutating func add(_ vector: borrowing ClippedVector) throws(ClipRefusal) {
        precondition(vector.values.count == values.count, "a vector of another dimension")
        precondition(vector.squaredBound <= squaredBound, "a vector with a larger bound")
        guard machines < machineLimit else { throw .tooManyMachines(maximum: machineLimit) }
        machines += 1
        clippedMachines += vector.isClipped || !vector.isFinite ? 1 : 0
        for index in values.indices { values[index] &+= vector.values[index] }
    }

    /// The sum under noise: what may be masked and sent. Throws `dimensionMismatch` for noise of another dimension.
    public consuming func noised(_ noise: consuming NoiseVector) throws(NoiseRefusal) -> [Int64] {
        try noise.add(to: &values)
        return values
    }
}
