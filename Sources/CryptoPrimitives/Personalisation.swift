/// A domain separator for BLAKE2b: up to 16 ASCII characters, padded with zero bytes to 16.
///
/// Two uses of the hash with different personalisations are independent functions.
///
/// Source: blake2 RFC 7693 and the BLAKE2 parameter block
public struct Personalisation: Sendable {
    /// The number of bytes that BLAKE2b takes: 16.
    static let byteCount = 16

    /// Two words whose memory holds the 16 bytes in order.
    private var words: (UInt64, UInt64) = (0, 0)

    /// The separator spelt in the source; anything but ASCII of at most 16 characters is the caller's error.
    public init(_ ascii: StaticString) {
        precondition(ascii.hasPointerRepresentation && ascii.isASCII, "a personalisation is ASCII")
        precondition(ascii.utf8CodeUnitCount <= Self.byteCount, "a personalisation has at most 16 characters")
        var padded: (UInt64, UInt64) = (0, 0)
        ascii.withUTF8Buffer { text in
            unsafe withUnsafeMutableBytes(of: &padded) { target in unsafe target.copyBytes(from: text) }
        }
        words = padded
    }

    /// Gives `body` the address of the 16 bytes.
    func withBytePointer<R: ~Copyable>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        unsafe withUnsafePointer(to: words) { pointer in
            unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self))
        }
    }
}
