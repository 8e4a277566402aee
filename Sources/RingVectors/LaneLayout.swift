/// How values of Z_2^bits lie side by side in 64-bit words: floor(64 / bits) lanes, the first one lowest.
///
/// Widths are 8...62 and 64.  63 is refused: it would take a whole word, as 64 does, and buy nothing.
/// Source: lane-packing section 1
public struct LaneLayout: Hashable, Sendable {
    /// The width of a value, in bits.
    public let bits: Int
    /// The number of values in a word, 1...8.
    public let lanes: Int
    /// The highest bit of every lane.
    public let topBits: UInt64
    /// Every bit that belongs to a lane.
    public let usedBits: UInt64

    /// The layout for values of `bits` bits.  Throws `unsupportedBits` unless 8...62 or 64.
    public init(bits: Int) throws(RingFailure) {
        guard LaneLayout.isSupported(bits: bits) else { throw .unsupportedBits(bits) }
        self.bits = bits
        lanes = 64 / bits
        var top: UInt64 = 0
        for lane in 0..<lanes {
            top |= 1 << UInt64((lane + 1) * bits - 1)
        }
        topBits = top
        usedBits = LaneLayout.lowBits(lanes * bits)
    }

    /// Whether a layout of this width exists.
    public static func isSupported(bits: Int) -> Bool {
        (8...62).contains(bits) || bits == 64
    }

    /// The number of words that `elements` values take, `elements` not negative.
    public func wordCount(for elements: Int) -> Int {
        precondition(elements >= 0, "a vector has no negative length")
        return elements / lanes + (elements % lanes == 0 ? 0 : 1)
    }

    /// The used bits of the last word of a vector of `elements` values, which may have fewer lanes than the others.
    public func usedBitsOfLastWord(for elements: Int) -> UInt64 {
        let rest = elements % lanes
        return rest == 0 ? usedBits : LaneLayout.lowBits(rest * bits)
    }

    /// The bits of one value, in the lowest lane.
    var valueBits: UInt64 { LaneLayout.lowBits(bits) }

    private static func lowBits(_ count: Int) -> UInt64 {
        count >= 64 ? .max : (1 << UInt64(count)) - 1
    }
}
