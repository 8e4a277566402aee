internal import CGMP
public import CryptoPrimitives

/// One shareholder's part of the decryption key: shares of the two opening exponents, in guarded memory.
///
/// > Important: `threshold` shares open every ciphertext of the key. A share goes to one shareholder over a sealed
/// > channel, is checked by `verify(against:)` before it is accepted, and lives until the key expires.
///
/// Source: threshold-paillier section 2
public struct KeyShare: ~Copyable, Sendable {
    /// The shareholder, 1 ... shareholders.
    public let holder: Int
    /// The digest of the threshold key.
    public let keyID: Digest
    /// E_i of partial decryption, 2 modulusBits bits.
    let decryption: SecretLimbs
    /// E_i of root opening, modulusBits bits.
    let root: SecretLimbs

    init(holder: Int, keyID: Digest, decryption: consuming SecretLimbs, root: consuming SecretLimbs) {
        self.holder = holder
        self.keyID = keyID
        self.decryption = decryption
        self.root = root
    }

    /// Checks the share against the public verification values.
    ///
    /// Throws `keyMismatch` for another key's share, `invalidShare` when the share is not on the dealer's polynomial.
    /// - Complexity: two exponentiations, some 0.1 s at 3,072 bits.
    public borrowing func verify(against key: ThresholdPublicKey) throws(PaillierFailure) {
        guard keyID == key.id else { throw .keyMismatch }
        guard (1...key.shareholders).contains(holder) else { throw .invalidShare(holder: holder) }
        for mode in OpeningMode.allCases {
            let group = key.group(mode)
            let value =
                switch mode {
                case .partialDecryption:
                    group.context.powers(group.base, secret: decryption, bits: group.exponentBits)
                case .jointRoot: group.context.powers(group.base, secret: root, bits: group.exponentBits)
                }
            // The dealer has published it, if the share is right; if not, everybody learns that.
            unsafe value.withUnsafeBytes { unsafe secagg_publish($0.baseAddress, $0.count) }
            guard value == group.value(of: holder) else { throw .invalidShare(holder: holder) }
        }
    }

    /// Holder (8 bytes), key digest (32), both exponents; little-endian, to be sealed for the shareholder.
    public borrowing func bytes() -> SecretBytes {
        let (first, second) = (8 * decryption.count, 8 * root.count)
        var bytes = SecretBytes(zeroed: 40 + first + second)
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe target.storeBytes(of: UInt64(holder).littleEndian, as: UInt64.self)
            unsafe target[8..<40].copyBytes(from: keyID.value.bytes)
            unsafe decryption.withLimbs {
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[40..<40 + first])
                    .copyMemory(from: .init(start: $0, count: first))
            }
            unsafe root.withLimbs {
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[(40 + first)...])
                    .copyMemory(from: .init(start: $0, count: second))
            }
        }
        return bytes
    }

    /// Reads what `bytes()` wrote and verifies it.
    ///
    /// Throws `malformed` for another length, `keyMismatch` and `invalidShare` as `verify(against:)` does.
    public static func decode(
        _ bytes: borrowing SecretBytes, key: ThresholdPublicKey
    ) throws(PaillierFailure) -> KeyShare {
        let limbs = key.publicKey.parameters.modulusLimbs
        guard bytes.count == 40 + 24 * limbs else { throw .malformed }
        let (holder, digest) = unsafe bytes.withUnsafeBytes { bytes in
            unsafe (
                UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
                Bytes32(copying: UnsafeRawBufferPointer(rebasing: bytes[8..<40]))
            )
        }
        guard holder >= 1, holder <= UInt64(key.shareholders) else { throw .malformed }
        let share = KeyShare(
            holder: Int(holder), keyID: Digest(digest), decryption: part(of: bytes, at: 40, count: 2 * limbs),
            root: part(of: bytes, at: 40 + 16 * limbs, count: limbs))
        try share.verify(against: key)
        return share
    }

    private static func part(of bytes: borrowing SecretBytes, at start: Int, count: Int) -> SecretLimbs {
        var limbs = SecretLimbs(zeroed: count)
        unsafe limbs.withMutableLimbs { target in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(start: target, count: 8 * count)
                    .copyBytes(from: bytes[start..<start + 8 * count])
            }
        }
        return limbs
    }
}
