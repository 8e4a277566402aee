internal import CGMP
public import CryptoPrimitives

/// Encrypts packed plaintexts under one key: (1 + m n) (h^n)^rho mod n^2 with a fresh rho for every plaintext.
///
/// Time and addresses depend on counts alone. Copies share the key's table.
///
/// Source: djn
public struct Encryptor: Sendable {
    /// The key.
    public let key: PublicKey
    /// Ciphertexts that are made together: their powers fit a second-level cache.
    private static let batch = 128

    /// An encryptor for a key; builds the table if no other did.
    public init(_ key: PublicKey) {
        self.key = key
        key.prepareForEncryption()
    }

    /// Encrypts with exponents drawn from `source`. Throws `keyMismatch`.
    ///
    /// - Complexity: 0.15 ms a ciphertext at 3,072 bits and 0.03 ms with short exponents, on a core that does eight thousand million
    ///   AVX512-IFMA vector multiply-adds a second.
    public func encrypt(
        _ plaintexts: borrowing PlaintextVector, from source: inout any RandomSource
    ) throws(PaillierFailure) -> CiphertextVector {
        try encryptKeepingExponents(plaintexts, from: &source).ciphertexts
    }

    /// The same, and the exponents with it, which a proof about the ciphertexts needs. Throws `keyMismatch`.
    public func encryptKeepingExponents(
        _ plaintexts: borrowing PlaintextVector, from source: inout any RandomSource
    ) throws(PaillierFailure) -> ProvableEncryption {
        let exponents = SecretBytes(
            random: 8 * plaintexts.count * key.parameters.exponentLimbs, from: &source)
        let ciphertexts = try encrypt(plaintexts, exponents: exponents)
        return ProvableEncryption(ciphertexts: ciphertexts, exponents: exponents)
    }

    /// Encrypts with given exponents, little-endian limbs one after another.
    func encrypt(
        _ plaintexts: borrowing PlaintextVector, exponents: borrowing SecretBytes
    ) throws(PaillierFailure) -> CiphertextVector {
        guard plaintexts.keyID == key.id else { throw .keyMismatch }
        let comb = key.comb
        let length = key.parameters.ciphertextLimbs
        let exponentLimbs = key.parameters.exponentLimbs
        precondition(exponents.count == 8 * plaintexts.count * exponentLimbs, "an exponent for every plaintext")
        return unsafe exponents.withUnsafeBytes { bytes in
            unsafe withSecretScratch(limbs: Self.batch * length) { powers in
                let exponents = unsafe bytes.bindMemory(to: UInt64.self)
                return unsafe combine(plaintexts) { start, count in
                    guard let base = exponents.baseAddress else { preconditionFailure("exponents without memory") }
                    unsafe comb.power(powers, exponents: base + start * exponentLimbs, count: count)
                    return unsafe UnsafePointer(powers)
                }
            }
        }
    }

    /// Encrypts with powers that a pool has ready, and wipes them there.
    ///
    /// Throws `keyMismatch` for plaintexts or a pool of another key, `poolExhausted` when the pool holds too few; the pool is
    /// then untouched.
    /// - Complexity: three products a ciphertext: some 5 us at 3,072 bits with AVX512-IFMA.
    public func encrypt(
        _ plaintexts: borrowing PlaintextVector, from pool: inout EncryptionPool
    ) throws(PaillierFailure) -> CiphertextVector {
        guard plaintexts.keyID == key.id, pool.keyID == key.id else { throw .keyMismatch }
        guard pool.remaining >= plaintexts.count else { throw .poolExhausted }
        let length = key.parameters.ciphertextLimbs
        return unsafe pool.take(plaintexts.count) { powers in
            unsafe combine(plaintexts) { start, _ in unsafe powers + start * length }
        }
    }

    /// (1 + m n) times the powers that `powers(start, count)` gives for a batch.
    private func combine(
        _ plaintexts: borrowing PlaintextVector, powers: (Int, Int) -> UnsafePointer<UInt64>
    ) -> CiphertextVector {
        let length = key.parameters.ciphertextLimbs
        let limbs = length / 2
        let count = plaintexts.count
        let modulus = key.modulus
        var one = [UInt64](repeating: 0, count: length)
        one[0] = 1
        var out = [UInt64](repeating: 0, count: count * length)
        unsafe out.withUnsafeMutableBufferPointer { out in
            guard let target = out.baseAddress else { return }
            unsafe plaintexts.withLimbs { plaintexts in
                unsafe withSecretScratch(limbs: Self.batch * length + secagg_mpn_sec_mul_itch(limbs)) { work in
                    for start in stride(from: 0, to: count, by: Self.batch) {
                        let size = min(Self.batch, count - start)
                        for i in 0..<size {
                            let value = unsafe work + i * length
                            unsafe secagg_mpn_sec_mul(
                                value, plaintexts + (start + i) * limbs, modulus, limbs, work + Self.batch * length)
                            _ = unsafe secagg_mpn_add_n(value, value, one, length)
                        }
                        unsafe key.ringSquared.multiply(
                            target + start * length, work, powers(start, size), count: size)
                    }
                }
            }
        }
        return CiphertextVector(trusted: out, key: key, codecID: plaintexts.codecID)
    }

    /// The same plaintexts under fresh randomness: nobody can tell which vector it came from. Throws `keyMismatch`.
    ///
    /// - Complexity: as an encryption.
    public func rerandomise(
        _ vector: CiphertextVector, from source: inout any RandomSource
    ) throws(PaillierFailure) -> CiphertextVector {
        guard vector.keyID == key.id else { throw .keyMismatch }
        let length = key.parameters.ciphertextLimbs
        let exponentLimbs = key.parameters.exponentLimbs
        let comb = key.comb
        var out = vector.limbs
        unsafe out.withUnsafeMutableBufferPointer { out in
            guard let target = out.baseAddress else { return }
            unsafe withSecretScratch(limbs: Self.batch * length) { powers in
                for start in stride(from: 0, to: vector.count, by: Self.batch) {
                    let size = min(Self.batch, vector.count - start)
                    let exponents = SecretLimbs(randomBits: 64 * size * exponentLimbs, from: &source)
                    unsafe exponents.withLimbs { unsafe comb.power(powers, exponents: $0, count: size) }
                    let batch = unsafe target + start * length
                    unsafe key.ringSquared.multiply(batch, batch, powers, count: size)
                }
            }
        }
        return CiphertextVector(trusted: out, key: key, codecID: vector.codecID)
    }
}

/// Ciphertexts with the exponents that made them.
///
/// > Important: whoever has the exponents can decrypt. They serve one proof and go.
public struct ProvableEncryption: ~Copyable, Sendable {
    /// The ciphertexts.
    public let ciphertexts: CiphertextVector
    /// One random exponent a ciphertext, little-endian limbs.
    let exponents: SecretBytes
}
