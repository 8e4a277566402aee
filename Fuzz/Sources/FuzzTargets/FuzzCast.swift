import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecAggSimulation
import SecureAggregation

/// The keys of everybody in the fuzzed session, from a fixed seed: the fuzzer signs as anybody. They protect nothing.
struct FuzzCast: Sendable {
    let roster: Roster

    init(participants: Int) {
        let keys = (0..<participants).map { Self.identity(PeerID(rawValue: UInt32($0))).verifyingKey }
        guard let roster = try? Roster(participants: keys, coordinator: Self.identity(.coordinator).verifyingKey) else {
            preconditionFailure("a legal roster")
        }
        self.roster = roster
    }

    static func random(_ label: String) -> any RandomSource { SeededRandomSource(seed: 1, label: label) }

    private static func identity(_ peer: PeerID) -> SigningKey {
        var source = random("identity \(peer.rawValue)")
        return SigningKey(from: &source)
    }

    /// The signing key of a peer; outsiders have one too.
    func identity(_ peer: PeerID) -> SigningKey { Self.identity(peer) }

    func sealingKey(_ peer: PeerID) -> SealingKey {
        var source = Self.random("sealing \(peer.rawValue)")
        return SealingKey(from: &source)
    }

    /// A frame, signed by whoever it names if its type is a signed one.
    func frame(_ header: FrameHeader, _ body: [UInt8]) -> Frame {
        header.type.isSigned
            ? Frame(header, body: body, key: identity(header.sender)) : Frame(unsigned: header, body: body)
    }

    func participant(_ id: Int) throws(Abort) -> Participant {
        let peer = PeerID(rawValue: UInt32(id))
        return try Participant(
            identity: identity(peer), roster: roster, policy: FuzzSession.policy, sealingKey: sealingKey(peer),
            random: Self.random("party \(id)"), sealingRandom: Self.random("nonces \(id)"))
    }

    func coordinator(_ spool: any InputSpool) throws(Abort) -> Coordinator {
        try Coordinator(
            identity: identity(.coordinator), roster: roster, sealingKey: sealingKey(.coordinator), spool: spool,
            sealingRandom: Self.random("server nonces"))
    }

    /// A participant as its store remembers it.
    func restored(_ id: Int, from store: any StateStore, life: Int) throws(Abort) -> Participant {
        let peer = PeerID(rawValue: UInt32(id))
        return try Participant.restored(
            from: store, identity: identity(peer), roster: roster, policy: FuzzSession.policy,
            sealingKey: sealingKey(peer), random: Self.random("party \(id) \(life)"),
            sealingRandom: Self.random("nonces \(id) \(life)"))
    }

    /// A coordinator as its store remembers it.
    func restored(from store: any StateStore, spool: any InputSpool, life: Int) throws(Abort) -> Coordinator {
        try Coordinator.restored(
            from: store, identity: identity(.coordinator), roster: roster, sealingKey: sealingKey(.coordinator),
            spool: spool, sealingRandom: Self.random("server nonces \(life)"))
    }
}
