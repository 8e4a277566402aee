package import CryptoPrimitives

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

    /// Chunks of so many bytes, at least 1.
    package static func chunkCount(bytes: Int) -> Int {
        max(1, (bytes + chunkBytes - 1) / chunkBytes)
    }

    /// The root of one chunk, and the bits that are set in any of its little-endian words.
    ///
    /// - Complexity: one pass of BLAKE2b over the bytes, eight leaves at a time where the machine can.
    package static func chunk(_ bytes: UnsafeRawBufferPointer) -> (root: Digest, bits: UInt64) {
        let whole = bytes.count / leafBytes
        let personal = Personalisation("QSA1 input leaf")
        var bits: UInt64 = 0
        var leaves = unsafe Blake2b.hash(pieces: bytes, of: leafBytes, count: whole, personal, bits: &bits)
        if whole == 0 || bytes.count % leafBytes != 0 {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[(whole * leafBytes)...])
            leaves += unsafe Blake2b.hash(pieces: rest, of: rest.count, count: 1, personal, bits: &bits)
        }
        return (root(of: leaves), bits)
    }

    /// The root of one chunk.
    package static func chunkRoot(_ bytes: UnsafeRawBufferPointer) -> Digest { unsafe chunk(bytes).root }

    /// The roots of all chunks of a vector's bytes, from at most `threads` threads.
    package static func chunkRoots(_ bytes: UnsafeRawBufferPointer, threads: Int = Workers.all) -> [Digest] {
        let count = chunkCount(bytes: bytes.count)
        let source = unsafe SharedBytes(bytes)
        return unsafe [Digest](unsafeUninitializedCapacity: count) { roots, initialised in
            unsafe roots.initialize(repeating: Digest(Bytes32()))
            let shared = unsafe SharedBuffer(roots)
            Workers.forEachRange(of: count, threads: threads, least: 1) { chunks in
                for index in chunks {
                    let range = index * chunkBytes..<min((index + 1) * chunkBytes, source.count)
                    unsafe shared[index..<index + 1][0] = chunkRoot(source[range])
                }
            }
            initialised = count
        }
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
