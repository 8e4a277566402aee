internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// A coordinator that runs the real node and lies about what it says: it holds the key and sees every frame.
///
/// Source: simulation section 2
final class CoordinatorAdversary {
    let acts: Set<CoordinatorMisbehaviour>
    private var chance: SimulatedChance
    /// Who is told the other story.
    private let deceived: Set<PeerID>
    private let victim: PeerID
    /// Signatures by session, round and what was signed.
    private var signatures: [StatementKey: [PeerID: Signature]] = [:]
    /// A chosen other set for each round.
    private var otherSets: [Digest: [UInt8]] = [:]
    /// The one participant that is shown a round's set, where the others are not.
    private var confidants: [RoundPlace: PeerID] = [:]
    /// The epoch's proposal, which names the session together with a list.
    private var proposal: Digest?

    private struct RoundPlace: Hashable {
        let session: Digest
        let round: UInt64
    }

    private struct StatementKey: Hashable {
        let session: Digest
        let round: UInt64
        let body: [UInt8]
    }

    init(_ terms: SimulatedTerms, kinds: [CoordinatorMisbehaviour] = CoordinatorMisbehaviour.allCases) {
        chance = SimulatedChance(seed: terms.seed, stream: 3)
        var acts: Set<CoordinatorMisbehaviour> = []
        // Half of them tell one lie only: where lists or configurations are refused, a lie about survivors has no turn.
        let lies = chance.happens(500) ? 1 : 2 + chance.below(3)
        for _ in 0..<lies { acts.insert(chance.pick(kinds)) }
        self.acts = acts
        let everybody = (0..<terms.participants).map { PeerID(rawValue: UInt32($0)) }
        var deceived: Set<PeerID> = []
        for peer in everybody where chance.happens(500) { deceived.insert(peer) }
        self.deceived = deceived
        victim = chance.pick(everybody)
    }

    /// What goes out in the place of an honest frame.
    func rewrite(_ frame: SimulatedFrame, in world: SimulatedWorld) -> [SimulatedFrame] {
        if acts.contains(.repeatedRound), chance.happens(100), !world.past.isEmpty {
            let old = world.past[chance.below(world.past.count)]
            if old.from == .coordinator { later(old, world) }
        }
        switch frame.type {
        case .epochProposal: proposal = (try? Frame(frame.bytes))?.digest
        case .roundConfig: return configurations(frame, world)
        case .survivors: return survivors(frame, world)
        case .unmaskRequest:
            if acts.contains(.conflictingRequest) { conflictingRequest(like: frame, world) }
        case .advertiseList where acts.contains(.splitList) && deceived.contains(frame.to):
            if let other = otherList(frame, world) { return [other] }
        case .delivery where acts.contains(.twistedDelivery) && chance.happens(400): return [twisted(frame, world)]
        case .acknowledgement where acts.contains(.falseAcknowledgement):
            return [changed(frame, world) { $0[4 + self.chance.below(32)] ^= 1 }, frame]
        case .result where acts.contains(.forgedResult):
            return [changed(frame, world) { $0[72] ^= 1 }, frame]
        default: break
        }
        if acts.contains(.forgedAbort), chance.happens(60), let sent = try? Frame(frame.bytes) {
            let body = AbortNotice(Abort(.tooFewSurvivors, .survivors)).encoded()
            let header = FrameHeader(
                .abort, sender: .coordinator, session: sent.header.session, round: sent.header.round)
            later(SimulatedFrame(from: .coordinator, to: frame.to, bytes: world.cast.forged(header, body)), world)
        }
        return [frame]
    }

    /// Reads what comes in: the signatures of everybody under anything.
    func observe(_ frame: SimulatedFrame, in world: SimulatedWorld) {
        guard frame.type == .survivorStatement, let statement = try? Frame(frame.bytes),
            let key = world.cast.roster.key(of: statement.header.sender), statement.isSigned(by: key),
            let signature = statement.signature
        else { return }
        let place = StatementKey(
            session: statement.header.session, round: statement.header.round, body: [UInt8](statement.body))
        let isNew = signatures[place, default: [:]].updateValue(signature, forKey: statement.header.sender) == nil
        // The real node asks for shares under the set it knows; a set that is made up, its maker must ask for. One request a
        // signature: what answers a request may be the statement again.
        let signers = world.witness.corrupt.union(signatures[place, default: [:]].keys).count
        let isMadeUp = otherSets[place.session] == place.body && signers >= world.terms.quorum
        if isNew, isMadeUp || acts.contains(.unbackedRequest) { request(place, world) }
    }

    // MARK: Configurations and lists

    private func configurations(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> [SimulatedFrame] {
        let other = changed(frame, world) { $0[0] ^= 1 }
        if acts.contains(.splitConfiguration), deceived.contains(frame.to) { return [other] }
        if acts.contains(.secondConfiguration) { later(other, world) }
        let count = world.terms.participants
        guard let sent = try? Frame(frame.bytes),
            var config = try? RoundConfig(decoding: sent.body, participants: seats(sent.header.session, world) ?? count)
        else { return [frame] }
        if acts.contains(.otherCohort), let seat = config.cohort.indices.last, victim != frame.to {
            config.cohort[seat] = false
            later(replaced(frame, config.encoded(), world), world)
        }
        if acts.contains(.weakConfiguration), deceived.contains(frame.to) {
            config.minimumSurvivors = 2
            return [replaced(frame, config.encoded(), world)]
        }
        return [frame]
    }

    private func otherList(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> SimulatedFrame? {
        guard let sent = try? Frame(frame.bytes),
            var frames = try? AdvertiseList.frames(in: sent.body, limit: world.terms.participants),
            let place = frames.firstIndex(where: { $0.header.sender == victim }), victim != frame.to
        else { return nil }
        frames.remove(at: place)
        guard let proposal else { return nil }
        // The session that whoever is shown this list computes.
        var session = Blake2b(Personalisation("QSA1 session"))
        session.update(proposal)
        session.update(littleEndian: UInt32(frames.count))
        for frame in frames { session.update(frame.digest) }
        let header = FrameHeader(
            .advertiseList, sender: .coordinator, session: session.finalize(), round: sent.header.round)
        return SimulatedFrame(
            from: .coordinator, to: frame.to, bytes: world.cast.forged(header, AdvertiseList.encoded(frames)))
    }

    private func twisted(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> SimulatedFrame {
        if chance.happens(500) {
            let other = world.participants[chance.below(world.participants.count)].peer
            return SimulatedFrame(from: .coordinator, to: other, bytes: frame.bytes)
        }
        return changed(frame, world) { body in
            if body.count > 80 { body[body.count - 1 - self.chance.below(64)] ^= 1 }
        }
    }

    // MARK: Survivor sets

    private func survivors(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> [SimulatedFrame] {
        if acts.contains(.shrunkSurvivors), let small = shrunk(frame, world) { return [small] }
        guard isShown(frame, world) else { return [] }
        guard let other = set(frame, world, keeping: { $0 != self.victim }) else { return [frame] }
        if acts.contains(.excludedSurvivor) { return [other] }
        if acts.contains(.splitSurvivors), deceived.contains(frame.to) { return [other] }
        if acts.contains(.secondSurvivors) { later(other, world) }
        return [frame]
    }

    /// Who asks for shares without a quorum sees to it that there is none: in seven rounds of ten it shows the set to one
    /// participant only. Where everybody is shown it, everybody signs at once, and a request that leaves any signature
    /// out comes when a quorum has signed all the same.
    private func isShown(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> Bool {
        guard acts.contains(.unbackedRequest), let sent = try? Frame(frame.bytes) else { return true }
        let place = RoundPlace(session: sent.header.session, round: sent.header.round)
        if confidants[place] == nil {
            let honest = world.participants.map(\.peer).filter { !world.witness.corrupt.contains($0) }
            confidants[place] = chance.happens(700) ? chance.pick(honest) : .coordinator
        }
        return confidants[place] == .coordinator || confidants[place] == frame.to
    }

    /// Two of the set; on a ring all but one window, which leaves survivors enough in all.
    private func shrunk(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> SimulatedFrame? {
        if let session = (try? Frame(frame.bytes))?.header.session,
            let hole = world.witness.rings[session]?.window(from: victim)
        {
            return set(frame, world) { !hole.contains($0) }
        }
        return firstOfSet(frame, world, count: 2)
    }

    /// The first so many of the proposed set.
    func firstOfSet(_ frame: SimulatedFrame, _ world: SimulatedWorld, count: Int) -> SimulatedFrame? {
        var left = count
        return set(frame, world) { _ in
            left -= 1
            return left >= 0
        }
    }

    /// Some of the proposed set.
    private func set(
        _ frame: SimulatedFrame, _ world: SimulatedWorld, keeping isKept: (PeerID) -> Bool
    ) -> SimulatedFrame? {
        guard let sent = try? Frame(frame.bytes), let seats = seats(sent.header.session, world),
            let list = try? SurvivorList(decoding: sent.body, participants: seats)
        else { return nil }
        var kept: [(seat: Int, frame: Frame)] = []
        for (seat, input) in zip(list.agreement.survivors.indices, list.inputs) where isKept(input.header.sender) {
            kept.append((seat, input))
        }
        guard !kept.isEmpty, kept.count < list.inputs.count else { return nil }
        let agreement = Agreement(
            configDigest: list.agreement.configDigest, survivors: Bitmap(count: seats, indices: kept.map(\.seat)),
            root: Agreement.root(of: kept.map { ($0.frame.header.sender, $0.frame.digest) }))
        let body = SurvivorList.encoded(agreement, inputs: kept.map(\.frame))
        otherSets[sent.header.session] = agreement.encoded()
        return replaced(frame, body, world)
    }

    /// A request for shares under one set, with the signatures there are and those of the adversary's own members.
    private func request(_ place: StatementKey, _ world: SimulatedWorld) {
        guard let seats = seats(place.session, world) else { return }
        var reader = ByteReader(place.body)
        guard let agreement = try? Agreement(reading: &reader, participants: seats) else { return }
        var signed = signatures[place] ?? [:]
        for peer in world.witness.corrupt {
            let header = FrameHeader(.survivorStatement, sender: peer, session: place.session, round: place.round)
            signed[peer] = Frame(header, body: place.body, key: world.cast.identity(peer)).signature
        }
        let entries = signed.sorted { $0.key < $1.key }.map { (id: $0.key, signature: $0.value) }
        let header = FrameHeader(.unmaskRequest, sender: .coordinator, session: place.session, round: place.round)
        let bytes = world.cast.forged(header, UnmaskRequest(agreement: agreement, signatures: entries).encoded())
        for entry in entries where !world.witness.corrupt.contains(entry.id) {
            later(SimulatedFrame(from: .coordinator, to: entry.id, bytes: bytes), world)
        }
    }

    private func conflictingRequest(like frame: SimulatedFrame, _ world: SimulatedWorld) {
        guard let sent = try? Frame(frame.bytes), let other = otherSets[sent.header.session] else { return }
        request(StatementKey(session: sent.header.session, round: sent.header.round, body: other), world)
    }

    // MARK: Pieces

    private func seats(_ session: Digest, _ world: SimulatedWorld) -> Int? { world.witness.sessions[session]?.count }

    private func later(_ frame: SimulatedFrame, _ world: SimulatedWorld) {
        world.witness.heard(frame)
        // As fast as an honest answer, or when the step is long over.
        let delay = chance.happens(500) ? chance.between(1, 20) : chance.between(20, 400)
        world.queue.push(.deliver(frame), at: world.now + delay)
    }

    private func replaced(_ frame: SimulatedFrame, _ body: [UInt8], _ world: SimulatedWorld) -> SimulatedFrame {
        changed(frame, world) { $0 = body }
    }
}
