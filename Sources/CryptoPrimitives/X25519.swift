internal import CSodium

/// The bare Diffie-Hellman function on Curve25519, of which there are vectors; `KeyExchangeKey` is what protocols use.
///
/// Source: libsodium "Point*scalar multiplication"
package enum X25519 {
    /// The 32-byte shared secret of a 32-byte scalar and a peer's point; constant time in the scalar.
    ///
    /// - Throws: `weakKey` exactly when the shared secret would be all zero.
    package static func scalarMultiply(
        scalar: UnsafeRawBufferPointer, point: Bytes32
    ) throws(CryptoFailure) -> SecretBytes {
        Sodium.require()
        precondition(scalar.count == 32, "an X25519 scalar has 32 bytes")
        var shared = try SecretBytes(granted: 32)
        let code = unsafe point.withBytePointer { point in
            unsafe shared.withMutableBytePointer { shared in
                unsafe crypto_scalarmult_curve25519(shared, scalar.bytePointer, point)
            }
        }
        guard code == 0 else { throw .weakKey }
        return shared
    }
}
