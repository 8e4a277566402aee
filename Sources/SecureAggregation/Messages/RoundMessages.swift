package import CryptoPrimitives
package import RoundProtocol
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

/// The proposed survivor set with every survivor's signed input frame.
///
/// Source: WIRE section 7
package struct SurvivorList: Sendable {
    package let agreement: Agreement
    package let inputs: [Frame]

    package static func encoded(_ agreement: Agreement, inputs: [Frame]) -> [UInt8] {
        var writer = ByteWriter(reserving: 80 + inputs.count * MaskedInput.frameBytes)
        agreement.write(to: &writer)
        for input in inputs { writer.raw(input.bytes) }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(Abort) {
        var reader = ByteReader(body)
        agreement = try Abort.decoding(.survivors, from: .coordinator) { () throws(DecodingFailure) in
            try Agreement(reading: &reader, participants: participants)
        }
        var inputs: [Frame] = []
        for _ in 0..<agreement.survivors.population {
            let bytes = try Abort.decoding(.survivors, from: .coordinator) { () throws(DecodingFailure) in
                try reader.raw(MaskedInput.frameBytes)
            }
            inputs.append(try Frame([UInt8](bytes)))
        }
        self.inputs = inputs
        let rest = reader
        try Abort.decoding(.survivors, from: .coordinator) { () throws(DecodingFailure) in try rest.finish() }
    }
}

/// The agreement and the signatures under it.
///
/// Source: WIRE section 7
package struct UnmaskRequest: Sendable {
    package let agreement: Agreement
    package let signatures: [(id: PeerID, signature: Signature)]

    package init(agreement: Agreement, signatures: [(id: PeerID, signature: Signature)]) {
        self.agreement = agreement
        self.signatures = signatures
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 80 + signatures.count * 68)
        agreement.write(to: &writer)
        writer.count(signatures.count)
        for entry in signatures {
            writer.u32(entry.id.rawValue)
            writer.raw(entry.signature.bytes)
        }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        agreement = try Agreement(reading: &reader, participants: participants)
        let count = try reader.count(limit: participants, elementBytes: 4 + Signature.byteCount)
        var signatures: [(id: PeerID, signature: Signature)] = []
        signatures.reserveCapacity(count)
        for _ in 0..<count {
            let id = PeerID(rawValue: try reader.u32())
            guard let signature = Signature(try reader.raw(Signature.byteCount)) else { throw .invalidValue }
            signatures.append((id, signature))
        }
        self.signatures = signatures
        try reader.finish()
    }
}

/// One share of one secret of each dealer; which secret follows from the survivor set.
///
/// The shares are what the protocol opens to the coordinator; they stop being secret when this message is made.
///
/// Source: WIRE section 7
package struct UnmaskShares: Sendable {
    package let agreementDigest: Digest
    package let shares: [(dealer: PeerID, share: Bytes32)]

    package init(agreementDigest: Digest, shares: [(dealer: PeerID, share: Bytes32)]) {
        self.agreementDigest = agreementDigest
        self.shares = shares
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 36 + shares.count * 36)
        writer.bytes32(agreementDigest.value)
        writer.count(shares.count)
        for entry in shares {
            writer.u32(entry.dealer.rawValue)
            writer.bytes32(entry.share)
        }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        agreementDigest = Digest(try reader.bytes32())
        let count = try reader.count(limit: participants, elementBytes: 36)
        var shares: [(dealer: PeerID, share: Bytes32)] = []
        shares.reserveCapacity(count)
        for _ in 0..<count {
            let dealer = PeerID(rawValue: try reader.u32())
            shares.append((dealer, try reader.bytes32()))
        }
        self.shares = shares
        try reader.finish()
    }
}

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
