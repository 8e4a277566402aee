package import CryptoPrimitives
package import WireFormat

/// A participant's signed promise of one masked vector.
///
/// Source: WIRE section 6
package struct MaskedInput: Hashable, Sendable {
    package let configDigest: Digest
    package let wordCount: UInt64
    package let inputDigest: Digest

    /// Bytes of the whole signed frame.
    package static let frameBytes = FrameHeader.byteCount + 72 + Signature.byteCount

    package init(configDigest: Digest, wordCount: UInt64, inputDigest: Digest) {
        self.configDigest = configDigest
        self.wordCount = wordCount
        self.inputDigest = inputDigest
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 72)
        writer.bytes32(configDigest.value)
        writer.u64(wordCount)
        writer.bytes32(inputDigest.value)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        configDigest = Digest(try reader.bytes32())
        wordCount = try reader.u64()
        inputDigest = Digest(try reader.bytes32())
        try reader.finish()
    }
}

/// The roots of an upload's chunks.
///
/// Source: WIRE section 6
package enum ChunkRoots {
    package static func encoded(_ roots: [Digest]) -> [UInt8] {
        var writer = ByteWriter(reserving: 4 + 32 * roots.count)
        writer.count(roots.count)
        for root in roots { writer.bytes32(root.value) }
        return writer.bytes
    }

    package static func decoding(_ body: ArraySlice<UInt8>, limit: Int) throws(DecodingFailure) -> [Digest] {
        var reader = ByteReader(body)
        let count = try reader.count(limit: limit, elementBytes: 32)
        var roots: [Digest] = []
        roots.reserveCapacity(count)
        for _ in 0..<count { roots.append(Digest(try reader.bytes32())) }
        try reader.finish()
        return roots
    }
}

/// The coordinator's signed word that it holds an upload.
///
/// Source: WIRE section 2
package struct Acknowledgement: Hashable, Sendable {
    package let participant: PeerID
    package let inputFrame: Digest

    package init(participant: PeerID, inputFrame: Digest) {
        self.participant = participant
        self.inputFrame = inputFrame
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 36)
        writer.u32(participant.rawValue)
        writer.bytes32(inputFrame.value)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        participant = PeerID(rawValue: try reader.u32())
        inputFrame = Digest(try reader.bytes32())
        try reader.finish()
    }
}
