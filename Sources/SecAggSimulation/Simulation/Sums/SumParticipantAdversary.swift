internal import CryptoPrimitives
internal import PaillierAggregation
internal import RingVectors
internal import RoundProtocol

/// A company of an encrypted sum that runs the real node, holds its key and its share, and says something else.
///
/// Source: simulation section 7
final class SumParticipantAdversary: FrameAdversary {
    let acts: Set<SumParticipantMisbehaviour>
    private let peer: PeerID
    private var chance: SimulatedChance
    private var random: any RandomSource
    private let silenced: FrameType
    private var said: [SimulatedFrame] = []
    /// What it says in the place of an honest promise, by the honest frame's digest; nil when it leaves it as it is.
    private var replaced: [Digest: SumUpload?] = [:]
    /// What follows the promise that it said last.
    private var current: SumUpload?
    private var contributions: [[UInt8]] = []
    private var partBytes: [[UInt8]] = []

    init(_ peer: PeerID, _ terms: SimulatedTerms) {
        self.peer = peer
        chance = SimulatedChance(seed: terms.seed, stream: 32 + UInt64(peer.rawValue))
        random = SeededRandomSource(seed: terms.seed, label: "hostile \(peer.rawValue)")
        var acts: Set<SumParticipantMisbehaviour> = []
        for _ in 0..<(1 + chance.below(3)) { acts.insert(chance.pick(SumParticipantMisbehaviour.allCases)) }
        self.acts = acts
        silenced = chance.pick([.join, .maskedInput, .chunk, .survivorStatement, .openingShare])
    }

    func observe(_ frame: SimulatedFrame, in world: SimulatedWorld) {}

    func rewrite(_ frame: SimulatedFrame, in world: SimulatedWorld) -> [SimulatedFrame] {
        if acts.contains(.silent), frame.type == silenced { return [] }
        if acts.contains(.repeatedFrames), !said.isEmpty, chance.happens(200) {
            world.say(chance.pick(said), isHonest: false)
        }
        if said.count < 64 { said.append(frame) }
        switch frame.type {
        case .join where acts.contains(.secondJoin): return [frame, changed(frame, world) { $0[40] ^= 1 }]
        case .maskedInput: return promise(frame, world, contribution, second: .secondContribution)
        case .openingShare: return promise(frame, world, part, second: .secondPart)
        case .chunkRoots: return [current.map { with($0.roots, frame) } ?? frame]
        case .chunk:
            if let current { return [with(current.chunk, frame)] }
            guard acts.contains(.brokenUpload), frame.bytes.count > 72 else { return [frame] }
            var bytes = frame.bytes
            bytes[70] ^= 1
            return [with(bytes, frame)]
        case .survivorStatement where acts.contains(.otherStatement):
            return [changed(frame, world) { $0[32] ^= 1 }]
        default: return [frame]
        }
    }

    /// A promise, perhaps of something else, and perhaps a second one beside it.
    private func promise(
        _ frame: SimulatedFrame, _ world: SimulatedWorld, _ other: (Frame, SimulatedWorld) -> [UInt8]?,
        second: SumParticipantMisbehaviour
    ) -> [SimulatedFrame] {
        guard let sent = try? Frame(frame.bytes) else { return [frame] }
        if replaced[sent.digest] == nil {
            let bytes = other(sent, world)
            if let bytes, sent.header.type == .maskedInput { world.witness.note(bytes, of: peer) }
            replaced[sent.digest] = .some(bytes.flatMap { SumUpload($0, like: sent, world) })
        }
        current = replaced[sent.digest].flatMap { $0 }
        let first = current.map { with($0.promise, frame) } ?? frame
        // The digest stands last in both.
        return acts.contains(second) ? [first, changed(first, world) { $0[$0.count - 1] ^= 1 }] : [first]
    }

    /// Other bytes than the contribution that was promised; nil for the honest ones.
    private func contribution(_ promise: Frame, _ world: SimulatedWorld) -> [UInt8]? {
        guard let masked = try? MaskedInput(decoding: promise.body),
            let config = world.witness.configurations[masked.configDigest],
            let own = world.witness.words[masked.inputDigest],
            let input = world.witness.inputs[.init(peer: peer, digest: masked.inputDigest)]
        else { return nil }
        defer { contributions.append(own) }
        if acts.contains(.forgedProof) {
            var bytes = own
            bytes[bytes.count - world.terms.opening.dealt.key.publicKey.parameters.modulusBytes] ^= 1
            return bytes
        }
        if acts.contains(.oldContribution), let old = contributions.last { return old }
        if acts.contains(.derivedContribution),
            let other = world.witness.sums?.contribution(of: masked.configDigest, besides: peer),
            let bytes = world.witness.words[other]
        {
            return SumUpload.derived(bytes, config, world, from: &random)
        }
        // With masks inside a value of its own would not cancel the others' masks: that is the round's loss.
        if acts.contains(.otherInput), !world.terms.opening.masksInside {
            let values = input.signedValues().map { $0 / 2 }
            guard let other = try? PackedVector(packing: values, layout: input.layout),
                let bytes = SumUpload.contribution(values, weight: 1, for: promise, world, from: &random)
            else { return nil }
            world.witness.note(bytes, of: peer, for: other)
            return bytes
        }
        if acts.contains(.uncountedInput) {
            let values = input.signedValues()
            return SumUpload.contribution(values, weight: 0, for: promise, world, from: &random)
        }
        return nil
    }

    /// Other bytes than the part that was promised; nil for the honest ones.
    private func part(_ promise: Frame, _ world: SimulatedWorld) -> [UInt8]? {
        guard let header = try? OpeningShareHeader(decoding: promise.body),
            let own = world.witness.sums?.parts[header.digest]
        else { return nil }
        defer { partBytes.append(own) }
        if acts.contains(.wrongPart) {
            var bytes = own
            bytes[100 + chance.below(bytes.count - 100)] ^= 1
            return bytes
        }
        if acts.contains(.oldPart), let old = partBytes.last { return old }
        return acts.contains(.otherPart) ? otherPart(header, promise, world) : nil
    }

    /// A part, sound in itself, of the sum of all but one.
    private func otherPart(_ header: OpeningShareHeader, _ promise: Frame, _ world: SimulatedWorld) -> [UInt8]? {
        let key = world.terms.opening.dealt.key
        guard var survivors = world.witness.sums?.contributions(to: header.agreementDigest, world.witness),
            survivors.count > 1
        else { return nil }
        survivors.removeLast()
        do throws(PaillierFailure) {
            let request = try OpeningRequest(
                mode: world.terms.opening.mode, session: promise.header.session, round: promise.header.round,
                contributions: survivors, key: key)
            switch world.terms.opening.dealt.share(of: Int(peer.rawValue)) {
            case .none: return nil
            case .some(let share): return try share.open(request, key: key, from: &random).bytes()
            }
        } catch {
            return nil
        }
    }
}
