/// What a schedule of noisy sums is asked to be; every number is public and fixed before the first round.
/// Source: discrete-gaussian section 5
public struct NoiseRequest: Hashable, Sendable {
    /// Members that may send, n: 1...65,536. Each sends noise in every round, with or without machines.
    public var participants: Int
    /// Members whose noise may be known to the server, t.
    public var colluders: Int
    /// Members that may fall silent before the sum is opened, k.
    public var dropouts: Int
    /// z = sigma / Delta of the whole sum.
    public var multiplier: NoiseRatio
    /// Delta^2: the largest squared L2 norm of one machine's final vector, indicator, weight and metric slots included,
    /// in squared grid units. At least 1.
    public var squaredSensitivity: UInt128
    /// The public cap on the machines of one member, 1...2^32.
    public var machinesPerParticipant: Int
    /// Elements of the vector, 1...2^28.
    public var dimension: Int
    /// Rounds of the schedule, 1...2^32.
    public var rounds: Int

    /// The members in order of declaration; the ranges are checked by `NoisePlan`.
    public init(
        participants: Int, colluders: Int, dropouts: Int, multiplier: NoiseRatio, squaredSensitivity: UInt128,
        machinesPerParticipant: Int, dimension: Int, rounds: Int
    ) {
        self.participants = participants
        self.colluders = colluders
        self.dropouts = dropouts
        self.multiplier = multiplier
        self.squaredSensitivity = squaredSensitivity
        self.machinesPerParticipant = machinesPerParticipant
        self.dimension = dimension
        self.rounds = rounds
    }

    /// Throws `invalidField` for a number out of its range, `tooFewParticipants` unless n > t + k.
    func validate() throws(NoiseRefusal) {
        guard (1...NoisePlan.largestParticipants).contains(participants) else { throw .invalidField(.participants) }
        guard (0...NoisePlan.largestParticipants).contains(colluders) else { throw .invalidField(.colluders) }
        guard (0...NoisePlan.largestParticipants).contains(dropouts) else { throw .invalidField(.dropouts) }
        guard participants > colluders + dropouts else {
            throw .tooFewParticipants(minimum: colluders + dropouts + 1)
        }
        guard squaredSensitivity > 0 else { throw .invalidField(.sensitivity) }
        guard (1...1 << 32).contains(machinesPerParticipant) else { throw .invalidField(.machinesPerParticipant) }
        guard (1...NoiseVector.largestDimension).contains(dimension) else { throw .invalidField(.dimension) }
        guard (1...1 << 32).contains(rounds) else { throw .invalidField(.rounds) }
    }
}
