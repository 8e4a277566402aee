package import CryptoPrimitives
#if PlantedBugs
    internal import DurableState
#endif
internal import WireFormat

/// What a round's statements are checked against, the same for both sums.
///
/// Source: WIRE section 7
package struct RoundBinding: Sendable {
    package let session: Digest
    package let round: UInt64
    package let configDigest: Digest
    /// 64-bit words of an upload.
    package let wordCount: Int
    /// The participants by seat, ids ascending.
    package let ids: [PeerID]

    package init(session: Digest, round: UInt64, configDigest: Digest, wordCount: Int, ids: [PeerID]) {
        self.session = session
        self.round = round
        self.configDigest = configDigest
        self.wordCount = wordCount
        self.ids = ids
    }
}

extension SurvivorList {
    /// Every survivor's input frame must be signed by it, for this round and configuration, and be under the root.
    ///
    /// - Parameter own: the caller's own input frame, whose signature needs no check where it stands byte for byte.
    /// - Throws: a refusal that names the survivor, or the coordinator for the root.
    /// - Complexity: one signature check for every other survivor, in groups.
    package func check(_ binding: RoundBinding, roster: Roster, own: Frame? = nil) throws(Abort) {
        let seats = Array(agreement.survivors.indices.prefix(inputs.count))
        try Frame.requireSignatures(of: seats.count, .survivors) { (index) throws(Abort) in
            let (frame, peer) = (inputs[index], binding.ids[seats[index]])
            try Abort.require(
                frame.header.type == .maskedInput && frame.header.sender == peer, .wrongSender, .survivors, peer: peer)
            try Abort.require(
                frame.header.session == binding.session && frame.header.round == binding.round, .wrongContext,
                .survivors, peer: peer)
            guard let key = roster.key(of: peer) else { throw Abort(.badSignature, .survivors, peer: peer) }
            return frame == own ? nil : (frame, key)
        }
        var leaves: [(id: PeerID, header: Digest)] = []
        for (seat, frame) in zip(seats, inputs) {
            let peer = binding.ids[seat]
            let input = try Abort.decoding(.survivors, from: peer) { () throws(DecodingFailure) in
                try MaskedInput(decoding: frame.body)
            }
            try Abort.require(input.configDigest == binding.configDigest, .configMismatch, .survivors, peer: peer)
            try Abort.require(
                input.wordCount == UInt64(binding.wordCount), .dimensionMismatch, .survivors, peer: peer)
            leaves.append((peer, frame.digest))
        }
        try Abort.require(
            Agreement.root(of: leaves) == agreement.root, .digestMismatch, .survivors, peer: .coordinator)
    }

    /// A participant's own place in the set: with exactly the input it sent, or out of it.
    package func checkOwn(
        _ id: PeerID, input: Frame?, acknowledgement: Frame?, proposal: Frame
    ) throws(Abort) {
        let listed = inputs.first { $0.header.sender == id }
        switch (listed, input) {
        case (.some(let listed), .some(let input)):
            try Abort.require(listed.digest == input.digest, .ownKeyAltered, .survivors, peer: .coordinator)
        case (.some, .none):
            throw Abort(.impossibleTransition, .survivors, peer: .coordinator)
        case (.none, .some):
            guard let acknowledgement else { return }
            #if PlantedBugs
                if PlantedBug.acknowledgementIgnored.isActive { return }
            #endif
            throw Abort(
                .excludedAfterAcknowledgement, .survivors, peer: .coordinator,
                evidence: Evidence(frames: [acknowledgement.bytes, proposal.bytes]))
        case (.none, .none): return
        }
    }
}

extension Agreement {
    /// floor((n + c) / 2) + 1: signatures of which any two sets share an honest signer.
    ///
    /// Source: thresholds section 1
    package static func quorum(participants: Int, colluders: Int) -> Int {
        participants / 2 + colluders / 2 + (participants % 2 + colluders % 2) / 2 + 1
    }

    /// A survivor set across sessions and rosters: the keys, not the seats.
    package func survivorsDigest(ids: [PeerID], roster: Roster) -> Digest {
        var writer = ByteWriter(reserving: 32 * survivors.population)
        for seat in survivors.indices {
            if let key = roster.key(of: ids[seat]) { writer.bytes32(key.value) }
        }
        return Blake2b.hash(writer.bytes, Personalisation("QSA1 cohort"))
    }
}

extension UnmaskRequest {
    /// Verifies that a quorum of the session signed the agreement.
    ///
    /// - Parameter own: the caller's own statement, whose signature needs no check where it stands byte for byte.
    /// - Throws: `duplicateParticipant`, `unknownParticipant`, `badSignature`, `quorumNotReached`.
    /// - Complexity: one signature check for every other signer, in groups.
    package func verifyQuorum(
        _ quorum: Int, session: Digest, round: UInt64, members: Set<PeerID>, roster: Roster, own: Frame? = nil
    ) throws(Abort) {
        let body = agreement.encoded()
        var last: PeerID?
        try Frame.requireSignatures(of: signatures.count, .unmask) { (index) throws(Abort) in
            let (peer, signature) = signatures[index]
            if let last {
                try Abort.require(last < peer, .duplicateParticipant, .unmask, peer: peer)
            }
            last = peer
            guard members.contains(peer), let key = roster.key(of: peer) else {
                throw Abort(.unknownParticipant, .unmask, peer: peer)
            }
            let statement = Frame(
                FrameHeader(.survivorStatement, sender: peer, session: session, round: round), body: body,
                signature: signature)
            return statement == own ? nil : (statement, key)
        }
        #if PlantedBugs
            if PlantedBug.quorumUnchecked.isActive { return }
        #endif
        try Abort.require(signatures.count >= quorum, .quorumNotReached, .unmask, peer: .coordinator)
    }
}
