internal import CryptoPrimitives
internal import DurableState
internal import PaillierAggregation
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation

/// Nodes of either kind of sum, with the system's randomness.
///
/// Source: simulation section 6
extension ProcessCast {
    /// The key of a trial under encryption, of toy size; every process deals it anew.
    private static let dealt = ToyThresholdKey(threshold: 3, shareholders: 4, seed: 3)

    func participant(_ peer: PeerID, _ store: any StateStore) throws(Abort) -> any ParticipantHost {
        let identity = Self.identity(peer, terms.seed)
        switch terms.sum {
        case .masking:
            return ParticipantNode(
                try Participant.restored(
                    from: store, identity: identity, roster: roster, policy: terms.policy,
                    sealingKey: sealingKey(peer), random: SystemRandomSource(), sealingRandom: SystemRandomSource()),
                store: store)
        case .paillier:
            return ParticipantNode(
                try PaillierParticipant.restored(
                    from: store, identity: identity, roster: roster, policy: terms.policy,
                    openingPolicy: OpeningPolicy(), key: Self.dealt.key,
                    share: Self.dealt.share(of: Int(peer.rawValue)), sealingKey: sealingKey(peer),
                    random: SystemRandomSource(), sealingRandom: SystemRandomSource()), store: store)
        }
    }

    func coordinator(_ store: any StateStore, _ spool: any InputSpool) throws(Abort) -> any CoordinatorHost {
        let terms = terms
        let identity = Self.identity(.coordinator, terms.seed)
        switch terms.sum {
        case .masking:
            let machine = try Coordinator.restored(
                from: store, identity: identity, roster: roster, sealingKey: sealingKey(.coordinator), spool: spool,
                sealingRandom: SystemRandomSource())
            return CoordinatorProcess(CoordinatorNode(machine, store: store)) { terms.epochParameters(at: $0) }
        case .paillier:
            let machine = try PaillierCoordinator.restored(
                from: store, identity: identity, roster: roster, key: Self.dealt.key,
                sealingKey: sealingKey(.coordinator), spool: spool, sealingRandom: SystemRandomSource())
            return CoordinatorProcess(CoordinatorNode(machine, store: store)) { now in
                SumParameters(
                    rounds: 1, colluders: 1, joinDeadline: now.advanced(byMilliseconds: terms.stepMilliseconds))
            }
        }
    }
}
