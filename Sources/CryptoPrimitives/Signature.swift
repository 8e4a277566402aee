/// A 64-byte Ed25519 signature: the encoded point R, then the scalar S. Nothing is checked before verification.
///
/// Source: libsodium "Public-key signatures"
public struct Signature: Hashable, Sendable {
    /// The number of bytes: 64.
    public static let byteCount = 64

    private var point: Bytes32
    private var scalar: Bytes32

    /// The bytes of a collection; nil unless it holds exactly 64.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount, let point = Bytes32(bytes.prefix(Bytes32.byteCount)),
            let scalar = Bytes32(bytes.suffix(Bytes32.byteCount))
        else { return nil }
        self.point = point
        self.scalar = scalar
    }

    /// The 64 bytes that `body` writes; memory is zero before.
    package init(filling body: (UnsafeMutablePointer<UInt8>) -> Void) {
        point = Bytes32()
        scalar = Bytes32()
        unsafe Swift.withUnsafeMutableBytes(of: &self) { memory in
            guard let base = memory.baseAddress else { return }
            unsafe body(base.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Gives `body` the 64 bytes in order; the pointer is valid during the call alone.
    public func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try Swift.withUnsafeBytes(of: self, body)
    }

    /// The 64 bytes as an array.
    public var bytes: [UInt8] {
        point.bytes + scalar.bytes
    }
}
