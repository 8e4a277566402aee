internal import CryptoPrimitives
internal import PaillierAggregation
internal import RoundProtocol

/// A coordinator of encrypted sums that runs the real node and lies: in what masking has too as `CoordinatorAdversary` does, and in
/// what only this sum has.
///
/// Source: simulation section 7
final class SumCoordinatorAdversary: FrameAdversary {
    let acts: Set<SumCoordinatorMisbehaviour>
    private let shared: CoordinatorAdversary
    private var chance: SimulatedChance
    private let deceived: Set<PeerID>
    private let victim: PeerID
    private var proposal: Frame?
    /// Parts of contributions on their way to shareholders: the last of each kind, for another one's name.
    private var parts: [FrameType: SimulatedFrame] = [:]
    /// The header of a result that waits for the opening's bytes.
    private var results: [PeerID: SimulatedFrame] = [:]

    init(_ terms: SimulatedTerms) {
        shared = CoordinatorAdversary(
            terms, kinds: CoordinatorMisbehaviour.allCases.filter { $0 != .twistedDelivery && $0 != .splitList })
        chance = SimulatedChance(seed: terms.seed, stream: 4)
        var acts: Set<SumCoordinatorMisbehaviour> = []
        for _ in 0..<chance.below(4) { acts.insert(chance.pick(SumCoordinatorMisbehaviour.allCases)) }
        self.acts = acts
        let everybody = (0..<terms.participants).map { PeerID(rawValue: UInt32($0)) }
        var deceived: Set<PeerID> = []
        for peer in everybody where chance.happens(500) { deceived.insert(peer) }
        self.deceived = deceived
        victim = chance.pick(everybody)
    }

    func observe(_ frame: SimulatedFrame, in world: SimulatedWorld) { shared.observe(frame, in: world) }

    func rewrite(_ frame: SimulatedFrame, in world: SimulatedWorld) -> [SimulatedFrame] {
        switch frame.type {
        case .sumProposal:
            proposal = try? Frame(frame.bytes)
            if acts.contains(.splitProposal), deceived.contains(frame.to) {
                // Another deadline, another proposal.
                return [changed(frame, world) { $0[$0.count - 8] ^= 1 }]
            }
        case .joinList where acts.contains(.splitJoins) && deceived.contains(frame.to):
            if let other = otherJoins(frame, world) { return [other] }
        case .survivors where acts.contains(.singleSurvivor):
            if let single = shared.firstOfSet(frame, world, count: 1) { return [single] }
        case .chunkRoots, .chunk:
            guard let sent = try? Frame(frame.bytes) else { return [frame] }
            return sent.header.sender == .coordinator ? opening(frame, sent, world) : shown(frame, sent)
        case .result where acts.contains(.forgedOpening) && deceived.contains(frame.to):
            results[frame.to] = frame
            return []
        default: break
        }
        return shared.rewrite(frame, in: world)
    }

    private func otherJoins(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> SimulatedFrame? {
        guard let proposal, let sent = try? Frame(frame.bytes), victim != frame.to,
            let terms = try? SumProposal(decoding: proposal.body),
            var frames = try? AdvertiseList.frames(in: sent.body, limit: world.terms.participants),
            let place = frames.firstIndex(where: { $0.header.sender == victim })
        else { return nil }
        frames.remove(at: place)
        let session = try? SumSession(
            proposal: terms, proposalDigest: proposal.digest, firstRound: sent.header.round, frames: frames,
            roster: world.cast.roster, key: world.terms.opening.dealt.key)
        guard let session else { return nil }
        let header = FrameHeader(.joinList, sender: .coordinator, session: session.id, round: sent.header.round)
        return SimulatedFrame(
            from: .coordinator, to: frame.to, bytes: world.cast.forged(header, AdvertiseList.encoded(frames)))
    }

    /// A contribution on its way to a shareholder.
    private func shown(_ frame: SimulatedFrame, _ sent: Frame) -> [SimulatedFrame] {
        let (header, type) = (sent.header, sent.header.type)
        if acts.contains(.missingContribution), header.sender == victim { return [] }
        defer { parts[type] = frame }
        guard acts.contains(.otherContribution), deceived.contains(frame.to), let other = parts[type],
            let body = try? Frame(other.bytes).body
        else { return [frame] }
        return [with(Frame(unsigned: header, body: [UInt8](body)).bytes, frame)]
    }

    /// The opening on its way back: with one bit changed, and promised so.
    private func opening(_ frame: SimulatedFrame, _ sent: Frame, _ world: SimulatedWorld) -> [SimulatedFrame] {
        guard let waiting = results[frame.to] else { return [frame] }
        guard sent.header.type == .chunk else { return [] }
        results[frame.to] = nil
        guard let (index, content) = try? UploadFrames.chunk(sent.body), index == 0, !content.isEmpty,
            let promised = try? Frame(waiting.bytes), let honest = try? ResultHeader(decoding: promised.body),
            UInt64(content.count) == 8 * honest.wordCount
        else { return [waiting, frame] }
        var bytes = [UInt8](content)
        bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let header = ResultHeader(
            configDigest: honest.configDigest, agreementDigest: honest.agreementDigest, wordCount: honest.wordCount,
            sumDigest: UploadDigest.root(of: roots), contributors: honest.contributors)
        let parts = UploadFrames.frames(
            of: bytes, roots: roots, sender: .coordinator, session: sent.header.session, round: sent.header.round
        ).map(\.bytes)
        return ([world.cast.forged(promised.header, header.encoded())] + parts).map { with($0, frame) }
    }
}
