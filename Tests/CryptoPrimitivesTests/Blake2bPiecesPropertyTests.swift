import CryptoPrimitives
import Testing

/// Pieces hashed side by side against the same pieces hashed one by one.
@Suite struct Blake2bPiecesPropertyTests {
    @Test(arguments: [0, 1, 63, 64, 128, 129, 1_000, 16_384])
    func piecesAreHashedAsIfAlone(bytes: Int) {
        let personal = Personalisation("pieces")
        for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 17] {
            let data = (0..<bytes * count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let alone = (0..<count).map { Blake2b.hash(Array(data[$0 * bytes..<($0 + 1) * bytes]), personal) }
            for path in KernelPath.available {
                var bits: UInt64 = 0
                let together = data.withUnsafeBytes {
                    Blake2b.hash(pieces: $0, of: bytes, count: count, personal, bits: &bits, on: path)
                }
                let union = data.indices.reduce(UInt64(0)) { $0 | UInt64(data[$1]) << (8 * ($1 % bytes % 8)) }
                #expect(bits == union, "words of \(count) pieces of \(bytes) bytes on \(path)")
                #expect(together == alone, "\(count) pieces of \(bytes) bytes on \(path)")
            }
        }
    }

    /// A bit is seen in whichever word of whichever piece it is, and those that were known stay.
    @Test(arguments: KernelPath.available) func everyWordCounts(path: KernelPath) {
        let (bytes, count) = (300, 11)
        for place in 0..<bytes * count {
            var data = [UInt8](repeating: 0, count: bytes * count)
            data[place] = 1 << UInt8(place % 7)
            var bits: UInt64 = 1 << 63
            _ = data.withUnsafeBytes {
                Blake2b.hash(pieces: $0, of: bytes, count: count, Personalisation("bits"), bits: &bits, on: path)
            }
            #expect(bits == 1 << 63 | UInt64(data[place]) << (8 * (place % bytes % 8)), "byte \(place)")
        }
    }

    @Test(arguments: [1, 2, 5])
    func rangesCoverEverythingOnce(threads: Int) {
        for (count, least, multiple) in [(0, 1, 1), (1, 1, 1), (1_000, 1, 7), (1_001, 300, 64), (64, 1, 64)] {
            let places = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
            places.initialize(repeating: 0)
            defer { places.deallocate() }
            let shared = SharedBuffer(places)
            Workers.forEachRange(of: count, threads: threads, least: least, multiple: multiple) { range in
                #expect(range.lowerBound % multiple == 0)
                for index in shared[range].indices { shared[range][index] += 1 }
            }
            #expect(places.allSatisfy { $0 == 1 })
        }
    }
}
