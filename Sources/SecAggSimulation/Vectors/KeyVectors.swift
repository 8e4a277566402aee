internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// `keys/key_derivation.json`.
struct KeyVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        switch try inputs.text("operation") {
        case "keyExchange": return try keyExchange(inputs)
        case "pairSeed": return try pairSeed(inputs)
        case "selfSeed": return try selfSeed(inputs)
        case "sessionId":
            let digests = try inputs.listOfBytes32("advertiseDigests")
            var hash = Blake2b(Personalisation("QSA1 session"))
            hash.update(try inputs.digest("proposalDigest"))
            hash.update(littleEndian: UInt32(digests.count))
            for digest in digests { hash.update(digest) }
            return VectorAnswer(["sessionId": .hex(hash.finalize())])
        case "rosterDigest":
            let keys = try inputs.listOfBytes32("identityKeys").map { VerifyingKey($0) }
            let coordinator = VerifyingKey(try inputs.bytes32("coordinatorKey"))
            let roster = try mappingAbort { () throws(Abort) in
                try Roster(participants: keys, coordinator: coordinator)
            }
            return VectorAnswer(["rosterDigest": .hex(roster.digest)])
        case "frame": return try frame(inputs)
        case "ring": return try ring(inputs)
        case "box":
            let plaintext = try inputs.bytes("plaintext")
            let nonce = try inputs.bytes("nonce", count: XChaCha20Poly1305.nonceBytes)
            let associated = try associatedData(inputs)
            let key = try inputs.seed("key")
            let box = unsafe plaintext.withUnsafeBytes { plaintext in
                unsafe key.withUnsafeBytes { key in
                    unsafe XChaCha20Poly1305.seal(plaintext, associatedData: associated, key: key, nonce: nonce)
                }
            }
            return VectorAnswer(["associatedData": .hex(associated), "box": .hex(box)])
        case "openBox":
            let box = try inputs.bytes("box")
            let associated = try associatedData(inputs)
            let key = try inputs.seed("key")
            let plaintext = try mappingCrypto { () throws(CryptoFailure) in
                try unsafe key.withUnsafeBytes { (key) throws(CryptoFailure) in
                    try unsafe XChaCha20Poly1305.open(box[...], associatedData: associated, key: key)
                }
            }
            return VectorAnswer(["plaintext": .string(Hexadecimal.text(ofPublished: plaintext))])
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    private func keyExchange(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let clientSeed = try inputs.bytes("clientSeed", count: 32)
        let serverSeed = try inputs.bytes("serverSeed", count: 32)
        let client = KeyExchangeKey(seed: try inputs.seed("clientSeed"))
        let server = KeyExchangeKey(seed: try inputs.seed("serverSeed"))
        let (clientKey, serverKey) = (client.publicKey, server.publicKey)
        let clientKeys = try mappingCrypto { () throws(CryptoFailure) in
            Hexadecimal.text(ofPublished: try client.sessionKeys(with: serverKey, role: .client))
        }
        let serverKeys = try mappingCrypto { () throws(CryptoFailure) in
            Hexadecimal.text(ofPublished: try server.sessionKeys(with: clientKey, role: .server))
        }
        return VectorAnswer([
            "clientSecretKey": .hex(Self.exchangeSecret(clientSeed)), "clientPublicKey": .hex(clientKey.value),
            "serverSecretKey": .hex(Self.exchangeSecret(serverSeed)), "serverPublicKey": .hex(serverKey.value),
            "clientReceive": .string(String(clientKeys.prefix(64))),
            "clientTransmit": .string(String(clientKeys.suffix(64))),
            "serverReceive": .string(String(serverKeys.prefix(64))),
            "serverTransmit": .string(String(serverKeys.suffix(64))),
        ])
    }

    /// The secret half that a key-exchange seed stands for: its plain BLAKE2b-256.
    static func exchangeSecret(_ seed: [UInt8]) -> Digest { Blake2b.hash(seed, Personalisation("")) }

    private func context(_ inputs: VectorFields) throws(VectorFault) -> MaskContext {
        MaskContext(
            session: try inputs.digest("session"), round: try inputs.unsigned("round"),
            configDigest: try inputs.digest("configDigest"))
    }

    private func pairSeed(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let low = PeerID(rawValue: try inputs.identifier("low"))
        let high = PeerID(rawValue: try inputs.identifier("high"))
        let context = try context(inputs)
        let eLow = try PlayedBytes.scalar(try inputs.bytes("wideLow"), for: "wideLow")
        let eHigh = try PlayedBytes.scalar(try inputs.bytes("wideHigh"), for: "wideHigh")
        let (pointLow, pointHigh) = (eLow.publicElement(), eHigh.publicElement())
        let made = try mappingCrypto { () throws(CryptoFailure) -> [String] in
            let fromLow = try MaskSeed(pairwise: eLow, with: pointHigh, between: low, and: high, context: context)
            let fromHigh = try MaskSeed(pairwise: eHigh, with: pointLow, between: high, and: low, context: context)
            return [
                Hexadecimal.text(ofPublished: try eLow.sharedSecret(with: pointHigh)), fromLow.publishedText,
                fromHigh.publishedText,
            ]
        }
        guard made[1] == made[2] else { throw VectorFault.malformed("the two sides have different seeds") }
        return VectorAnswer([
            "eLow": .string(Hexadecimal.text(ofPublished: eLow)),
            "eHigh": .string(Hexadecimal.text(ofPublished: eHigh)),
            "pointLow": .hex(pointLow.value), "pointHigh": .hex(pointHigh.value), "sharedPoint": .string(made[0]),
            "seed": .string(made[1]),
        ])
    }

    private func selfSeed(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let beta = try PlayedBytes.scalar(try inputs.bytes("wide"), for: "wide")
        let id = PeerID(rawValue: try inputs.identifier("id"))
        let seed = MaskSeed(selfMask: beta, of: id, context: try context(inputs))
        return VectorAnswer([
            "beta": .string(Hexadecimal.text(ofPublished: beta)), "point": .hex(beta.publicElement().value),
            "seed": .string(seed.publishedText),
        ])
    }

    private func frame(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        guard let type = FrameType(rawValue: UInt16(try inputs.integer("type", 0...65_535))) else {
            throw inputs.fault("type", "is unknown")
        }
        let header = FrameHeader(
            type, sender: PeerID(rawValue: try inputs.identifier("sender")), session: try inputs.digest("session"),
            round: try inputs.unsigned("round"))
        let key = SigningKey(seed: try inputs.seed("identitySeed"))
        let frame = Frame(header, body: try inputs.bytes("body"), key: key)
        let read = try mappingAbort { () throws(Abort) in try Frame(frame.bytes) }
        guard read == frame, read.isSigned(by: key.verifyingKey) == type.isSigned else {
            throw VectorFault.malformed("the frame does not read back")
        }
        return VectorAnswer([
            "identityPublicKey": .hex(key.verifyingKey.value), "frameDigest": .hex(frame.digest),
            "signature": .hex(frame.signature?.bytes ?? []), "frame": .hex(frame.bytes),
        ])
    }

    private func ring(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        var ids: [PeerID] = []
        var nonces: [Bytes32] = []
        for participant in try inputs.objects("participants") {
            ids.append(PeerID(rawValue: try participant.identifier("id")))
            nonces.append(try participant.bytes32("nonce"))
        }
        let seats = RingOrder.seats(ids: ids, nonces: nonces)
        var seedHash = Blake2b(Personalisation("QSA1 ring seed"))
        for nonce in nonces { seedHash.update(nonce) }
        let seed = seedHash.finalize()
        let ranks = ids.map { id -> JSONValue in
            var hash = Blake2b(Personalisation("QSA1 ring rank"))
            hash.update(seed)
            hash.update(littleEndian: id.rawValue)
            return ["id": .count(id.rawValue), "rank": .hex(hash.finalize())]
        }
        let graph: RegularGraph
        let neighbours = try inputs.integer("k", 2...1_024)
        do throws(GraphFailure) {
            graph = try RegularGraph(
                checking: neighbours, windowFloor: 0, threshold: 2, participants: ids.count, colluders: 0,
                securityBits: 1)
        } catch {
            throw VectorFault.refused("\(error)", [])
        }
        let near = ids.indices.map { seat -> JSONValue in
            let place = seats.firstIndex(of: seat) ?? 0
            let found = graph.neighbourPositions(of: place).map { ids[seats[$0]].rawValue }.sorted()
            return ["id": .count(ids[seat].rawValue), "neighbours": .array(found.map { .count($0) })]
        }
        return VectorAnswer([
            "ringSeed": .hex(seed), "ranks": .array(ranks), "order": .array(seats.map { .count(ids[$0].rawValue) }),
            "neighbours": .array(near),
        ])
    }

    private func associatedData(_ inputs: VectorFields) throws(VectorFault) -> [UInt8] {
        ShareBoxes.associatedData(
            session: try inputs.digest("session"), firstRound: try inputs.unsigned("firstRound"),
            rounds: try inputs.integer("rounds", 1...65_536), from: PeerID(rawValue: try inputs.identifier("from")),
            to: PeerID(rawValue: try inputs.identifier("to")))
    }
}

extension MaskSeed {
    /// The seed's bytes; the vectors publish theirs.
    var publishedText: String { unsafe withUnsafeBytes { unsafe Hexadecimal.text(of: $0) } }
}
