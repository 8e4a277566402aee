/// One machine's clipped vector: integers whose sum of squares is at most `squaredBound`.
///
/// Only a clipping rule makes one. The two flags are as secret as the data: what leaves a company is the indicator slot
/// under noise.
/// Source: discrete-gaussian section 6
public struct ClippedVector: Sendable {
    /// Grid values.
    public internal(set) var values: [Int64]
    /// The bound that holds for certain, squared grid units.
    public internal(set) var squaredBound: UInt128
    /// Whether the vector was outside its bound, in any layer.
    public internal(set) var isClipped: Bool
    /// Whether every number was finite; if not, the values are zero.
    public internal(set) var isFinite: Bool

    init(values: [Int64], squaredBound: UInt128, isClipped: Bool, isFinite: Bool) {
        self.values = values
        self.squaredBound = squaredBound
        self.isClipped = isClipped
        self.isFinite = isFinite
    }
}
