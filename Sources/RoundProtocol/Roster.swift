public import CryptoPrimitives

/// The legal list of who may take part: one Ed25519 key for each participant and one for the coordinator.
///
/// Agreed out of band, never enrolled over the wire; its digest is part of what every participant signs.
///
/// Source: WIRE section 1
public struct Roster: Hashable, Sendable {
    /// The most participants one roster may hold.
    public static let maximumCount = 65_536

    /// The participants' keys; a participant's id is its index.
    public let participants: [VerifyingKey]
    /// The coordinator's key.
    public let coordinator: VerifyingKey
    /// What the whole list hashes to.
    public let digest: Digest

    /// Checks and keeps a list of keys.
    ///
    /// - Throws: `tooFewParticipants` below 3, `tooManyParticipants` above 65,536, `duplicateKey` when two entries
    ///   (the coordinator's included) hold the same key.
    public init(participants: [VerifyingKey], coordinator: VerifyingKey) throws(Abort) {
        try Abort.require(participants.count >= 3, .tooFewParticipants, .proposal)
        try Abort.require(participants.count <= Self.maximumCount, .tooManyParticipants, .proposal)
        try Abort.require(
            Set(participants).union([coordinator]).count == participants.count + 1, .duplicateKey, .proposal)
        self.participants = participants
        self.coordinator = coordinator
        var hash = Blake2b(Personalisation("QSA1 roster"))
        hash.update(littleEndian: UInt32(participants.count))
        for key in participants { hash.update(key.value) }
        hash.update(coordinator.value)
        self.digest = hash.finalize()
    }

    /// The key of a peer, nil when the roster does not know it.
    public func key(of peer: PeerID) -> VerifyingKey? {
        if peer == .coordinator { return coordinator }
        let index = Int(peer.rawValue)
        return index < participants.count ? participants[index] : nil
    }

    /// The id under which the roster lists a key, nil when it does not.
    public func id(of key: VerifyingKey) -> PeerID? {
        participants.firstIndex(of: key).map { PeerID(rawValue: UInt32($0)) }
    }
}
