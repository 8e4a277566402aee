import CryptoPrimitives
import RoundProtocol
import Testing

@testable import SecureAggregation

/// Frames kept in blocks come back byte for byte, whatever their sizes and order.
@Suite struct FrameStorePropertyTests {
    @Test func whatIsKeptComesBack() {
        var store = FrameStore()
        #expect(store.isEmpty && store.seats.isEmpty && store[0] == nil && store.body(of: 0) == nil)
        // Below a block, above a block, several in a block, and one that just fills it.
        let sizes = [0, 1, 300_000, 500_000, 1 << 20, (1 << 20) - 64, 10, 700_000, 400_000]
        var kept: [Int: Frame] = [:]
        for (index, size) in sizes.enumerated() {
            let header = FrameHeader(.chunk, sender: 3, session: Digest(Bytes32()), round: UInt64(index))
            let frame = Frame(unsigned: header, body: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) })
            let seat = index * 37 % 101
            store.keep(frame, of: seat)
            kept[seat] = frame
        }
        #expect(store.seats == kept.keys.sorted() && !store.isEmpty)
        #expect(store.byteCount == kept.values.reduce(0) { $0 + $1.bytes.count })
        for (seat, frame) in kept {
            #expect(store[seat] == frame)
            #expect(store.bytes(of: seat).map(Array.init) == frame.bytes)
            #expect(store.body(of: seat).map(Array.init) == Array(frame.body))
        }
        #expect(store[1_000] == nil)
    }
}
