/// Proof that a weighted sum stays inside the ring: participants * weightCap * valueBound + noiseTail <= 2^(bits - 1) - 1.
///
/// Having one means that the decoded sum is the sum of the integers, with no wrap.  `noiseTail` bounds the magnitude of
/// all noise together except with the probability its author chose.
/// Source: lane-packing section 5
public struct OverflowProof: Sendable, Equatable {
    /// The width that was proved sufficient.
    public let bits: Int
    /// How many inputs are summed at most.
    public let participants: Int
    /// The largest weight an input is multiplied by.
    public let weightCap: UInt64
    /// The largest magnitude of a value of one input, before weighting.
    public let valueBound: UInt64
    /// The largest magnitude of the noise in the sum.
    public let noiseTail: UInt64
    /// The largest magnitude a coordinate of the sum can have, at most 2^(bits - 1) - 1.
    public let largestMagnitude: UInt64

    /// Proves that `bits` is wide enough; `participants` is not negative.
    ///
    /// Throws `unsupportedBits`, or `overflowPossible` with the width that would do.
    public init(
        bits: Int, participants: Int, weightCap: UInt64, valueBound: UInt64, noiseTail: UInt64
    ) throws(RingFailure) {
        guard LaneLayout.isSupported(bits: bits) else { throw .unsupportedBits(bits) }
        let magnitude = SumMagnitude(
            participants: participants, weightCap: weightCap, valueBound: valueBound, noiseTail: noiseTail)
        let required = magnitude.requiredBits
        guard required <= bits else { throw .overflowPossible(requiredBits: required) }
        self.bits = bits
        self.participants = participants
        self.weightCap = weightCap
        self.valueBound = valueBound
        self.noiseTail = noiseTail
        largestMagnitude = magnitude.low
    }

    /// The smallest supported width that holds the sum; `participants` is not negative.
    ///
    /// Throws `overflowPossible` when 64 bits do not, with the number of bits an unlimited ring would need.
    public static func requiredBits(
        participants: Int, weightCap: UInt64, valueBound: UInt64, noiseTail: UInt64
    ) throws(RingFailure) -> Int {
        let required = SumMagnitude(
            participants: participants, weightCap: weightCap, valueBound: valueBound, noiseTail: noiseTail
        ).requiredBits
        guard required <= 64 else { throw .overflowPossible(requiredBits: required) }
        return required
    }
}

/// participants * weightCap * valueBound + noiseTail as three 64-bit limbs, which always hold it.
private struct SumMagnitude {
    let low: UInt64
    let middle: UInt64
    let high: UInt64

    init(participants: Int, weightCap: UInt64, valueBound: UInt64, noiseTail: UInt64) {
        precondition(participants >= 0, "a sum has no negative number of inputs")
        let weight = UInt64(participants).multipliedFullWidth(by: weightCap)
        let lower = weight.low.multipliedFullWidth(by: valueBound)
        let upper = weight.high.multipliedFullWidth(by: valueBound)
        let (sumLow, carryLow) = lower.low.addingReportingOverflow(noiseTail)
        let (sumMiddle, carryMiddle) = lower.high.addingReportingOverflow(upper.low)
        let (total, carryTotal) = sumMiddle.addingReportingOverflow(carryLow ? 1 : 0)
        low = sumLow
        middle = total
        high = upper.high + (carryMiddle ? 1 : 0) + (carryTotal ? 1 : 0)
    }

    /// One bit for the sign more than the magnitude has, raised to a width that exists.
    var requiredBits: Int {
        let magnitudeBits: Int
        if high != 0 {
            magnitudeBits = 192 - high.leadingZeroBitCount
        } else if middle != 0 {
            magnitudeBits = 128 - middle.leadingZeroBitCount
        } else {
            magnitudeBits = 64 - low.leadingZeroBitCount
        }
        let required = max(8, magnitudeBits + 1)
        return required == 63 ? 64 : required
    }
}
