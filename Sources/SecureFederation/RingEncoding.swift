public import CryptoPrimitives
public import FederatedLearning
public import RingVectors

/// From bounded real numbers to ring elements and, summed, back: one quantiser a block, one ring for all.
///
/// Every block is scaled so that its bound becomes the same largest integer; the no-overflow proof is then one line.
/// The step of a block is bound / valueBound; a sum over n uploads is off by at most n steps with stochastic rounding
/// (half that with nearest), and by nothing else: the secure sum itself is exact.
///
/// Source: fixed-point section 1
public struct RingEncoding: Sendable {
    /// The blocks and their bounds.
    public let schema: UploadSchema
    /// The ring's lanes.
    public let layout: LaneLayout
    /// The largest magnitude of a quantised value.
    public let valueBound: Int64
    /// How values between two levels are brought to one.
    public let rounding: FixedPointCodec.Rounding
    private let codecs: [FixedPointCodec]

    /// The finest encoding that a ring of so many bits allows for so many participants, at most 2^51 levels.
    ///
    /// - Parameters:
    ///   - bits: 8 to 62, or 64.
    ///   - participants: the most uploads that one sum may hold.
    ///   - noiseTail: head-room for the sum of all noise, in ring units.
    /// - Throws: `unsupportedBits`, `overflowPossible` when not even one level fits.
    public init(
        schema: UploadSchema, bits: Int, participants: Int, noiseTail: UInt64 = 0,
        rounding: FixedPointCodec.Rounding = .stochastic
    ) throws(RingFailure) {
        layout = try LaneLayout(bits: bits)
        let room = (UInt64(1) << (bits - 1)) - 1
        guard noiseTail < room else { throw .overflowPossible(requiredBits: bits + 1) }
        let bound = min((room - noiseTail) / UInt64(max(1, participants)), UInt64(FixedPointCodec.largestValueBound))
        _ = try OverflowProof(
            bits: bits, participants: participants, weightCap: 1, valueBound: max(1, bound), noiseTail: noiseTail)
        self.schema = schema
        self.rounding = rounding
        valueBound = Int64(max(1, bound))
        var codecs: [FixedPointCodec] = []
        for block in schema.blocks {
            codecs.append(try FixedPointCodec.levels(valueBound: valueBound, clip: block.bound, rounding: rounding))
        }
        self.codecs = codecs
    }

    /// Clips, quantises and packs one upload.
    ///
    /// - Returns: the vector to be masked, and how many values were clipped to their block's bound.
    /// - Throws: `nonFiniteInput` with the index, before anything is encoded; `dimensionMismatch`.
    public func encode(
        _ upload: Upload, from source: inout any RandomSource
    ) throws(RingFailure) -> (vector: PackedVector, clipped: Int) {
        guard upload.schema == schema else { throw .dimensionMismatch }
        if let index = upload.values.firstIndex(where: { !$0.isFinite }) { throw .nonFiniteInput(index: index) }
        var integers: [Int64] = []
        integers.reserveCapacity(schema.dimension)
        var clipped = 0
        var start = 0
        for (block, codec) in zip(schema.blocks, codecs) {
            let part = try codec.quantise(upload.values[start..<start + block.count], from: &source)
            integers += part.values
            clipped += part.clipped
            start += block.count
        }
        defer { unsafe integers.withUnsafeMutableBytes { unsafe wipe($0) } }
        return (try PackedVector(packing: integers, layout: layout), clipped)
    }

    /// The real numbers behind an opened sum.
    ///
    /// - Parameter cohortSize: how many uploads are in it.
    public func decode(_ sum: PackedVector, cohortSize: Int) throws(RingFailure) -> AggregateSum {
        guard sum.layout == layout, sum.count == schema.dimension else { throw .dimensionMismatch }
        let integers = sum.signedValues()
        var values: [Double] = []
        values.reserveCapacity(integers.count)
        var start = 0
        for (block, codec) in zip(schema.blocks, codecs) {
            values += codec.dequantise(Array(integers[start..<start + block.count]))
            start += block.count
        }
        return AggregateSum(schema: schema, values: values, cohortSize: cohortSize)
    }

    /// What ring, bound and rounding hash to: part of the signed configuration.
    public var digest: Digest {
        var hash = Blake2b(Personalisation("QSA1 encoding"))
        hash.update(littleEndian: UInt32(layout.bits))
        hash.update(littleEndian: UInt64(valueBound))
        hash.update(littleEndian: UInt32(rounding == .stochastic ? 1 : 0))
        return hash.finalize()
    }

    /// The step of the quantiser relative to a block's bound.
    public var resolution: Double { 1 / Double(valueBound) }
}
