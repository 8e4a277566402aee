internal import CryptoPrimitives

/// Clipping to an L2 ball on the integer grid, exact: the clipped integers have sum of squares <= bound^2 for certain.
///
/// A vector inside the ball is left as it is. Any other becomes floor(|p_j| bound / ceil(norm p)) with its signs, p being
/// the vector itself or, when squares would not add up in 128 bits, the vector halved as often as needed: its direction
/// stays, whatever its largest element. The same work is done for every vector of a dimension, in selections instead of
/// branches; constant time is not proved below that.
/// Source: discrete-gaussian section 6
public struct L2Clip: Hashable, Sendable {
    /// The largest bound, 2^51 grid units.
    public static let largestBound: Int64 = 1 << 51

    /// The L2 bound, grid units, 1...2^51.
    public let bound: Int64
    /// Elements of a vector.
    public let dimension: Int

    /// bound^2.
    public var squaredBound: UInt128 { UInt128(bound.magnitude) * UInt128(bound.magnitude) }

    /// The rule for vectors of `dimension` elements. Throws `boundOutOfRange`, `dimensionOutOfRange`.
    public init(bound: Int64, dimension: Int) throws(ClipRefusal) {
        guard (1...Self.largestBound).contains(bound) else { throw .boundOutOfRange }
        self.bound = bound
        self.dimension = dimension
        let largest = min(UInt128(1) << 32, (UInt128(1) << 126) / squaredBound)
        guard dimension >= 1, UInt128(dimension) <= largest else {
            throw .dimensionOutOfRange(largest: Int(largest))
        }
    }

    /// Clips grid values; another count than `dimension` is the caller's error. About 4 ns an element.
    /// Source: discrete-gaussian section 6
    public func clip(_ values: [Int64]) -> ClippedVector {
        precondition(values.count == dimension, "the clip is for another dimension")
        var values = values
        let clipped = unsafe values.withUnsafeMutableBufferPointer { unsafe clip($0) }
        return ClippedVector(values: values, squaredBound: squaredBound, isClipped: clipped, isFinite: true)
    }

    /// Clips real numbers of `levelsPerUnit` grid units each (finite, positive), truncated toward zero.
    ///
    /// One NaN or infinity makes the whole vector zero, so that it costs nothing and stops nobody. Levels beyond 2^62 are
    /// first scaled down together by a power of two. Another count than `dimension` is the caller's error. About 6 ns
    /// an element.
    /// Source: discrete-gaussian section 6
    public func clip(_ values: [Float], levelsPerUnit: Double) -> ClippedVector {
        precondition(values.count == dimension, "the clip is for another dimension")
        let finite = Self.areFinite(values[...])
        var grid: [Int64] = []
        grid.reserveCapacity(dimension)
        Self.appendGridValues(of: values[...], levelsPerUnit: levelsPerUnit, finite: finite, to: &grid)
        var result = clip(grid)
        result.isFinite = finite
        return result
    }

    /// Whether there is no NaN and no infinity; the same time for all values.
    static func areFinite(_ values: ArraySlice<Float>) -> Bool {
        let exponent: UInt32 = 0x7F80_0000
        var found: UInt32 = 0
        for value in values { found |= value.bitPattern & exponent == exponent ? 1 : 0 }
        return found == 0
    }

    /// Truncates onto the grid, in levels of at most 2^62, or appends zeros if the vector is not `finite`.
    ///
    /// The levels of a vector whose largest is beyond 2^62 are divided by the power of two that brings it there: such a
    /// vector is outside every ball before and after.
    static func appendGridValues(
        of values: ArraySlice<Float>, levelsPerUnit: Double, finite: Bool, to grid: inout [Int64]
    ) {
        precondition(levelsPerUnit > 0 && levelsPerUnit.isFinite, "levels a unit are positive and finite")
        let most = Double.greatestFiniteMagnitude
        var largest: Double = 0
        for value in values { largest = max(largest, abs(Double(finite ? value : 0) * levelsPerUnit)) }
        let halvings = largest < 0x1p62 ? 0 : min(largest, most).exponent - 61
        let scale = Double(sign: .plus, exponent: -halvings, significand: 1)
        for value in values {
            let level = Double(finite ? value : 0) * levelsPerUnit
            grid.append(Int64(min(max(level, -most), most) * scale))
        }
    }

    /// Magnitudes up to here are squared as they are: the bound or the largest 2^e - 1, e <= 62, for which dimension *
    /// 4^e <= 2^126.
    private var largestMagnitude: UInt64 {
        let bits = Int.bitWidth - (dimension - 1).leadingZeroBitCount
        return max(bound.magnitude, (1 << UInt64(min(62, (126 - bits) / 2))) - 1)
    }

    /// Clips in place and tells whether the norm was above the bound.
    func clip(_ values: UnsafeMutableBufferPointer<Int64>) -> Bool {
        var largest: UInt64 = 0
        for index in 0..<values.count { largest = max(largest, unsafe values[index].magnitude) }
        let admitted = largestMagnitude
        var shift: UInt64 = 0
        for halvings in 0..<UInt64(63) { shift += largest &>> halvings > admitted ? 1 : 0 }
        var sum: UInt128 = 0
        for index in 0..<values.count {
            let part = unsafe values[index].magnitude &>> shift
            sum &+= part.multipliedFullWidth128(by: part)
        }
        // A vector that is halved has an element above the bound. With norm >= bound / 2 the ratio is at most 2.
        let outside = shift > 0 || sum > squaredBound
        let target = bound.magnitude
        let norm = outside ? IntegerRoot.ceiling(sum) : target
        let ratio = UInt64((UInt128(target) << 62) / UInt128(norm))
        let keep: UInt64 = outside ? 0 : .max
        for index in 0..<values.count {
            let value = unsafe values[index]
            let sign = value &>> 63
            let part = value.magnitude &>> shift
            // floor(part * target / norm), or one less before the comparison.
            let near = UInt64(truncatingIfNeeded: part.multipliedFullWidth128(by: ratio) &>> 62)
            let next = (near &+ 1).multipliedFullWidth128(by: norm)
            let scaled = near &+ (next <= part.multipliedFullWidth128(by: target) ? 1 : 0)
            let magnitude = (part & keep) | (scaled & ~keep)
            unsafe values[index] = (Int64(bitPattern: magnitude) ^ sign) &- sign
        }
        return outside
    }
}
