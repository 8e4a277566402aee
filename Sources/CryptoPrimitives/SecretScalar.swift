internal import CSodium

/// A secret exponent of ristretto255 in guarded memory: canonical, below the group order, never zero.
///
/// Source: rfc9496 section 4.4
public struct SecretScalar: ~Copyable, Sendable {
    private let storage: SecretBytes

    /// A uniform scalar: 64 bytes of `source` reduced modulo the order; zero is redrawn.
    public init(random source: inout any RandomSource) {
        var storage = SecretBytes(zeroed: ScalarField.byteCount)
        unsafe storage.withUnsafeMutableBytes { unsafe ScalarField.drawNonZero(into: $0, from: &source) }
        self.storage = storage
    }

    /// A scalar from its 32 little-endian bytes.
    ///
    /// - Throws: `nonCanonicalScalar` unless there are 32 bytes of a number other than zero below the group order.
    public init(canonical bytes: UnsafeRawBufferPointer) throws(CryptoFailure) {
        guard bytes.count == ScalarField.byteCount, unsafe ScalarField.isCanonical(bytes),
            unsafe !ScalarField.isZero(bytes)
        else {
            throw .nonCanonicalScalar
        }
        storage = unsafe SecretBytes(copying: bytes)
    }

    /// This scalar times the group's generator.
    ///
    /// - Complexity: one fixed-base multiplication, some twenty microseconds.
    public borrowing func publicElement() -> GroupElement {
        unsafe storage.withBytePointer { scalar in
            unsafe GroupElement(
                computed: Bytes32(filling: { output in
                    let code = unsafe secagg_verdict(crypto_scalarmult_ristretto255_base(output, scalar))
                    precondition(code == 0, "a canonical scalar other than zero has a public element")
                }))
        }
    }

    /// The 32-byte encoding of this scalar times `peer`; the same for both sides, and not uniform: hash it.
    ///
    /// - Throws: `invalidPoint` when the product is the identity, which a checked element never gives.
    /// - Complexity: one multiplication, some seventy microseconds.
    public borrowing func sharedSecret(with peer: GroupElement) throws(CryptoFailure) -> SecretBytes {
        var shared = try SecretBytes(granted: Bytes32.byteCount)
        try unsafe shared.withUnsafeMutableBytes { (output) throws(CryptoFailure) in
            try unsafe writeSharedSecret(with: peer, into: output)
        }
        return shared
    }

    /// The same 32 bytes into guarded memory that is there already, for instance a slab's slot.
    ///
    /// - Throws: `invalidPoint`.
    package borrowing func writeSharedSecret(
        with peer: GroupElement, into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoFailure) {
        precondition(output.count == Bytes32.byteCount, "a shared secret has 32 bytes")
        let code = unsafe storage.withBytePointer { scalar in
            unsafe peer.value.withBytePointer { point in
                unsafe secagg_verdict(crypto_scalarmult_ristretto255(output.bytePointer, scalar, point))
            }
        }
        guard code == 0 else { throw .invalidPoint }
    }

    /// Gives `body` the 32 little-endian bytes; the pointer is valid during the call alone.
    public borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try storage.withUnsafeBytes(body)
    }
}
