public import CryptoPrimitives

/// Powers of h^n that were computed before they are needed, each for one encryption.
///
/// > Important: lives in memory alone. A pool that were saved and read twice would encrypt twice under one power, which
/// > reveals the difference of the plaintexts; so nothing writes it out, and `take` wipes what it hands over.
///
/// Source: djn
public struct EncryptionPool: ~Copyable, Sendable {
    /// The digest of the key.
    public let keyID: Digest
    /// Powers that are left.
    public private(set) var remaining: Int
    private let length: Int
    private var memory: SecretBytes

    /// Computes `count` powers with exponents drawn from `source`.
    ///
    /// - Complexity: as many encryptions; `count` times the length of a ciphertext in guarded memory.
    public init(_ key: PublicKey, count: Int, from source: inout any RandomSource) {
        precondition(count >= 0, "a negative count")
        keyID = key.id
        length = key.parameters.ciphertextLimbs
        remaining = count
        let length = length
        let exponentLimbs = key.parameters.exponentLimbs
        let comb = key.comb
        var memory = SecretBytes(zeroed: 8 * count * length)
        unsafe memory.withUnsafeMutableBytes { bytes in
            guard count > 0, let base = unsafe bytes.bindMemory(to: UInt64.self).baseAddress else { return }
            for start in stride(from: 0, to: count, by: 128) {
                let size = min(128, count - start)
                let exponents = SecretLimbs(randomBits: 64 * size * exponentLimbs, from: &source)
                unsafe exponents.withLimbs {
                    unsafe comb.power(base + start * length, exponents: $0, count: size)
                }
            }
        }
        self.memory = memory
    }

    /// Gives `body` the last `count` powers and wipes them; the caller has checked that they are there.
    mutating func take<R>(_ count: Int, _ body: (UnsafePointer<UInt64>) -> R) -> R {
        precondition(count <= remaining, "more powers than are left")
        remaining -= count
        let first = 8 * length * remaining
        let last = first + 8 * length * count
        return unsafe memory.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("a pool without memory") }
            let result = unsafe body((base + first).assumingMemoryBound(to: UInt64.self))
            unsafe wipe(UnsafeMutableRawBufferPointer(rebasing: bytes[first..<last]))
            return result
        }
    }
}
