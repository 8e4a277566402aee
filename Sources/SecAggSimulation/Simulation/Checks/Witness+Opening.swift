internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// Statements and opened shares.
///
/// Source: simulation section 4
extension Witness {
    /// An honest client signs a survivor set.
    func statementLeft(_ frame: Frame, _ owner: Life) {
        let (session, round) = (frame.header.session, frame.header.round)
        guard let ids = sessions[session] else { return }
        var reader = ByteReader(frame.body)
        guard let agreement = try? Agreement(reading: &reader, participants: ids.count) else { return }
        let digest = agreement.digest(session: session, round: round)
        agreements[digest] = agreement
        signers[digest, default: []].insert(owner.peer)
        let key = RoundKey(session: session, round: round)
        let listed = agreement.survivors.indices.map { ids[$0] }
        if heldAcknowledgements.contains(HeldKey(peer: owner.peer, round: key)), !listed.contains(owner.peer) {
            violate(.acknowledgedExcluded, "\(owner.peer) signs a set without its acknowledged input")
        }
        guard let model = configurations[agreement.configDigest]?.modelDigest else { return }
        let survivors = agreement.survivorsDigest(ids: ids, roster: cast.roster)
        if let known = models.updateValue(survivors, forKey: ModelKey(life: owner, model: model)), known != survivors {
            violate(.twoSetsForAModel, "\(owner.peer) in round \(round)")
        }
    }

    /// An honest client opens its shares under a set: the last moment at which anything can be stopped.
    func sharesLeft(_ frame: Frame) {
        let (session, holder) = (frame.header.session, frame.header.sender)
        let key = RoundKey(session: session, round: frame.header.round)
        guard let ids = sessions[session],
            let shares = try? UnmaskShares(decoding: frame.body, participants: ids.count)
        else { return }
        guard let agreement = opening(shares.agreementDigest, by: holder, in: key) else { return }
        for (dealer, _) in shares.shares {
            guard let seat = ids.firstIndex(of: dealer) else { continue }
            note(dealer, isSelf: agreement.survivors[seat], holder, key)
        }
    }

    /// An honest client opens a set: the only one of the round, behind which a quorum stands and in which there are enough. Nil
    /// for a set that nobody has seen.
    func opening(_ digest: Digest, by holder: PeerID, in key: RoundKey) -> Agreement? {
        guard let agreement = agreements[digest] else {
            violate(.noQuorum, "\(holder) opens a set that nobody has seen")
            return nil
        }
        if let known = openedSets.updateValue(digest, forKey: key), known != digest {
            violate(.twoSetsOpened, "round \(key.round)")
        }
        // Every frame of an honest client passes here, so its signature can be in no request that this has not seen.
        let honest = (signers[digest] ?? []).subtracting(corrupt).count
        if honest + corrupt.count < terms.quorum {
            violate(.noQuorum, "\(holder) in round \(key.round): \(honest) honest signatures")
        }
        if agreement.survivors.population < terms.floor {
            violate(.tooFewSurvivors, "\(holder) opens \(agreement.survivors.population) in round \(key.round)")
        }
        if let ring = rings[key.session], let ids = sessions[key.session] {
            check(ring, Set(agreement.survivors.indices.map { ids[$0] }), holder, key)
        }
        return agreement
    }

    /// What holds together a set on a ring: enough survivors in every window, and honest ones that masks tie together.
    private func check(_ ring: SimulatedRing, _ survivors: Set<PeerID>, _ holder: PeerID, _ round: RoundKey) {
        if ring.fewestInWindow(survivors) <= terms.windowFloor {
            violate(.tooFewSurvivors, "\(holder) opens a set with an empty window in round \(round.round)")
        }
        if !ring.isConnected(survivors.subtracting(corrupt)) {
            violate(.splitGraph, "\(holder) in round \(round.round)")
        }
    }

    /// Counts what the adversary has of one client's two secrets: opened shares and those of its own members.
    func note(_ dealer: PeerID, isSelf: Bool, _ holder: PeerID, _ round: RoundKey) {
        let mine = SecretKey(round: round, dealer: dealer, isSelf: isSelf)
        holders[mine, default: []].insert(holder)
        guard !corrupt.contains(dealer),
            let others = holders[SecretKey(round: round, dealer: dealer, isSelf: !isSelf)]
        else { return }
        let accomplices = corrupt.filter { rings[round.session]?.holds($0, of: dealer) ?? true }
        let counts = [holders[mine] ?? [], others].map { $0.union(accomplices).count }
        if counts.allSatisfy({ $0 >= terms.threshold }) || others.contains(holder) {
            violate(.bothSecrets, "\(dealer) in round \(round.round)")
        }
    }
}
