internal import CSodium

/// An Ed25519 signing key, expanded, in guarded memory. Signing is deterministic and constant time.
///
/// Source: libsodium "Public-key signatures"
public struct SigningKey: ~Copyable, Sendable {
    /// The number of bytes of the seed: 32.
    static let seedBytes = 32

    /// The seed, then the public key, as libsodium expands them: 64 bytes.
    private let expanded: SecretBytes

    /// The public half.
    public let verifyingKey: VerifyingKey

    /// A fresh key from 32 bytes of `source`.
    public init(from source: inout any RandomSource) {
        let seed = SecretBytes(random: Self.seedBytes, from: &source)
        self.init(seed: seed)
    }

    /// The key of a 32-byte seed; any other count is the caller's error.
    public init(seed: borrowing SecretBytes) {
        Sodium.require()
        precondition(seed.count == Self.seedBytes, "an Ed25519 seed has 32 bytes")
        var expanded = SecretBytes(zeroed: 64)
        let value = unsafe seed.withBytePointer { seed in
            unsafe expanded.withMutableBytePointer { secret in
                unsafe Bytes32(filling: { publicKey in
                    let code = unsafe crypto_sign_seed_keypair(publicKey, secret, seed)
                    precondition(code == 0, "Ed25519 key generation failed")
                })
            }
        }
        self.expanded = expanded
        verifyingKey = VerifyingKey(value)
    }

    /// The signature over exactly `message`.
    public borrowing func sign(_ message: UnsafeRawBufferPointer) -> Signature {
        unsafe expanded.withBytePointer { secret in
            unsafe Signature(filling: { output in
                let code = unsafe crypto_sign_detached(
                    output, nil, message.optionalBytePointer, UInt64(message.count), secret)
                precondition(code == 0, "Ed25519 signing failed")
            })
        }
    }

    /// The signature over exactly `message`.
    public borrowing func sign(_ message: [UInt8]) -> Signature {
        unsafe message.withUnsafeBytes { unsafe sign($0) }
    }

    /// Gives `body` the 32-byte seed, for sealed storage.
    package borrowing func withSeed<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try expanded.withUnsafeBytes { (bytes) throws(E) in
            unsafe try body(UnsafeRawBufferPointer(rebasing: bytes[..<Self.seedBytes]))
        }
    }
}
