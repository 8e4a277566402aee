import CryptoPrimitives

@testable import DifferentialPrivacy

/// A ChaCha20 stream in the place of the operating system's generator.
struct ReplayedSource: RandomSource {
    var counter: UInt64
    let key = Bytes32()

    init(_ number: UInt64) { counter = number << 20 }

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        var draw = Draw(counter)
        counter += 1
        for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: draw.next()) }
    }
}

/// A cohort of 3, 10, 17, ... with its plan.
struct RemovalCohort {
    let plan: RemovableNoisePlan
    let round: RemovalRound

    init(
        participants: Int, colluders: Int, dropouts: Int, dimension: Int = 8, squaredSensitivity: UInt128 = 1 << 24,
        number: UInt64 = 5
    ) throws {
        plan = try RemovableNoisePlan(
            NoiseRequest(
                participants: participants, colluders: colluders, dropouts: dropouts,
                multiplier: try NoiseRatio(3, over: 2), squaredSensitivity: squaredSensitivity,
                machinesPerParticipant: 10, dimension: dimension, rounds: 1))
        round = try RemovalRound(
            session: Digest(Bytes32()), round: number, purpose: .update,
            members: (0..<participants).map { UInt32(3 + 7 * $0) })
    }

    func noise(_ member: UInt32) throws -> RemovableNoise {
        var source: any RandomSource = ReplayedSource(UInt64(member) << 10 + round.round)
        return try RemovableNoise(plan, for: member, in: round, from: &source)
    }

    /// What the members add, apart, from the same source: base first, then components.
    func parts(_ member: UInt32) throws -> [[Int64]] {
        var source: any RandomSource = ReplayedSource(UInt64(member) << 10 + round.round)
        let seeds = plan.components.map { _ in
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes.withUnsafeMutableBytes { source.fill($0) }
            return Bytes32(bytes) ?? Bytes32()
        }
        let base = NoiseKey(round: round.round, purpose: round.purpose, from: &source)
        let dimension = plan.total.request.dimension
        var parts = [
            try NoiseVector(.gaussian(DiscreteGaussian(variance: plan.base)), dimension: dimension, key: base)
                .copiedValues()
        ]
        for (slot, seed) in seeds.enumerated() {
            let key = seed.withUnsafeBytes {
                NoiseKey(
                    component: UInt32(slot + 1), of: member, in: round, seed: $0, provenance: .injectedSource)
            }
            let law = NoiseLaw.gaussian(DiscreteGaussian(variance: plan.components[slot]))
            parts.append(try NoiseVector(law, dimension: dimension, key: key).copiedValues())
        }
        return parts
    }
}
