public import CryptoPrimitives

/// Packed plaintexts below n, for one key and one codec, in guarded memory: one company's values before encryption, or
/// an opened sum.
///
/// Source: paillier "Packing"
public struct PlaintextVector: ~Copyable, Sendable {
    /// The digest of the key whose modulus bounds the plaintexts.
    public let keyID: Digest
    /// The digest of the packing.
    public let codecID: Digest
    /// The number of plaintexts.
    public let count: Int
    /// 64-bit limbs of each plaintext.
    public let limbsPerPlaintext: Int
    private var memory: SecretBytes

    init(zeroed count: Int, key: PublicKey, codecID: Digest) {
        self.count = count
        self.codecID = codecID
        keyID = key.id
        limbsPerPlaintext = key.parameters.modulusLimbs
        memory = SecretBytes(zeroed: 8 * count * limbsPerPlaintext)
    }

    /// An opened sum from its limbs. Throws `malformed` unless they are a whole number of plaintexts, each below n.
    init(limbs: [UInt64], key: PublicKey, codecID: Digest) throws(PaillierFailure) {
        let length = key.parameters.modulusLimbs
        guard limbs.count % length == 0 else { throw .malformed }
        for start in stride(from: 0, to: limbs.count, by: length)
        where PublicInteger(limbs: limbs[start..<start + length]) >= key.n {
            throw .malformed
        }
        count = limbs.count / length
        self.codecID = codecID
        keyID = key.id
        limbsPerPlaintext = length
        memory = unsafe limbs.span.bytes.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
    }

    /// Gives `body` all plaintexts, little-endian limbs one after another; the pointer is valid during the call alone.
    borrowing func withLimbs<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt64>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try memory.withUnsafeBytes { (bytes) throws(E) -> R in
            guard let base = bytes.baseAddress else { preconditionFailure("plaintexts without memory") }
            return unsafe try body(base.assumingMemoryBound(to: UInt64.self))
        }
    }

    /// Gives `body` all plaintexts to write.
    mutating func withMutableLimbs<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutablePointer<UInt64>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try memory.withUnsafeMutableBytes { (bytes) throws(E) -> R in
            guard let base = bytes.baseAddress else { preconditionFailure("plaintexts without memory") }
            return unsafe try body(base.assumingMemoryBound(to: UInt64.self))
        }
    }

    /// The limbs as an array, for an opened sum, which is public.
    package borrowing func published() -> [UInt64] {
        let total = count * limbsPerPlaintext
        return unsafe withLimbs { unsafe Array(UnsafeBufferPointer(start: $0, count: total)) }
    }
}
