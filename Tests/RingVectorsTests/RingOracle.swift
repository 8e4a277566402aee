import CryptoPrimitives
import SecAggSimulation

@testable import RingVectors

/// Every width there is.
let supportedBits = Array(8...62) + [64]

/// 64 random bits at a time.
struct Draw {
    private var source: SeededRandomSource

    init(seed: UInt64) {
        source = SeededRandomSource(seed: seed)
    }

    mutating func word() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { source.fill($0) }
        return value
    }

    /// A signed value of `bits` bits; one in eight is an extreme.
    mutating func value(bits: Int) -> Int64 {
        let choice = word() % 16
        let lowest = Int64.min >> (64 - bits)
        if choice == 0 { return lowest }
        if choice == 1 { return -(lowest + 1) }
        return Int64(bitPattern: word()) >> (64 - bits)
    }

    mutating func values(_ count: Int, bits: Int) -> [Int64] {
        (0..<count).map { _ in value(bits: bits) }
    }

    mutating func seed() -> [UInt8] {
        (0..<4).flatMap { _ in withUnsafeBytes(of: word()) { Array($0) } }
    }
}

/// Words built one bit at a time.
func slowWords(_ values: [Int64], bits: Int) -> [UInt64] {
    let lanes = 64 / bits
    var words = [UInt64](repeating: 0, count: (values.count + lanes - 1) / lanes)
    for (index, value) in values.enumerated() {
        for bit in 0..<bits where (value >> Int64(bit)) & 1 == 1 {
            words[index / lanes] |= 1 << UInt64((index % lanes) * bits + bit)
        }
    }
    return words
}

/// The sum or difference of big integers, brought back into -2^(bits - 1) ..< 2^(bits - 1).
func slowRing(_ value: Int128, bits: Int) -> Int64 {
    let modulus = Int128(1) << Int128(bits)
    var rest = value % modulus
    if rest < 0 { rest += modulus }
    return Int64(rest >= modulus / 2 ? rest - modulus : rest)
}

/// The ChaCha20 keystream of a key as 64-bit words.
func keystreamWords(_ key: [UInt8], count: Int) -> [UInt64] {
    var bytes = [UInt8](repeating: 0, count: count * 8)
    bytes.withUnsafeMutableBytes { buffer in
        key.withUnsafeBytes { ChaCha20.keystream(into: buffer, key: $0, blockIndex: 0) }
    }
    var words = [UInt64](repeating: 0, count: count)
    for (position, byte) in bytes.enumerated() {
        words[position / 8] |= UInt64(byte) << UInt64(8 * (position % 8))
    }
    return words
}
