internal import CryptoPrimitives
internal import FederatedLearning
internal import RingVectors

/// Random updates that can be made again from a seed instead of being kept, and their encoding.
struct RandomInputs: Sendable {
    let dimension: Int
    let layout: LaneLayout
    let seed: UInt64
    let threads: Int
    /// Expands the key of the stochastic rounding.
    let generator: KeystreamGenerator
    private let codec: FixedPointCodec

    /// Updates in -1...1, encoded in levels of -bound...bound (2^51 at most) by stochastic rounding.
    init(
        dimension: Int, layout: LaneLayout, bound: UInt64, seed: UInt64, drawing generator: KeystreamGenerator,
        threads: Int
    ) throws(RingFailure) {
        self.dimension = dimension
        self.layout = layout
        self.seed = seed
        self.threads = threads
        self.generator = generator
        let levels = Int64(min(bound, UInt64(FixedPointCodec.largestValueBound)))
        codec = try FixedPointCodec.levels(valueBound: levels, clip: 1)
    }

    /// One participant's update.
    func update(of participant: Int) -> [Float] {
        var generator = SeededGenerator(mixing: seed, UInt64(participant))
        return (0..<dimension).map { _ in Float(Int32(truncatingIfNeeded: generator.next())) * 0x1p-31 }
    }

    /// One participant's update as a ring vector, the same at every call: the rounding is seeded too.
    func encode(_ update: [Float], of participant: Int) -> PackedVector {
        var source: any RandomSource = RepeatedKey(key: seed ^ UInt64(participant) &* 0x9E37_79B9_7F4A_7C15)
        guard
            let encoded = try? codec.quantise(
                update, packedAs: layout, from: &source, drawing: generator, threads: threads)
        else {
            preconditionFailure("finite values within the bound can be encoded")
        }
        return encoded.vector
    }

    /// Names the inputs in a round's configuration.
    var digest: Digest {
        var hash = Blake2b(Personalisation("QSA1 trial"))
        hash.update(littleEndian: seed)
        hash.update(littleEndian: UInt64(dimension))
        return hash.finalize()
    }
}

/// A key that is no secret, for inputs that are worth nothing.
private struct RepeatedKey: RandomSource {
    let key: UInt64

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        unsafe withUnsafeBytes(of: key.littleEndian) { key in
            for index in 0..<buffer.count { unsafe buffer[index] = key[index % 8] }
        }
    }
}
