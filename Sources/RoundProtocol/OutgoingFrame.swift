/// A frame to be sent: bytes of its own and, behind them, bytes that it shares with the vector of which they are a part.
///
/// An upload is not put together in memory a second time: write `head` and then `shared` to a connection, or take `bytes` of one
/// frame after another as each is sent.  What goes to many receivers is put together once, and `shared` is empty.
///
/// Source: WIRE section 2
public struct OutgoingFrame: Sendable {
    /// The first bytes: the header, and whatever is not part of a vector.
    public let head: [UInt8]
    /// The bytes that follow, up to the frame's end.
    public let shared: ArraySlice<UInt8>

    /// The number of bytes on the wire.
    public var byteCount: Int { head.count + shared.count }

    /// The whole frame in one array: a copy, unless nothing is shared.
    public var bytes: [UInt8] { shared.isEmpty ? head : head + shared }

    /// The same frame, put together: for one that goes to many.
    package var whole: OutgoingFrame { OutgoingFrame(bytes) }

    /// A frame in one array.
    package init(_ bytes: [UInt8]) { self.init(head: bytes, shared: []) }

    /// A frame in one array.
    package init(_ frame: Frame) { self.init(frame.bytes) }

    /// A frame in two parts.
    package init(head: [UInt8], shared: ArraySlice<UInt8>) {
        self.head = head
        self.shared = shared
    }
}
