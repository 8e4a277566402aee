internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// `keys/mask_expansion.json`: the mask is what a zero vector becomes.
struct MaskVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let bits = try inputs.integer("bits", 0...64)
        let layout = try mappingRing { () throws(RingFailure) in try LaneLayout(bits: bits) }
        let seed = try inputs.seed("seed")
        let count = try inputs.integer("count", 1...largestTestVector)
        var mask = PackedVector(zeros: count, layout: layout)
        unsafe seed.withUnsafeBytes { unsafe mask.addMask(seed: $0) }
        let bytes = mask.littleEndianBytes()
        let words = mask.wordCount
        var ranges: [JSONValue] = []
        var firsts: [Int] = []
        for (first, last) in [(0, 2), (6, 10), (254, 258), (510, 514), (words - 2, words)] {
            let range = max(first, 0)..<max(0, first, min(last, words))
            if range.isEmpty || firsts.contains(range.lowerBound) { continue }
            firsts.append(range.lowerBound)
            ranges.append([
                "first": .count(range.lowerBound), "words": .hex(bytes[8 * range.lowerBound..<8 * range.upperBound]),
            ])
        }
        let lastWordBits = layout.usedBitsOfLastWord(for: count)
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        return VectorAnswer([
            "wordCount": .count(words),
            "lastWordBits": .hex((0..<8).map { UInt8(truncatingIfNeeded: lastWordBits >> UInt64(56 - 8 * $0)) }),
            "ranges": .array(ranges), "digest": .hex(UploadDigest.root(of: roots)),
        ])
    }
}
