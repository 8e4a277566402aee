import CryptoPrimitives

@testable import DifferentialPrivacy

/// Streams of fixed keys, so that every statistical test gives one answer for ever.
func fixedStream(_ number: UInt64) -> NoiseStream {
    NoiseStream(NoiseKey(fixedSecret: Bytes32(), round: number, purpose: .update))
}

/// SplitMix64, for inputs.
struct Draw: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// About log-uniform below 2^126.
    mutating func wide() -> UInt128 {
        let value = UInt128(next()) << 64 | UInt128(next())
        return value >> UInt128(2 + next() % 125)
    }
}

func hexBytes(_ text: String) -> [UInt8] {
    let digits = Array(text)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
}
