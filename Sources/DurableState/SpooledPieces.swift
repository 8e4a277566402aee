/// A byte string put together from slices that stay where they are; what no slice covers is zero.
///
/// Source: durability section 5
struct SpooledPieces {
    private struct Piece {
        let range: Range<Int>
        let bytes: ArraySlice<UInt8>

        /// The piece without what is outside `kept`, nil when nothing is left.
        func clamped(to kept: Range<Int>) -> Piece? {
            let range = range.clamped(to: kept)
            guard !range.isEmpty else { return nil }
            let start = bytes.startIndex + range.lowerBound - self.range.lowerBound
            return Piece(range: range, bytes: bytes[start..<start + range.count])
        }
    }

    /// Bytes of the whole string.
    let byteCount: Int
    /// By ascending range; no two overlap, none is empty.
    private var pieces: [Piece] = []

    init(byteCount: Int) {
        self.byteCount = byteCount
    }

    /// Puts `bytes` at `offset`, inside the string, over what was there.
    mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        guard !bytes.isEmpty else { return }
        let piece = Piece(range: offset..<offset + bytes.count, bytes: bytes)
        if offset >= pieces.last?.range.upperBound ?? 0 {
            pieces.append(piece)
            return
        }
        let before = pieces.compactMap { $0.clamped(to: 0..<offset) }
        let after = pieces.compactMap { $0.clamped(to: piece.range.upperBound..<byteCount) }
        pieces = before + [piece] + after
    }

    /// Calls `body` with (offset, tile) in order until it returns false; a tile inside one slice is not copied.
    func readAll(tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool) {
        var next = 0
        for start in stride(from: 0, to: byteCount, by: tileBytes) {
            let tile = start..<start + min(tileBytes, byteCount - start)
            while next < pieces.count && pieces[next].range.upperBound <= start { next += 1 }
            guard unsafe read(tile, from: next, body) else { return }
        }
    }

    private func read(_ tile: Range<Int>, from first: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool) -> Bool {
        if first < pieces.count, let whole = pieces[first].clamped(to: tile), whole.range == tile {
            return unsafe whole.bytes.withUnsafeBytes { unsafe body(tile.lowerBound, $0) }
        }
        var scratch = [UInt8](repeating: 0, count: tile.count)
        for piece in pieces[first...] {
            guard let part = piece.clamped(to: tile) else { break }
            let start = part.range.lowerBound - tile.lowerBound
            scratch.replaceSubrange(start..<start + part.range.count, with: part.bytes)
        }
        return unsafe scratch.withUnsafeBytes { unsafe body(tile.lowerBound, $0) }
    }
}
