/// A 32-byte BLAKE2b digest of public data.
///
/// Source: blake2 RFC 7693
public struct Digest: Hashable, Sendable, Comparable {
    /// The 32 bytes.
    public let value: Bytes32

    /// A digest from its 32 bytes, for instance as received.
    public init(_ value: Bytes32) {
        self.value = value
    }

    /// Whether `left` comes before `right` in lexicographic order of the bytes.
    public static func < (left: Digest, right: Digest) -> Bool {
        left.value < right.value
    }
}
