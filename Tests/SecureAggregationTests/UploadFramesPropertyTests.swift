import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing

/// A vector in frames that share its memory, against frames that are put together.
@Suite struct UploadFramesPropertyTests {
    static let sizes = [8, 16_384, 131_072, UploadDigest.chunkBytes - 8, UploadDigest.chunkBytes, 2_666_672]

    private func vector(_ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 9) }
    }

    @Test(arguments: sizes) func framesAreThoseOfTheirBytes(byteCount: Int) {
        let bytes = vector(byteCount)
        let roots = bytes.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let session = Blake2b.hash([7], Personalisation("session"))
        let frames = UploadFrames.frames(of: bytes, roots: roots, sender: 3, session: session, round: 9)
        #expect(frames.count == 1 + roots.count)
        #expect(frames[0].shared.isEmpty)
        let header = FrameHeader(.chunk, sender: 3, session: session, round: 9)
        for (index, frame) in frames.dropFirst().enumerated() {
            let place = index * UploadDigest.chunkBytes..<min(byteCount, (index + 1) * UploadDigest.chunkBytes)
            let number = (0..<4).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
            let together = Frame(unsigned: header, body: number + bytes[place])
            #expect(frame.bytes == together.bytes && frame.byteCount == together.bytes.count)
            #expect(frame.head + frame.shared == together.bytes)
            #expect(frame.whole.head == together.bytes && frame.whole.shared.isEmpty)
        }
    }

    @Test func framesTakeNoMemoryOfTheirOwn() {
        let bytes = vector(2_666_672)
        let roots = bytes.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let frames = UploadFrames.frames(
            of: bytes, roots: roots, sender: 3, session: Blake2b.hash([7], Personalisation("session")), round: 9)
        let base = bytes.withUnsafeBytes { $0.baseAddress }
        for (index, frame) in frames.dropFirst().enumerated() {
            let place = frame.shared.withUnsafeBytes { $0.baseAddress }
            #expect(place == base.map { $0 + index * UploadDigest.chunkBytes })
            #expect(frame.head.count < 128)
        }
    }

    /// Roots from any number of threads are those of one chunk after another, leaf by leaf.
    @Test(arguments: sizes + [0, 1, 16_383, 16_385, 3 * UploadDigest.chunkBytes])
    func rootsForAnyNumberOfThreads(byteCount: Int) {
        let bytes = vector(byteCount)
        let leaves = stride(from: 0, to: max(1, byteCount), by: UploadDigest.leafBytes).map {
            let leaf = bytes[$0..<min($0 + UploadDigest.leafBytes, byteCount)]
            return Blake2b.hash([UInt8](leaf), Personalisation("QSA1 input leaf"))
        }
        let alone = stride(from: 0, to: leaves.count, by: 64).map {
            UploadDigest.root(of: [Digest](leaves[$0..<min($0 + 64, leaves.count)]))
        }
        for threads in [1, 2, 3, 8] {
            #expect(bytes.withUnsafeBytes { UploadDigest.chunkRoots($0, threads: threads) } == alone)
        }
    }

    /// One bit anywhere in a chunk, in a whole leaf or in the rest, is seen by the pass that hashes it.
    @Test(arguments: sizes.filter { $0 <= UploadDigest.chunkBytes }) func everyBitOfAChunkIsSeen(byteCount: Int) {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        #expect(bytes.withUnsafeBytes { UploadDigest.chunk($0, threads: 1).bits } == 0)
        var places = SeededPlaces(seed: UInt64(byteCount))
        for _ in 0..<64 {
            let place = places.next(below: byteCount)
            bytes[place] = 0x20
            let seen = bytes.withUnsafeBytes { UploadDigest.chunk($0, threads: 1 + place % 3) }
            #expect(seen.bits == 0x20 << UInt64(8 * (place % 8)), "byte \(place) of \(byteCount)")
            #expect(seen.root == bytes.withUnsafeBytes { UploadDigest.chunkRoot($0) })
            bytes[place] = 0
        }
    }

    private struct SeededPlaces {
        var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
