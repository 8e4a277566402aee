package import CryptoPrimitives
package import WireFormat

/// A vector's bytes as unsigned frames: the roots of its chunks, then the chunks.
///
/// Source: WIRE section 6
package enum UploadFrames {
    /// The frames, which share the vector's bytes.
    package static func frames(
        of bytes: [UInt8], roots: [Digest], sender: PeerID, session: Digest, round: UInt64
    ) -> [OutgoingFrame] {
        let rootsFrame = Frame(
            unsigned: FrameHeader(.chunkRoots, sender: sender, session: session, round: round),
            body: ChunkRoots.encoded(roots))
        let header = FrameHeader(.chunk, sender: sender, session: session, round: round)
        return [OutgoingFrame(rootsFrame)]
            + roots.indices.map { index in
                let range = index * UploadDigest.chunkBytes..<min((index + 1) * UploadDigest.chunkBytes, bytes.count)
                let head = Frame.unsignedHead(header, number: UInt32(index), byteCount: range.count)
                return OutgoingFrame(head: head, shared: bytes[range])
            }
    }

    /// Splits a chunk's body into its index and its bytes.
    package static func chunk(_ body: ArraySlice<UInt8>) throws(DecodingFailure) -> (
        index: Int, bytes: ArraySlice<UInt8>
    ) {
        var reader = ByteReader(body)
        let index = Int(try reader.u32())
        return (index, try reader.raw(reader.remaining))
    }

    /// The bytes of a chunk's place in a vector, nil when the index is out of range.
    package static func range(of index: Int, byteCount: Int) -> Range<Int>? {
        guard index < UploadDigest.chunkCount(bytes: byteCount) else { return nil }
        return index * UploadDigest.chunkBytes..<min((index + 1) * UploadDigest.chunkBytes, byteCount)
    }
}
