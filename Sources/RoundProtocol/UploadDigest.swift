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

    /// The root of one chunk.
    ///
    /// - Complexity: one pass of BLAKE2b over the bytes.
    package static func chunkRoot(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var leaves: [Digest] = []
        leaves.reserveCapacity(bytes.count / leafBytes + 1)
        var start = 0
        repeat {
            let end = min(start + leafBytes, bytes.count)
            let leaf = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            unsafe leaves.append(Blake2b.hash(leaf, Personalisation("QSA1 input leaf")))
            start = end
        } while start < bytes.count
        return root(of: leaves)
    }

    /// The roots of all chunks of a vector's bytes.
    package static func chunkRoots(_ bytes: UnsafeRawBufferPointer) -> [Digest] {
        (0..<chunkCount(bytes: bytes.count)).map { index in
            let range = index * chunkBytes..<min((index + 1) * chunkBytes, bytes.count)
            return unsafe chunkRoot(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    /// The root over chunk roots (or leaves), at least one.
    package static func root(of digests: [Digest]) -> Digest {
        MerkleRoot.root(of: digests[...]) { left, right in
            var hash = [UInt8]()
            hash.reserveCapacity(64)
            hash += left.value.bytes
            hash += right.value.bytes
            return Blake2b.hash(hash, Personalisation("QSA1 input node"))
        }
    }
}
