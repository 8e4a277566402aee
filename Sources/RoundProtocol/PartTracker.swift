package import CryptoPrimitives
internal import WireFormat

/// A chunk that fits the signed digest.
package struct CheckedChunk {
    /// Its place among the chunks.
    package let index: Int
    /// Its place in the whole string.
    package let range: Range<Int>
    /// Its bytes, in the frame in which they came.
    package let bytes: ArraySlice<UInt8>
    /// The bits that are set in any of its little-endian words.
    package let bits: UInt64
}

/// Which parts of a promised byte string have arrived: roots of the chunks first, then chunks in any order, each checked
/// against the signed digest before it counts.
///
/// Source: WIRE section 6
package struct PartTracker: Sendable {
    /// Bytes of the whole string.
    package let byteCount: Int
    /// The signed digest of the whole string.
    package let digest: Digest
    /// The roots of all chunks; empty until they have come.
    package private(set) var roots: [Digest] = []
    /// The chunks that have not come, once the roots have.
    package private(set) var missing: Set<Int> = []

    package init(byteCount: Int, digest: Digest) {
        self.byteCount = byteCount
        self.digest = digest
    }

    /// Whether the roots are here and no chunk is.
    package var isUntouched: Bool { missing.count == roots.count }
    /// Whether every chunk is here.
    package var isComplete: Bool { !roots.isEmpty && missing.isEmpty }

    /// Takes the body of a ChunkRoots frame; the same one again changes nothing.
    ///
    /// - Throws: decoding refusals, `digestMismatch`.
    package mutating func takeRoots(_ body: ArraySlice<UInt8>, _ stage: Stage, from peer: PeerID) throws(Abort) {
        let count = UploadDigest.chunkCount(bytes: byteCount)
        let received = try Abort.decoding(stage, from: peer) { () throws(DecodingFailure) in
            try ChunkRoots.decoding(body, limit: count)
        }
        try Abort.require(
            received.count == count && UploadDigest.root(of: received) == digest, .digestMismatch, stage, peer: peer)
        guard roots.isEmpty else { return }
        roots = received
        missing = Set(received.indices)
    }

    /// Checks the body of a Chunk frame; nil when that chunk is here already.
    ///
    /// - Throws: `unexpectedMessage` before the roots, `dimensionMismatch`, `digestMismatch`.
    /// - Complexity: one pass of BLAKE2b over the chunk, from at most `threads` threads.
    package func check(
        _ body: ArraySlice<UInt8>, _ stage: Stage, from peer: PeerID, threads: Int
    ) throws(Abort) -> CheckedChunk? {
        try Abort.require(!roots.isEmpty, .unexpectedMessage, stage, peer: peer)
        let chunk = try Abort.decoding(stage, from: peer) { () throws(DecodingFailure) in
            try UploadFrames.chunk(body)
        }
        guard let range = UploadFrames.range(of: chunk.index, byteCount: byteCount) else {
            throw Abort(.dimensionMismatch, stage, peer: peer)
        }
        try Abort.require(chunk.bytes.count == range.count, .dimensionMismatch, stage, peer: peer)
        guard missing.contains(chunk.index) else { return nil }
        let seen = unsafe chunk.bytes.withUnsafeBytes { unsafe UploadDigest.chunk($0, threads: threads) }
        try Abort.require(seen.root == roots[chunk.index], .digestMismatch, stage, peer: peer)
        return CheckedChunk(index: chunk.index, range: range, bytes: chunk.bytes, bits: seen.bits)
    }

    /// Notes that a chunk has been kept.
    package mutating func note(_ index: Int) { missing.remove(index) }
}

/// A promised byte string kept in memory: chunks stay in the frames in which they arrived.
///
/// A chunk counts, and takes room, once it fits the signed digest; there are as many as the receiver's own length has.
///
/// Source: WIRE section 6
package struct PartAssembly: Sendable {
    /// What has arrived.
    package private(set) var tracker: PartTracker
    /// The chunks by index; empty where one has not come.
    package private(set) var chunks: [ArraySlice<UInt8>] = []
    /// The bits that are set in any little-endian word that has arrived.
    package private(set) var bits: UInt64 = 0

    package init(byteCount: Int, digest: Digest) {
        tracker = PartTracker(byteCount: byteCount, digest: digest)
    }

    /// The bytes in one array, zero where a chunk has not come; a copy.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunks.isEmpty ? 0 : tracker.byteCount)
        for (index, chunk) in chunks.enumerated() {
            let length = UploadFrames.range(of: index, byteCount: tracker.byteCount)?.count ?? 0
            bytes.append(contentsOf: chunk)
            if chunk.isEmpty { bytes.append(contentsOf: repeatElement(0, count: length)) }
        }
        return bytes
    }

    /// Whether a frame could be the last part that is missing.
    package func completes(with frame: Frame) -> Bool { frame.header.type == .chunk && tracker.missing.count == 1 }

    /// Takes a ChunkRoots or a Chunk frame.
    ///
    /// - Returns: whether all bytes are here now.
    /// - Throws: as the tracker does; nothing has changed then.
    package mutating func take(
        _ frame: Frame, _ stage: Stage, from peer: PeerID, threads: Int = 1
    ) throws(Abort) -> Bool {
        if frame.header.type == .chunkRoots {
            try tracker.takeRoots(frame.body, stage, from: peer)
            if chunks.isEmpty { chunks = Array(repeating: [], count: tracker.roots.count) }
        } else if let chunk = try tracker.check(frame.body, stage, from: peer, threads: threads) {
            chunks[chunk.index] = chunk.bytes
            bits |= chunk.bits
            tracker.note(chunk.index)
        }
        return tracker.isComplete
    }
}
