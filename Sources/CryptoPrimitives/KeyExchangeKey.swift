internal import CSodium

/// The public half of a key exchange. Any 32 bytes are accepted here; a small-order key is refused on use.
///
/// Source: libsodium "Key exchange"
public struct KeyExchangePublicKey: Hashable, Sendable {
    /// The 32 bytes.
    public let value: Bytes32

    /// A key from its 32 bytes, for instance as received.
    public init(_ value: Bytes32) {
        self.value = value
    }

    /// Whether every exchange with this key is refused: its point, on the curve or its twist, has an order that divides eight.
    ///
    /// Five numbers modulo 2^255 - 19 are such points, two of which have a second encoding; the 256th bit is not looked at.
    /// Variable time: the key is public.
    ///
    /// Source: libsodium "Point*scalar multiplication"
    package var hasSmallOrder: Bool {
        unsafe value.withUnsafeBytes { bytes in
            let words = (0..<4).map {
                unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
            }
            return Self.smallOrder.contains([words[0], words[1], words[2], words[3] & ~(1 << 63)])
        }
    }

    /// 0, 1, the two points of order eight, -1, and the modulus and its successor for 0 and 1; words from the least.
    private static let smallOrder: [[UInt64]] = [
        [0, 0, 0, 0], [1, 0, 0, 0],
        [0xAEB8_413B_7C7A_EBE0, 0x6AC4_9FF1_FAE3_5616, 0xFDB1_329C_EB8D_09DA, 0x00B8_495F_1605_6286],
        [0x248C_50A3_BC95_9C5F, 0x5BEF_839C_55B1_D0B1, 0x868E_1C58_C45C_4404, 0x5711_9FD0_DD4E_22D8],
        [0xFFFF_FFFF_FFFF_FFEC, .max, .max, .max >> 1], [0xFFFF_FFFF_FFFF_FFED, .max, .max, .max >> 1],
        [0xFFFF_FFFF_FFFF_FFEE, .max, .max, .max >> 1],
    ]
}

/// An X25519 key pair for libsodium's `crypto_kx`: one session key a direction, in guarded memory.
///
/// > Important: fresh for each epoch, erased after use; session keys of one pair are the same every time they are made.
///
/// Source: libsodium "Key exchange"
public struct KeyExchangeKey: ~Copyable, Sendable {
    /// Which side of the pair this key takes; the two sides take different ones.
    public enum Role: Sendable {
        /// The side that receives with the first half of the derived key.
        case client
        /// The side that receives with the second half of the derived key.
        case server
    }

    /// The number of bytes of the seed: 32.
    static let seedBytes = 32

    /// The seed, then the secret key: 64 bytes.
    private let secret: SecretBytes

    /// The public half.
    public let publicKey: KeyExchangePublicKey

    /// A fresh key from 32 bytes of `source`.
    public init(from source: inout any RandomSource) {
        let seed = SecretBytes(random: Self.seedBytes, from: &source)
        self.init(seed: seed)
    }

    /// The key of a 32-byte seed; any other count is the caller's error.
    package init(seed: borrowing SecretBytes) {
        Sodium.require()
        precondition(seed.count == Self.seedBytes, "a key-exchange seed has 32 bytes")
        var secret = SecretBytes(zeroed: 64)
        let value = unsafe seed.withUnsafeBytes { seed in
            unsafe secret.withUnsafeMutableBytes { secret in
                unsafe secret.copyMemory(from: seed)
                return unsafe Bytes32(filling: { publicKey in
                    let code = unsafe crypto_kx_seed_keypair(
                        publicKey, secret.bytePointer + Self.seedBytes, seed.bytePointer)
                    precondition(code == 0, "key-exchange key generation failed")
                })
            }
        }
        self.secret = secret
        publicKey = KeyExchangePublicKey(value)
    }

    /// Gives `body` the 32-byte seed, for sealed storage.
    package borrowing func withSeed<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try secret.withUnsafeBytes { (bytes) throws(E) in
            unsafe try body(UnsafeRawBufferPointer(rebasing: bytes[..<Self.seedBytes]))
        }
    }

    /// 64 bytes shared with `peer`: the key to receive with, then the key to transmit with.
    ///
    /// - Throws: `weakKey` when the peer's key has small order.
    public borrowing func sessionKeys(
        with peer: KeyExchangePublicKey, role: Role
    ) throws(CryptoFailure) -> SecretBytes {
        var keys = try SecretBytes(granted: 64)
        let own = publicKey.value
        let code = unsafe secret.withBytePointer { secret in
            unsafe own.withBytePointer { own in
                unsafe peer.value.withBytePointer { peer in
                    unsafe keys.withMutableBytePointer { keys in
                        switch role {
                        case .client:
                            unsafe secagg_verdict(
                                crypto_kx_client_session_keys(keys, keys + 32, own, secret + Self.seedBytes, peer))
                        case .server:
                            unsafe secagg_verdict(
                                crypto_kx_server_session_keys(keys, keys + 32, own, secret + Self.seedBytes, peer))
                        }
                    }
                }
            }
        }
        guard code == 0 else { throw .weakKey }
        return keys
    }
}
