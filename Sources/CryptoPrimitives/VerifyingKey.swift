internal import CSodium

/// An Ed25519 public key: who signed. Any 32 bytes are accepted here; a bad key verifies nothing.
///
/// Source: libsodium "Public-key signatures"
public struct VerifyingKey: Hashable, Sendable, Comparable {
    /// The 32 bytes.
    public let value: Bytes32

    /// A key from its 32 bytes, for instance out of a roster.
    public init(_ value: Bytes32) {
        self.value = value
    }

    /// Whether `signature` is this key's over exactly `message`; points of small order and a scalar outside its one
    /// canonical form are refused. Variable time: everything here is public.
    public func isValid(_ signature: Signature, for message: UnsafeRawBufferPointer) -> Bool {
        Sodium.require()
        return unsafe signature.withUnsafeBytes { signature in
            unsafe value.withBytePointer { key in
                unsafe crypto_sign_verify_detached(
                    signature.bytePointer, message.optionalBytePointer, UInt64(message.count), key) == 0
            }
        }
    }

    /// Whether `signature` is this key's over exactly `message`.
    public func isValid(_ signature: Signature, for message: [UInt8]) -> Bool {
        unsafe message.withUnsafeBytes { unsafe isValid(signature, for: $0) }
    }

    /// Whether `signature` is this key's over exactly `message`.
    public func isValid(_ signature: Signature, for message: ArraySlice<UInt8>) -> Bool {
        unsafe message.withUnsafeBytes { unsafe isValid(signature, for: $0) }
    }

    /// Whether `left` comes before `right` in lexicographic order of the bytes.
    public static func < (left: VerifyingKey, right: VerifyingKey) -> Bool {
        left.value < right.value
    }
}
