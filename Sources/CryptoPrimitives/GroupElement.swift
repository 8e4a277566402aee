internal import CSodium

/// An element of the prime-order group ristretto255 in its one canonical encoding; never the identity.
///
/// Source: rfc9496 section 4
public struct GroupElement: Hashable, Sendable {
    /// The 32 bytes of the encoding.
    public let value: Bytes32

    /// Decodes 32 received bytes.
    ///
    /// - Throws: `invalidPoint` when they are not a canonical encoding, or are the identity.
    public init(_ value: Bytes32) throws(CryptoFailure) {
        Sodium.require()
        guard !value.isZero else { throw .invalidPoint }
        let isValid = unsafe value.withBytePointer { unsafe crypto_core_ristretto255_is_valid_point($0) == 1 }
        // Some versions of libsodium look at 255 bits only.
        let isShort = unsafe value.withUnsafeBytes { unsafe $0[31] < 0x80 }
        guard isValid && isShort else { throw .invalidPoint }
        self.value = value
    }

    /// An encoding that libsodium has just made of an element that is not the identity.
    init(computed value: Bytes32) {
        let verdict = unsafe value.withBytePointer { unsafe secagg_verdict(sodium_is_zero($0, Bytes32.byteCount)) }
        precondition(verdict == 0, "the identity is no public element")
        self.value = value
    }
}
