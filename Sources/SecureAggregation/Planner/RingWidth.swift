/// How many bits a ring element needs so that no sum can wrap.
/// Source: thresholds section 5
public enum RingWidth {
    /// Whether a width can be packed: 8...62, or 64.
    public static func isSupported(_ bits: Int) -> Bool { (bits >= 8 && bits <= 62) || bits == 64 }

    /// The smallest b >= 8, b != 63, with n W V + tail <= 2^(b-1) - 1; above 64 when none fits. Exact, without
    /// overflow; n >= 0.
    /// Source: thresholds section 5
    public static func requiredBits(
        participants: Int, weightCap: UInt64, valueBound: UInt64, noiseTail: UInt64
    ) -> Int {
        precondition(participants >= 0, "participants out of range")
        let product = weightCap.multipliedFullWidth(by: valueBound)
        let low = product.low.multipliedFullWidth(by: UInt64(participants))
        let high = product.high.multipliedFullWidth(by: UInt64(participants))
        let first = low.low.addingReportingOverflow(noiseTail)
        let second = low.high.addingReportingOverflow(high.low)
        let carried = second.partialValue.addingReportingOverflow(first.overflow ? 1 : 0)
        let third = high.high + (second.overflow ? 1 : 0) + (carried.overflow ? 1 : 0)
        let magnitude: Int
        if third != 0 {
            magnitude = 192 - third.leadingZeroBitCount
        } else if carried.partialValue != 0 {
            magnitude = 128 - carried.partialValue.leadingZeroBitCount
        } else {
            magnitude = 64 - first.partialValue.leadingZeroBitCount
        }
        let bits = max(8, magnitude + 1)
        return bits == 63 ? 64 : bits
    }

    /// Bytes of a packed vector: 8 ceil(dimension / floor(64 / bits)).
    /// Source: thresholds section 5
    public static func vectorBytes(dimension: Int, bits: Int) -> Int {
        precondition(dimension >= 0 && isSupported(bits), "dimension or width out of range")
        let lanes = 64 / bits
        return (dimension / lanes + (dimension % lanes == 0 ? 0 : 1)) * 8
    }
}
