internal import CryptoPrimitives

/// Clipping to an L2 ball on the integer grid, exact: the clipped integers have sum of squares <= bound^2 for certain.
///
/// Values are first clamped to +-bound, so squares add up in 128 bits. A vector inside the ball is left as it is; any
/// other is multiplied by floor(2^64 bound / ceil(norm)) / 2^64 and truncated toward zero. The same work is done for
/// every vector of a dimension, in selections instead of branches; constant time is not proved below that.
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

    /// Clips grid values; another count than `dimension` is the caller's error. About 5 ns an element.
    /// Source: discrete-gaussian section 6
    public func clip(_ values: [Int64]) -> ClippedVector {
        precondition(values.count == dimension, "the clip is for another dimension")
        var values = values
        let clipped = unsafe values.withUnsafeMutableBufferPointer { unsafe clip($0) }
        return ClippedVector(values: values, squaredBound: squaredBound, isClipped: clipped, isFinite: true)
    }

    /// Clips real numbers of `levelsPerUnit` grid units each (finite, positive), truncated toward zero.
    ///
    /// One NaN or infinity makes the whole vector zero, so that it costs nothing and stops nobody. Another count than
    /// `dimension` is the caller's error. About 10 ns an element.
    /// Source: discrete-gaussian section 6
    public func clip(_ values: [Float], levelsPerUnit: Double) -> ClippedVector {
        precondition(values.count == dimension, "the clip is for another dimension")
        let finite = Self.areFinite(values[...])
        var grid: [Int64] = []
        grid.reserveCapacity(dimension)
        var clamped = false
        appendGridValues(of: values[...], levelsPerUnit: levelsPerUnit, finite: finite, to: &grid, clamped: &clamped)
        var result = clip(grid)
        result.isFinite = finite
        result.isClipped = result.isClipped || clamped
        return result
    }

    /// Whether there is no NaN and no infinity; the same time for all values.
    static func areFinite(_ values: ArraySlice<Float>) -> Bool {
        let exponent: UInt32 = 0x7F80_0000
        var found: UInt32 = 0
        for value in values { found |= value.bitPattern & exponent == exponent ? 1 : 0 }
        return found == 0
    }

    /// Truncates onto the grid and clamps to +-bound, or appends zeros if the vector is not `finite`.
    func appendGridValues(
        of values: ArraySlice<Float>, levelsPerUnit: Double, finite: Bool, to grid: inout [Int64], clamped: inout Bool
    ) {
        precondition(levelsPerUnit > 0 && levelsPerUnit.isFinite, "levels a unit are positive and finite")
        let limit = Double(bound)
        for value in values {
            let level = Double(finite ? value : 0) * levelsPerUnit
            let beyond = level >= limit + 1 || level <= -limit - 1
            clamped = clamped || beyond
            grid.append(Int64(min(max(level, -limit), limit)))
        }
    }

    /// Clips in place and tells whether the norm was above the bound.
    func clip(_ values: UnsafeMutableBufferPointer<Int64>) -> Bool {
        var sum: UInt128 = 0
        var clamped = false
        for index in 0..<values.count {
            let value = unsafe values[index]
            let inside = min(max(value, -bound), bound)
            clamped = clamped || inside != value
            unsafe values[index] = inside
            sum &+= inside.magnitude.multipliedFullWidth128(by: inside.magnitude)
        }
        // norm is at most 2^63 because the sum is at most 2^126; the ratio is below 2^64 when norm > bound.
        let outside = sum > squaredBound
        let norm = max(IntegerRoot.ceiling(sum), UInt64(bound) + 1)
        let ratio = UInt64((UInt128(bound.magnitude) << 64) / UInt128(norm))
        let keep: UInt64 = outside ? 0 : .max
        for index in 0..<values.count {
            let value = unsafe values[index]
            let sign = value &>> 63
            let scaled = value.magnitude.multipliedFullWidth(by: ratio).high
            let magnitude = (value.magnitude & keep) | (scaled & ~keep)
            unsafe values[index] = (Int64(bitPattern: magnitude) ^ sign) &- sign
        }
        return outside || clamped
    }
}
