package import CryptoPrimitives
internal import Synchronization

/// The digest of a vector in transit: a BLAKE2b tree over 16 KiB leaves, whose aligned subtrees are the chunks.
///
/// Leaves and nodes are personalised apart, leaves can be hashed in parallel, and a chunk is checked when it arrives.
///
/// Source: WIRE section 6
package enum UploadDigest {
    /// Bytes of a leaf.
    package static let leafBytes = 16 << 10
    /// Bytes of a chunk, 64 leaves.
    package static let chunkBytes = 64 * leafBytes
    /// Leaves that the widest kernel hashes side by side; 16 of them take 60 microseconds there, more elsewhere.
    private static let leavesTogether = 8

    /// Chunks of so many bytes, at least 1.
    package static func chunkCount(bytes: Int) -> Int {
        max(1, (bytes + chunkBytes - 1) / chunkBytes)
    }

    /// The root of one chunk, and the bits that are set in any of its little-endian words.
    ///
    /// - Complexity: one pass of BLAKE2b over the bytes, eight leaves at a time where the machine can.
    package static func chunk(_ bytes: UnsafeRawBufferPointer, threads: Int) -> (root: Digest, bits: UInt64) {
        let (digests, bits) = unsafe leaves(bytes, threads: threads)
        return (root(of: digests), bits)
    }

    /// The root of one chunk.
    package static func chunkRoot(_ bytes: UnsafeRawBufferPointer) -> Digest { unsafe chunk(bytes, threads: 1).root }

    /// The roots of all chunks of a vector's bytes, from at most `threads` threads.
    package static func chunkRoots(_ bytes: UnsafeRawBufferPointer, threads: Int = Workers.all) -> [Digest] {
        let digests = unsafe leaves(bytes, threads: threads).digests
        let leavesOfChunk = chunkBytes / leafBytes
        return stride(from: 0, to: digests.count, by: leavesOfChunk).map {
            root(of: [Digest](digests[$0..<min($0 + leavesOfChunk, digests.count)]))
        }
    }

    /// The digests of all leaves, at least one, and the bits that are set in any little-endian word.
    private static func leaves(
        _ bytes: UnsafeRawBufferPointer, threads: Int
    ) -> (digests: [Digest], bits: UInt64) {
        let count = max(1, (bytes.count + leafBytes - 1) / leafBytes)
        guard threads > 1, count >= 4 * leavesTogether else { return unsafe leaves(bytes) }
        let source = unsafe SharedBytes(bytes)
        let bits = Atomic<UInt64>(0)
        let digests = unsafe [Digest](unsafeUninitializedCapacity: count) { digests, initialised in
            unsafe digests.initialize(repeating: Digest(Bytes32()))
            let shared = unsafe SharedBuffer(digests)
            let least = 2 * leavesTogether
            Workers.forEachRange(of: count, threads: threads, least: least, multiple: leavesTogether) { range in
                let end = min(range.upperBound * leafBytes, source.count)
                let part = unsafe leaves(source[range.lowerBound * leafBytes..<end])
                _ = unsafe shared[range].update(fromContentsOf: part.digests)
                bits.bitwiseOr(part.bits, ordering: .relaxed)
            }
            initialised = count
        }
        return (digests, bits.load(ordering: .relaxed))
    }

    /// The same for bytes whose last leaf alone may be short, by one thread.
    private static func leaves(_ bytes: UnsafeRawBufferPointer) -> (digests: [Digest], bits: UInt64) {
        let whole = bytes.count / leafBytes
        let personal = Personalisation("QSA1 input leaf")
        var bits: UInt64 = 0
        var digests = unsafe Blake2b.hash(pieces: bytes, of: leafBytes, count: whole, personal, bits: &bits)
        if whole == 0 || bytes.count % leafBytes != 0 {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[(whole * leafBytes)...])
            digests += unsafe Blake2b.hash(pieces: rest, of: rest.count, count: 1, personal, bits: &bits)
        }
        return (digests, bits)
    }

    /// The root over chunk roots (or leaves), at least one: neighbours are paired level by level, and one without a
    /// neighbour goes up as it is, which is the tree of RFC 9162.
    package static func root(of digests: [Digest]) -> Digest {
        precondition(!digests.isEmpty, "a tree has a leaf")
        var level = digests
        var bits: UInt64 = 0  // of digests, which nobody asks for
        while level.count > 1 {
            let pairs = level.count / 2
            var above = unsafe level.withUnsafeBytes { bytes in
                unsafe Blake2b.hash(
                    pieces: bytes, of: 64, count: pairs, Personalisation("QSA1 input node"), bits: &bits)
            }
            if level.count % 2 == 1 { above.append(level[level.count - 1]) }
            level = above
        }
        return level[0]
    }
}
