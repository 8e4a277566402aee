internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// The values of one round.
extension EpochValues {
    func round(_ round: EpochScript.Round) throws(VectorFault) -> JSONValue {
        let number = round.number
        guard let configFrame = frames(.roundConfig, round: number).first,
            let survivorFrame = frames(.survivors, round: number).first,
            let resultFrame = frames(.result, round: number).first, let outcome = replay.coordinator.outcomes[number]
        else { throw VectorFault.malformed("round \(number) has no sum") }
        let count = ids.count
        let config = try mappingDecoding { () throws(DecodingFailure) in
            try RoundConfig(decoding: configFrame.body, participants: count)
        }
        let list = try mappingAbort { () throws(Abort) in
            try SurvivorList(decoding: survivorFrame.body, participants: count)
        }
        let result = try mappingDecoding { () throws(DecodingFailure) in
            try ResultHeader(decoding: resultFrame.body)
        }
        let binding = MaskContext(session: session, round: number, configDigest: configFrame.digest)
        let cohort = config.cohort.indices.map { ids[$0] }
        let survivors = list.agreement.survivors.indices.map { ids[$0] }
        for participant in replay.participants {
            guard let own = participant.outcomes[number] else { continue }
            guard own.sum == outcome.sum else { throw VectorFault.malformed("\(participant.id) has another sum") }
        }
        var uploads: [JSONValue] = []
        for id in survivors { uploads.append(try upload(id, round, binding)) }
        let answers = frames(.unmaskShares, round: number)
        return [
            "round": .count(number), "receiptsDigest": .hex(config.receiptsDigest),
            "configDigest": .hex(configFrame.digest), "cohort": .array(cohort.map { .count($0) }),
            "pairs": .array(try pairs(survivors, cohort, binding)), "uploads": .array(uploads),
            "survivors": .array(survivors.map { .count($0) }), "survivorsRoot": .hex(list.agreement.root),
            "agreement": .hex(list.agreement.encoded()),
            "agreementDigest": .hex(list.agreement.digest(session: session, round: number)),
            "signers": senders(frames(.survivorStatement, round: number)), "answers": senders(answers),
            "recovered": .array(try recovered(answers, cohort, survivors)),
            "sum": .decimals(outcome.sum.signedValues()), "sumWords": .hex(outcome.sum.littleEndianBytes()),
            "sumDigest": .hex(result.sumDigest), "contributors": .count(result.contributors),
        ]
    }

    private func senders(_ frames: [Frame]) -> JSONValue {
        .array(frames.map(\.header.sender.rawValue).sorted().map { .count($0) })
    }

    private func secret(_ id: UInt32, _ kind: SecretKind, round: UInt64) throws(VectorFault) -> SecretScalar {
        let index = Int(round - script.firstRound)
        let own = secrets(of: script.members[Int(id)])[index]
        return try Self.scalar(kind == .pairwise ? own.e : own.beta)
    }

    /// The seeds between survivors, and between survivors and who dropped out, by ascending pair.
    private func pairs(
        _ survivors: [UInt32], _ cohort: [UInt32], _ binding: MaskContext
    ) throws(VectorFault) -> [JSONValue] {
        var pairs: [JSONValue] = []
        let index = Int(binding.round - script.firstRound)
        for low in cohort {
            for high in cohort where low < high && (survivors.contains(low) || survivors.contains(high)) {
                guard let peer = advertisements[high] else { continue }
                let secret = try secret(low, .pairwise, round: binding.round)
                let point = peer.points[index].pairwise
                let texts: (shared: String, seed: String)
                do throws(CryptoFailure) {
                    let seed = try MaskSeed(
                        pairwise: secret, with: point, between: PeerID(rawValue: high), and: PeerID(rawValue: low),
                        context: binding)
                    let shared = try secret.sharedSecret(with: point)
                    texts = (Hexadecimal.text(ofPublished: shared), seed.publishedText)
                } catch {
                    throw VectorFault(error)
                }
                pairs.append([
                    "low": .count(low), "high": .count(high), "sharedPoint": .string(texts.shared),
                    "seed": .string(texts.seed),
                ])
            }
        }
        return pairs
    }

    private func upload(
        _ id: UInt32, _ round: EpochScript.Round, _ binding: MaskContext
    ) throws(VectorFault) -> JSONValue {
        let number = round.number
        guard let frame = frame(.maskedInput, from: id, round: number), let values = round.values[id] else {
            throw VectorFault.malformed("\(id) has sent no input")
        }
        let input = try mappingDecoding { () throws(DecodingFailure) in try MaskedInput(decoding: frame.body) }
        let plain = try mappingRing { () throws(RingFailure) in
            try PackedVector(packing: values, layout: LaneLayout(bits: round.parameters.ringBits))
        }
        let seed = MaskSeed(
            selfMask: try secret(id, .selfMask, round: number), of: PeerID(rawValue: id), context: binding)
        let chunks = frames(.chunk, round: number).filter { $0.header.sender.rawValue == id }
        return [
            "id": .count(id), "selfSeed": .string(seed.publishedText), "plainWords": .hex(plain.littleEndianBytes()),
            "maskedWords": .hex(chunks.flatMap { $0.body.dropFirst(4) }), "inputDigest": .hex(input.inputDigest),
            "maskedInputFrameDigest": .hex(frame.digest),
        ]
    }

    /// Each dealer's secret from the shares of the first holders by id.
    private func recovered(
        _ answers: [Frame], _ cohort: [UInt32], _ survivors: [UInt32]
    ) throws(VectorFault) -> [JSONValue] {
        let count = ids.count
        var messages: [(holder: UInt32, shares: [PeerID: Bytes32])] = []
        for frame in answers.sorted(by: { $0.header.sender < $1.header.sender }) {
            let message = try mappingDecoding { () throws(DecodingFailure) in
                try UnmaskShares(decoding: frame.body, participants: count)
            }
            messages.append(
                (frame.header.sender.rawValue, Dictionary(message.shares.map { ($0.dealer, $0.share) }) { $1 }))
        }
        var recovered: [JSONValue] = []
        for dealer in cohort {
            let held = messages.compactMap { message in
                message.shares[PeerID(rawValue: dealer)].map { (holder: message.holder, share: $0) }
            }.prefix(Int(threshold))
            guard let weights = try? Shamir.Weights(holders: held.map(\.holder)) else {
                throw VectorFault.malformed("nobody has answered for \(dealer)")
            }
            recovered.append([
                "id": .count(dealer), "kind": survivors.contains(dealer) ? "beta" : "e",
                "scalar": .string(try ShamirVectors.combine(held.map(\.share), weights)),
            ])
        }
        return recovered
    }
}
