package import CryptoPrimitives
package import WireFormat

/// The announcement of an opened sum.
///
/// Source: WIRE section 7
package struct ResultHeader: Hashable, Sendable {
    package let configDigest: Digest
    package let agreementDigest: Digest
    package let wordCount: UInt64
    package let sumDigest: Digest
    package let contributors: UInt32

    package init(
        configDigest: Digest, agreementDigest: Digest, wordCount: UInt64, sumDigest: Digest, contributors: UInt32
    ) {
        self.configDigest = configDigest
        self.agreementDigest = agreementDigest
        self.wordCount = wordCount
        self.sumDigest = sumDigest
        self.contributors = contributors
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 108)
        writer.bytes32(configDigest.value)
        writer.bytes32(agreementDigest.value)
        writer.u64(wordCount)
        writer.bytes32(sumDigest.value)
        writer.u32(contributors)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        configDigest = Digest(try reader.bytes32())
        agreementDigest = Digest(try reader.bytes32())
        wordCount = try reader.u64()
        sumDigest = Digest(try reader.bytes32())
        contributors = try reader.u32()
        try reader.finish()
    }
}

/// The coordinator's word that a round is over without a sum.
///
/// Source: WIRE section 2
package struct AbortNotice: Hashable, Sendable {
    package let code: UInt16
    package let stage: UInt16
    package let peer: PeerID

    package init(_ abort: Abort) {
        code = abort.code.rawValue
        stage = abort.stage.rawValue
        peer = abort.peer
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 8)
        writer.u16(code)
        writer.u16(stage)
        writer.u32(peer.rawValue)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        code = try reader.u16()
        stage = try reader.u16()
        peer = PeerID(rawValue: try reader.u32())
        try reader.finish()
    }
}
