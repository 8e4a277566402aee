/// The clipped indicator as one more integer slot of a machine's vector: +weight inside the bound, -weight outside.
///
/// It is noised with everything else: Delta_total^2 = Delta^2 + weight^2, one isotropic sigma = z Delta_total.
/// Source: discrete-gaussian section 7
public struct ClipIndicator: Hashable, Sendable {
    /// The magnitude S of the slot, grid units, 1...2^51.
    public let weight: Int64

    /// An indicator of magnitude `weight`; throws `boundOutOfRange` unless it is 1...2^51.
    public init(weight: Int64) throws(ClipRefusal) {
        guard (1...L2Clip.largestBound).contains(weight) else { throw .boundOutOfRange }
        self.weight = weight
    }

    /// The vector with the slot at its end and the bound that then holds. A vector of zeros for a non-finite one counts
    /// as clipped.
    public func append(to vector: ClippedVector) -> ClippedVector {
        var result = vector
        let outside = vector.isClipped || !vector.isFinite
        result.values.append(outside ? -weight : weight)
        result.squaredBound += UInt128(weight.magnitude) * UInt128(weight.magnitude)
        return result
    }

    /// The number of clipped machines that a noised slot of the opened sum tells: 0...machines, halves possible.
    ///
    /// `machines` is the public number of machines in the sum. What is computed from a noised release costs nothing
    /// more.
    /// Source: discrete-gaussian section 7
    public func clippedCount(noisedSlot: Int64, machines: Int) -> Double {
        precondition(machines >= 1, "a count over no machines")
        let inside = (Double(noisedSlot) / Double(weight) + Double(machines)) / 2
        return Double(machines) - min(max(inside, 0), Double(machines))
    }
}
