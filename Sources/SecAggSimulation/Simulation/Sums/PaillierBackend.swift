internal import CryptoPrimitives
internal import DurableState
internal import PaillierAggregation
internal import RoundProtocol
internal import SecureFederation

/// Sums under encryption: a company keeps its share of the key outside its records, so that every process has it.
struct PaillierBackend: SimulatedBackend {
    let terms: SimulatedTerms
    let cast: SimulatedCast

    func participant(
        _ id: Int, store: any StateStore, incarnation: Int
    ) throws(Abort) -> any ParticipantHost {
        let peer = PeerID(rawValue: UInt32(id))
        let participant = try PaillierParticipant.restored(
            from: store, identity: cast.identity(peer), roster: cast.roster, policy: terms.policy,
            openingPolicy: terms.opening.policy, key: terms.opening.dealt.key,
            share: terms.opening.dealt.share(of: id), sealingKey: cast.sealingKey(peer),
            random: cast.random("sum party \(id) \(incarnation)"),
            sealingRandom: cast.random("nonces \(id) \(incarnation)"))
        return ParticipantNode(participant, store: store)
    }

    func coordinator(
        store: any StateStore, spool: any InputSpool, incarnation: Int
    ) throws(Abort) -> any CoordinatorHost {
        let coordinator = try PaillierCoordinator.restored(
            from: store, identity: cast.identity(.coordinator), roster: cast.roster, key: terms.opening.dealt.key,
            sealingKey: cast.sealingKey(.coordinator), spool: spool,
            sealingRandom: cast.random("server nonces \(incarnation)"))
        let terms = terms
        return CoordinatorProcess(CoordinatorNode(coordinator, store: store)) { terms.sumParameters(at: $0) }
    }
}
