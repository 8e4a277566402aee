internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// A participant that runs the real node, holds its key, and says something else.
///
/// Source: simulation section 2
final class ParticipantAdversary {
    let acts: Set<ParticipantMisbehaviour>
    private let peer: PeerID
    private var chance: SimulatedChance
    private let silenced: FrameType
    private var said: [SimulatedFrame] = []
    /// The promise whose words are to be changed, by round.
    private var shifted: [UInt64: ShiftedUpload] = [:]
    private var dealt: [UInt8]?

    private struct ShiftedUpload {
        let promise: [UInt8]
        let roots: [UInt8]
        let words: [UInt8]
    }

    init(_ peer: PeerID, _ terms: SimulatedTerms) {
        self.peer = peer
        chance = SimulatedChance(seed: terms.seed, stream: 16 + UInt64(peer.rawValue))
        var acts: Set<ParticipantMisbehaviour> = []
        for _ in 0..<(1 + chance.below(3)) { acts.insert(chance.pick(ParticipantMisbehaviour.allCases)) }
        self.acts = acts
        silenced = chance.pick([
            .advertise, .commitments, .receipt, .maskedInput, .chunk, .survivorStatement, .unmaskShares, .openingShare,
        ])
    }

    /// Reads what comes in, for its own boxes to send back.
    func observe(_ frame: SimulatedFrame, in world: SimulatedWorld) {
        if frame.type == .delivery { dealt = frame.bytes }
    }

    func rewrite(_ frame: SimulatedFrame, in world: SimulatedWorld) -> [SimulatedFrame] {
        if acts.contains(.silent), frame.type == silenced { return [] }
        if acts.contains(.repeatedFrames), !said.isEmpty, chance.happens(200) {
            world.say(chance.pick(said), isHonest: false)
        }
        if said.count < 64 { said.append(frame) }
        switch frame.type {
        case .advertise where acts.contains(.secondAdvertisement):
            return [frame, changed(frame, world) { $0[32] ^= 1 }]
        case .commitments where acts.contains(.wrongCommitments):
            return [changed(frame, world) { body in if body.count > 108 { body.swapAt(72, 104) } }]
        case .shares where acts.contains(.brokenBoxes):
            return [changed(frame, world) { body in body[44 + self.chance.below(body.count - 44)] ^= 1 }]
        case .shares where acts.contains(.reflectedShares): return [reflected(frame, world)]
        case .receipt where acts.contains(.lyingReceipt):
            return [changed(frame, world) { body in body[1] ^= 1 << UInt8(self.chance.below(4)) }]
        case .maskedInput where acts.contains(.shiftedInput):
            if let upload = shift(frame, world) { return [with(upload.promise, frame)] }
        case .maskedInput where acts.contains(.secondInput):
            return [frame, changed(frame, world) { $0[40] ^= 1 }]
        case .chunkRoots, .chunk: return [part(frame, world)]
        case .survivorStatement where acts.contains(.otherStatement):
            return [changed(frame, world) { $0[32] ^= 1 }]
        case .unmaskShares where acts.contains(.wrongShares):
            return [
                changed(frame, world) { body in
                    // The low half of a scalar may be anything: it stays canonical.
                    for start in stride(from: 40, to: body.count, by: 36) { body[start] ^= 0x55 }
                }
            ]
        default: break
        }
        return [frame]
    }

    private func part(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> SimulatedFrame {
        guard let sent = try? Frame(frame.bytes) else { return frame }
        if let upload = shifted[sent.header.round] {
            return with(frame.type == .chunk ? upload.words : upload.roots, frame)
        }
        guard frame.type == .chunk, acts.contains(.brokenUpload), frame.bytes.count > 72 else { return frame }
        var bytes = frame.bytes
        bytes[70] ^= 1
        return with(bytes, frame)
    }

    /// Adds one to the first lane of its masked words and promises the result; the witness knows by how much.
    private func shift(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> ShiftedUpload? {
        guard let sent = try? Frame(frame.bytes), let promise = try? MaskedInput(decoding: sent.body),
            let input = world.witness.inputs[.init(peer: peer, digest: promise.inputDigest)],
            var words = world.witness.words[promise.inputDigest], world.witness.checksMasks
        else { return nil }
        if let known = shifted[sent.header.round] { return known }
        var other = input
        let one =
            (try? PackedVector(reducing: [1] + [Int64](repeating: 0, count: input.count - 1), layout: input.layout))
        let masked = unsafe words.withUnsafeBytes {
            try? unsafe PackedVector(littleEndianBytes: $0, count: input.count, layout: input.layout)
        }
        guard let one, var masked, (try? other.add(one)) != nil, (try? masked.add(one)) != nil else { return nil }
        words = masked.littleEndianBytes()
        let roots = unsafe words.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        world.witness.note(words, of: peer, for: other)
        let header = sent.header
        let body = MaskedInput(
            configDigest: promise.configDigest, wordCount: promise.wordCount, inputDigest: UploadDigest.root(of: roots)
        ).encoded()
        let parts = UploadFrames.frames(
            of: words, roots: roots, sender: peer, session: header.session, round: header.round
        ).map(\.bytes)
        let upload = ShiftedUpload(promise: world.cast.forged(header, body), roots: parts[0], words: parts[1])
        shifted[header.round] = upload
        return upload
    }

    /// Its own boxes replaced by those it was dealt, as far as they go.
    private func reflected(_ frame: SimulatedFrame, _ world: SimulatedWorld) -> SimulatedFrame {
        guard let dealt, let received = try? Frame(dealt),
            let delivery = try? Delivery(decoding: received.body, limit: world.terms.participants)
        else { return frame }
        return changed(frame, world) { body in
            var start = 36
            for item in delivery.items where start + 8 + item.box.count <= body.count {
                body.replaceSubrange(start + 8..<start + 8 + item.box.count, with: item.box)
                start += 8 + item.box.count
            }
        }
    }
}
