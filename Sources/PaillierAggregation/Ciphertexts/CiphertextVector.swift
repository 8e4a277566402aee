public import CryptoPrimitives

/// Ciphertexts under one key, packed by one codec: one contiguous buffer of fixed-length numbers.
///
/// Every number lies in 1 ..< n^2. That it is prime to n is checked for whole aggregates (`CiphertextSum.finish`,
/// `validate`), since one greatest common divisor serves all.
///
/// > Important: ciphertexts are malleable. Whoever receives one takes it inside a signed frame only.
///
/// Source: paillier section 4
public struct CiphertextVector: Sendable, Equatable {
    /// The digest of the key.
    public let keyID: Digest
    /// The digest of the packing.
    public let codecID: Digest
    /// The number of ciphertexts.
    public let count: Int
    /// 64-bit limbs of each ciphertext.
    public let limbsPerCiphertext: Int
    /// All ciphertexts, little-endian limbs.
    public let limbs: [UInt64]

    /// The caller has made sure of lengths and ranges.
    init(trusted limbs: [UInt64], key: PublicKey, codecID: Digest) {
        limbsPerCiphertext = key.parameters.ciphertextLimbs
        precondition(limbs.count % limbsPerCiphertext == 0, "ciphertexts of a fixed length")
        count = limbs.count / limbsPerCiphertext
        keyID = key.id
        self.codecID = codecID
        self.limbs = limbs
    }

    /// Takes limbs that came from elsewhere.
    ///
    /// Throws `malformed` unless they are a whole number of ciphertexts, and `invalidCiphertext` for one that is 0 or
    /// not below n^2.
    public init(limbs: [UInt64], key: PublicKey, codecID: Digest) throws(PaillierFailure) {
        let length = key.parameters.ciphertextLimbs
        guard limbs.count % length == 0 else { throw .malformed }
        let bound = key.modulusSquared
        for index in 0..<limbs.count / length where !Self.isInRange(limbs, at: index * length, bound: bound) {
            throw .invalidCiphertext(index: index)
        }
        self.init(trusted: limbs, key: key, codecID: codecID)
    }

    /// The limbs of one ciphertext.
    func ciphertext(_ index: Int) -> ArraySlice<UInt64> {
        precondition(index >= 0 && index < count, "no such ciphertext")
        return limbs[index * limbsPerCiphertext..<(index + 1) * limbsPerCiphertext]
    }

    /// Whether the number at a place lies in 1 ..< bound; public, so the comparison stops early.
    private static func isInRange(_ limbs: [UInt64], at start: Int, bound: [UInt64]) -> Bool {
        for i in stride(from: bound.count - 1, through: 0, by: -1) where limbs[start + i] != bound[i] {
            guard limbs[start + i] < bound[i] else { return false }
            return limbs[start..<start + bound.count].contains { $0 != 0 }
        }
        return false
    }

    /// Throws `keyMismatch`, `codecMismatch` or `dimensionMismatch` unless the vector has this form.
    func check(key: PublicKey, codecID: Digest, count: Int) throws(PaillierFailure) {
        guard keyID == key.id else { throw .keyMismatch }
        guard self.codecID == codecID else { throw .codecMismatch }
        guard self.count == count else { throw .dimensionMismatch }
    }
}
