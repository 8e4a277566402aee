internal import CryptoPrimitives
internal import FederatedLearning
internal import RingVectors

/// Random ring vectors that can be made again from a seed instead of being kept.
struct RandomInputs: Sendable {
    let dimension: Int
    let layout: LaneLayout
    let bound: UInt64
    let seed: UInt64

    /// One participant's vector: values in -bound...bound, the same at every call; writes each word once.
    func vector(of participant: Int) -> PackedVector {
        var generator = SeededGenerator(mixing: seed, UInt64(participant))
        let (lanes, bits) = (layout.lanes, UInt64(layout.bits))
        let valueBits = bits == 64 ? UInt64.max : (1 << bits) - 1
        let span = 2 &* bound &+ 1
        var words = [UInt64](repeating: 0, count: layout.wordCount(for: dimension))
        unsafe words.withUnsafeMutableBufferPointer { buffer in
            var left = dimension
            for index in 0..<buffer.count {
                var word: UInt64 = 0
                for lane in 0..<min(lanes, left) {
                    let value = generator.next().multipliedFullWidth(by: span).high &- bound
                    word |= (value & valueBits) << (UInt64(lane) &* bits)
                }
                unsafe buffer[index] = word
                left -= lanes
            }
        }
        guard let vector = try? PackedVector(words: words, count: dimension, layout: layout) else {
            preconditionFailure("the values fill the lanes and nothing else")
        }
        return vector
    }

    /// Names the inputs in a round's configuration.
    var digest: Digest {
        var hash = Blake2b(Personalisation("QSA1 trial"))
        hash.update(littleEndian: seed)
        hash.update(littleEndian: UInt64(dimension))
        return hash.finalize()
    }
}
