internal import CryptoPrimitives
internal import RoundProtocol

/// Frames of the participants, at most one each, one behind another in blocks: what is kept for a while and then let go together
/// leaves no holes between what stays.
struct FrameStore: Sendable {
    private struct Place: Sendable {
        let block: Int
        let frame: Range<Int>
        let body: Range<Int>
    }

    /// Bytes of a block; one frame that is larger has a block of its own.
    private static let blockBytes = 1 << 20

    private var blocks: [[UInt8]] = []
    private var places: [Int: Place] = [:]

    /// The seats of which there is a frame, ascending.
    var seats: [Int] { places.keys.sorted() }
    /// Whether there is none.
    var isEmpty: Bool { places.isEmpty }
    /// Bytes of all frames.
    var byteCount: Int { places.values.reduce(0) { $0 + $1.frame.count } }

    /// Keeps the first frame of a seat.
    mutating func keep(_ frame: Frame, of seat: Int) {
        precondition(places[seat] == nil, "a seat has one frame")
        let bytes = frame.bytes
        if blocks.last.map({ $0.capacity - $0.count < bytes.count }) ?? true {
            var block: [UInt8] = []
            block.reserveCapacity(max(Self.blockBytes, bytes.count))
            blocks.append(block)
        }
        let block = blocks.count - 1
        let start = blocks[block].count
        blocks[block].append(contentsOf: bytes)
        let body = start + frame.body.startIndex..<start + frame.body.endIndex
        places[seat] = Place(block: block, frame: start..<start + bytes.count, body: body)
    }

    /// A seat's frame; a copy.
    subscript(seat: Int) -> Frame? { bytes(of: seat).flatMap { try? Frame(Array($0)) } }

    /// The bytes of a seat's frame, where they are.
    func bytes(of seat: Int) -> ArraySlice<UInt8>? { places[seat].map { blocks[$0.block][$0.frame] } }

    /// The body of a seat's frame, where it is.
    func body(of seat: Int) -> ArraySlice<UInt8>? { places[seat].map { blocks[$0.block][$0.body] } }
}
