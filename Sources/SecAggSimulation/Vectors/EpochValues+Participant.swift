internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// The values of one participant, drawn once more from its published randomness.
extension EpochValues {
    func participant(_ member: EpochScript.Member) throws(VectorFault) -> JSONValue {
        let key = script.roster.participants[Int(member.id)]
        var members = [JSONMember("id", .count(member.id)), JSONMember("identityPublicKey", .hex(key.value))]
        guard let advertise = frame(.advertise, from: member.id) else { return .object(members) }
        var stream: any RandomSource = SeededRandomSource(key: member.randomness)
        let seed = Self.draw(32, &stream)
        let nonce = Self.draw(32, &stream)
        let exchange = KeyExchangeKey(seed: VectorFields.secret(seed))
        members += [
            JSONMember("kxSeed", .hex(seed)), JSONMember("kxSecretKey", .hex(KeyVectors.exchangeSecret(seed))),
            JSONMember("kxPublicKey", .hex(exchange.publicKey.value)), JSONMember("nonce", .hex(nonce)),
            JSONMember("advertiseDigest", .hex(advertise.digest)),
        ]
        let secrets = drawSecrets(&stream)
        members.append(JSONMember("secrets", .array(secrets.map(\.json))))
        guard let commitments = frame(.commitments, from: member.id) else { return .object(members) }
        let deal = try drawDeal(secrets, &stream)
        members += [
            JSONMember("seat", .count(ids.firstIndex(of: member.id) ?? 0)),
            JSONMember("commitmentsDigest", .hex(commitments.digest)),
            JSONMember("polynomials", .array(deal.polynomials)),
            JSONMember("shares", .array(shares(deal.shares))),
        ]
        var boxes: [JSONValue] = []
        for peer in ids where peer != member.id {
            let plaintext = commitments.digest.value.bytes + (deal.shares[peer] ?? []).flatMap { $0 }
            boxes.append(try box(plaintext, from: member.id, to: peer, exchange, Self.draw(24, &stream)))
        }
        members.append(JSONMember("boxes", .array(boxes)))
        guard let frame = frame(.receipt, from: member.id) else { return .object(members) }
        let count = ids.count
        let receipt = try mappingDecoding { () throws(DecodingFailure) in
            try Receipt(decoding: frame.body, participants: count)
        }
        return .object(
            members + [
                JSONMember("verifiedDealers", .array(receipt.dealers.indices.map { .count(ids[$0]) })),
                JSONMember("receiptSeats", .array(receipt.dealers.indices.map { .count($0) })),
                JSONMember("receiptFrameDigest", .hex(frame.digest)),
            ])
    }

    /// A round's two secrets, as published.
    struct Secrets {
        let e: String
        let beta: String
        let json: JSONValue
    }

    /// The secrets of a participant, by round of the epoch.
    func secrets(of member: EpochScript.Member) -> [Secrets] {
        var stream: any RandomSource = SeededRandomSource(key: member.randomness)
        _ = Self.draw(64, &stream)
        return drawSecrets(&stream)
    }

    private func drawSecrets(_ stream: inout any RandomSource) -> [Secrets] {
        var secrets: [Secrets] = []
        for index in 0..<script.parameters.rounds {
            let e = SecretScalar(random: &stream)
            let beta = SecretScalar(random: &stream)
            let texts = (e: Hexadecimal.text(ofPublished: e), beta: Hexadecimal.text(ofPublished: beta))
            secrets.append(
                Secrets(
                    e: texts.e, beta: texts.beta,
                    json: [
                        "round": .count(script.firstRound + UInt64(index)), "e": .string(texts.e),
                        "E": .hex(e.publicElement().value), "beta": .string(texts.beta),
                        "B": .hex(beta.publicElement().value),
                    ]))
        }
        return secrets
    }

    /// A scalar of its published text.
    static func scalar(_ text: String) throws(VectorFault) -> SecretScalar {
        let bytes = Hexadecimal.bytes(text) ?? []
        return try mappingCrypto { () throws(CryptoFailure) in
            try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(CryptoFailure) in
                try unsafe SecretScalar(canonical: bytes)
            }
        }
    }

    /// The polynomials, and for each holder its shares: e then β, round by round.
    private func drawDeal(
        _ secrets: [Secrets], _ stream: inout any RandomSource
    ) throws(VectorFault) -> (polynomials: [JSONValue], shares: [UInt32: [[UInt8]]]) {
        var polynomials: [JSONValue] = []
        var shares: [UInt32: [[UInt8]]] = [:]
        for (index, pair) in secrets.enumerated() {
            var coefficients: [[JSONValue]] = []
            for text in [pair.e, pair.beta] {
                var slab = SecretSlab(slotCount: ids.count, slotBytes: Shamir.shareBytes)
                var ahead = stream
                _ = Shamir.deal(
                    try Self.scalar(text), threshold: Int(threshold), holders: ids, into: &slab, firstSlot: 0,
                    slotStride: 1, from: &stream)
                for (slot, id) in ids.enumerated() {
                    shares[id, default: []].append(unsafe slab.withSlot(slot) { unsafe [UInt8]($0) })
                }
                let higher = (1..<Int(threshold)).map { _ in
                    JSONValue.string(Hexadecimal.text(ofPublished: SecretScalar(random: &ahead)))
                }
                coefficients.append([.string(text)] + higher)
            }
            polynomials.append([
                "round": .count(script.firstRound + UInt64(index)), "e": .array(coefficients[0]),
                "beta": .array(coefficients[1]),
            ])
        }
        return (polynomials, shares)
    }

    private func shares(_ shares: [UInt32: [[UInt8]]]) -> [JSONValue] {
        ids.map { holder in
            let own = shares[holder] ?? []
            let rounds = stride(from: 0, to: own.count, by: 2).map { index -> JSONValue in
                [
                    "round": .count(script.firstRound + UInt64(index / 2)), "e": .hex(own[index]),
                    "beta": .hex(own[index + 1]),
                ]
            }
            return ["holder": .count(holder), "rounds": .array(rounds)]
        }
    }

    private func box(
        _ plaintext: [UInt8], from: UInt32, to: UInt32, _ exchange: borrowing KeyExchangeKey, _ nonce: [UInt8]
    ) throws(VectorFault) -> JSONValue {
        guard let peer = advertisements[to] else { throw VectorFault.malformed("\(to) has not advertised") }
        let keys: SecretBytes
        do throws(CryptoFailure) {
            keys = try exchange.sessionKeys(with: peer.exchangeKey, role: from < to ? .client : .server)
        } catch {
            throw VectorFault(error)
        }
        let associated = ShareBoxes.associatedData(
            session: session, firstRound: script.firstRound, rounds: script.parameters.rounds,
            from: PeerID(rawValue: from), to: PeerID(rawValue: to))
        let sealed = unsafe keys.withUnsafeBytes { keys in
            unsafe plaintext.withUnsafeBytes { plaintext in
                unsafe XChaCha20Poly1305.seal(
                    plaintext, associatedData: associated, key: UnsafeRawBufferPointer(rebasing: keys[32...]),
                    nonce: nonce)
            }
        }
        return [
            "to": .count(to), "key": .string(String(Hexadecimal.text(ofPublished: keys).suffix(64))),
            "nonce": .hex(nonce), "associatedData": .hex(associated), "plaintext": .hex(plaintext),
            "box": .hex(sealed),
        ]
    }

    private static func draw(_ count: Int, _ stream: inout any RandomSource) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe bytes.withUnsafeMutableBytes { unsafe stream.fill($0) }
        return bytes
    }
}
