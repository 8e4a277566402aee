import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Well-formed, well-signed and wrong: keys, points, shares and words of a participant that wants to break the round.
@Suite struct HostileContributionMisuseTests {
    static let hostile: PeerID = 2
    static let others = [0, 1, 3, 4, 5]
    static let everybody = [0, 1, 2, 3, 4, 5]

    /// Runs a round in which the hostile participant's frames of one type have another body.
    static func run(
        _ type: FrameType, _ terms: ProtocolBench.Terms = ProtocolBench.Terms(),
        _ change: @escaping (ProtocolBench, inout [UInt8]) -> Void
    ) throws -> ProtocolBench {
        let bench = try ProtocolBench(terms)
        bench.mangle = { [unowned bench] message in
            guard message.from == hostile, message.type == type else { return [message] }
            var changed = message
            changed.bytes = (try? bench.resign(message.bytes) { change(bench, &$0) }) ?? []
            return [changed]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        return bench
    }

    /// Points of X25519 with small order, in their canonical and non-canonical encodings.
    static let smallOrder: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [0xEE] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [
            0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4, 0x6A, 0xDA, 0x09,
            0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49, 0xB8, 0x00,
        ],
        [
            0x5F, 0x9C, 0x95, 0xBC, 0xA3, 0x50, 0x8C, 0x24, 0xB1, 0xD0, 0xB1, 0x55, 0x9C, 0x83, 0xEF, 0x5B, 0x04, 0x44,
            0x5C, 0xC4, 0x58, 0x1C, 0x8E, 0x86, 0xD8, 0x22, 0x4E, 0xDD, 0xD0, 0x9F, 0x11, 0x57,
        ],
    ]

    @Test(arguments: smallOrder)
    func smallOrderExchangeKey(key: [UInt8]) throws {
        let bench = try Self.run(.advertise) { _, body in body.replaceSubrange(64..<96, with: key) }
        #expect(bench.refused(.weakKey, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test(arguments: [(64, "exchange key"), (102, "pairwise point"), (134, "self point")])
    func copiedKey(offset: Int, name: String) throws {
        let bench = try Self.run(.advertise) { bench, body in
            let other = (try? Frame(bench.sent(.advertise, from: 1)))?.body ?? []
            body.replaceSubrange(offset..<offset + 32, with: Array(other)[offset..<offset + 32])
        }
        #expect(bench.refused(.duplicateKey, by: .coordinator, blaming: Self.hostile), "\(name)")
        bench.expectExact(Self.others)
    }

    @Test func onePointTwiceInOneAdvertisement() throws {
        let bench = try Self.run(.advertise) { _, body in body.replaceSubrange(134..<166, with: body[102..<134]) }
        #expect(bench.refused(.duplicateKey, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test(arguments: [UInt8(0), 0xFF, 0x01], [102, 134, 166, 198])
    func invalidPoint(byte: UInt8, offset: Int) throws {
        let bench = try Self.run(.advertise) { _, body in
            body.replaceSubrange(offset..<offset + 32, with: [UInt8](repeating: byte, count: 32))
        }
        #expect(bench.refused(.invalidPoint, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test func noSuiteInCommon() throws {
        let bench = try Self.run(.advertise) { _, body in body.replaceSubrange(96..<98, with: [2, 0]) }
        #expect(bench.refused(.suiteUnavailable, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test(arguments: [UInt32(0), 1, 3, .max])
    func otherNumberOfRounds(count: UInt32) throws {
        let bench = try Self.run(.advertise) { _, body in
            body.replaceSubrange(98..<102, with: (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
        }
        #expect(bench.refusals.contains { $0.by == .coordinator && $0.abort.peer == Self.hostile })
        bench.expectExact(Self.others)
    }

    @Test func commitmentsThatDoNotMatchThePoints() throws {
        let bench = try Self.run(.commitments) { bench, body in
            // t = 4 points a polynomial: the constant terms of e and of beta change places.
            let first = Array(body[8..<40])
            body.replaceSubrange(8..<40, with: body[136..<168])
            body.replaceSubrange(136..<168, with: first)
        }
        #expect(bench.refused(.inconsistentShare, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test(arguments: [(0, AbortCode.configMismatch), (4, .configMismatch)])
    func commitmentsOfAnotherShape(offset: Int, code: AbortCode) throws {
        let bench = try Self.run(.commitments) { _, body in body[offset] += 1 }
        #expect(bench.refused(code, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test func identityAmongTheCommitments() throws {
        let bench = try Self.run(.commitments) { _, body in
            body.replaceSubrange(40..<72, with: [UInt8](repeating: 0, count: 32))
        }
        #expect(bench.refused(.invalidPoint, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test func boxMissing() throws {
        let bench = try Self.run(.shares) { bench, body in
            guard let boxes = try? Self.boxes(body[...], bench) else { return }
            body = ShareBoxes(commitmentsDigest: boxes.commitmentsDigest, boxes: boxes.boxes.dropLast()).encoded()
        }
        #expect(bench.refused(.missingShare, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test func boxForOneself() throws {
        let bench = try Self.run(.shares) { bench, body in
            guard let boxes = try? Self.boxes(body[...], bench) else { return }
            let moved = boxes.boxes.map { box in
                AddressedBox(recipient: box.recipient == 1 ? Self.hostile : box.recipient, box: box.box)
            }.sorted { $0.recipient < $1.recipient }
            body = ShareBoxes(commitmentsDigest: boxes.commitmentsDigest, boxes: moved).encoded()
        }
        #expect(bench.refused(.missingShare, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test func boxesUnderOtherCommitments() throws {
        let bench = try Self.run(.shares) { _, body in body[0] ^= 1 }
        #expect(bench.refused(.inconsistentShare, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test(arguments: [1, 2, 3, 5])
    func damagedBoxes(victims: Int) throws {
        // Five receipts are asked for: one holder may be missing, and a dealer that two refuse is out of the cohort.
        let bench = try Self.run(.shares) { bench, body in
            guard let boxes = try? Self.boxes(body[...], bench) else { return }
            let damaged = boxes.boxes.enumerated().map { index, box in
                var bytes = box.box
                if index < victims { bytes[30] ^= 1 }
                return AddressedBox(recipient: box.recipient, box: bytes)
            }
            body = ShareBoxes(commitmentsDigest: boxes.commitmentsDigest, boxes: damaged).encoded()
        }
        let refusers = bench.parties.filter { party in
            party.machine.refusals.contains { $0.code == .authenticationFailed && $0.peer == Self.hostile }
        }
        #expect(refusers.count == victims)
        bench.expectExact(victims == 1 ? Self.everybody : Self.others)
    }

    /// A box whose seal is right and whose content is not: another share, another commitment digest, no scalar.
    @Test(
        arguments: [
            (32, AbortCode.inconsistentShare), (64, .inconsistentShare), (96, .inconsistentShare),
            (128, .inconsistentShare), (0, .inconsistentShare), (63, .nonCanonicalShare), (159, .nonCanonicalShare),
        ])
    func sealedWrongShare(offset: Int, code: AbortCode) throws {
        let victim: PeerID = 4
        let bench = try Self.run(.shares) { bench, body in
            guard let boxes = try? Self.boxes(body[...], bench) else { return }
            let altered = boxes.boxes.map { box in
                guard box.recipient == victim,
                    let content = try? bench.openBox(box.box, from: Self.hostile, to: victim)
                else { return box }
                var changed = content
                changed[offset] = code == .nonCanonicalShare ? 0xFF : changed[offset] ^ 1
                let sealed = (try? bench.sealBox(changed, from: Self.hostile, to: victim)) ?? []
                return AddressedBox(recipient: victim, box: sealed)
            }
            body = ShareBoxes(commitmentsDigest: boxes.commitmentsDigest, boxes: altered).encoded()
        }
        #expect(bench.parties[4].machine.refusals.map(\.code) == [code])
        #expect(bench.parties[4].machine.refusals.map(\.peer) == [Self.hostile])
        let receipt = try Receipt(decoding: Frame(bench.sent(.receipt, from: victim)).body, participants: 6)
        #expect(receipt.dealers.indices == [0, 1, 3, 4, 5])
        bench.expectExact(Self.everybody)
    }

    @Test(arguments: [(1, AbortCode.unknownShare), (2, .inconsistentShare), (3, .configMismatch), (4, .nonCanonical)])
    func lyingReceipt(kind: Int, code: AbortCode) throws {
        let bench = try Self.run(.receipt) { _, body in
            switch kind {
            case 1: body[1] &= ~(1 << 2)  // without itself
            case 2: body[1] &= ~(1 << 3)  // the digest of other dealers
            case 3: body[0] = 1
            default: body[1] |= 1 << 7
            }
        }
        #expect(bench.refused(code, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    static func boxes(_ body: ArraySlice<UInt8>, _ bench: ProtocolBench) throws -> ShareBoxes {
        try ShareBoxes(
            decoding: body, limit: bench.terms.participants,
            boxBytes: ShareBoxes.boxBytes(rounds: bench.terms.rounds))
    }
}

extension ProtocolBench {
    /// The 64 bytes that a dealer shares with a recipient, from the dealer's side.
    private func boxKeys(from dealer: PeerID, to recipient: PeerID) throws -> SecretBytes {
        let machine = parties[Int(dealer.rawValue)]
        let opened = machine.machine.epoch?.session
        let session = try #require(opened)
        let seat = try #require(session.seat(of: recipient))
        return try KeyExchangeKey(seed: machine.machine.secrets.exchangeSeed).sessionKeys(
            with: session.advertisements[seat].exchangeKey, role: dealer < recipient ? .client : .server)
    }

    private func boxContext(from dealer: PeerID, to recipient: PeerID) throws -> [UInt8] {
        let opened = parties[Int(dealer.rawValue)].machine.epoch?.session
        let session = try #require(opened)
        return ShareBoxes.associatedData(
            session: session.id, firstRound: session.firstRound, rounds: terms.rounds, from: dealer, to: recipient)
    }

    /// What a dealer put into a box, with the dealer's own key.
    func openBox(_ box: [UInt8], from dealer: PeerID, to recipient: PeerID) throws -> [UInt8] {
        let keys = try boxKeys(from: dealer, to: recipient)
        let context = try boxContext(from: dealer, to: recipient)
        let content = try keys.withUnsafeBytes { keys in
            try XChaCha20Poly1305.open(
                box[...], associatedData: context, key: UnsafeRawBufferPointer(rebasing: keys[32...]))
        }
        return content.withUnsafeBytes { [UInt8]($0) }
    }

    /// A box with any content, sealed as the dealer would.
    func sealBox(_ content: [UInt8], from dealer: PeerID, to recipient: PeerID) throws -> [UInt8] {
        let keys = try boxKeys(from: dealer, to: recipient)
        let context = try boxContext(from: dealer, to: recipient)
        var random = Self.random(terms.seed, "forged nonces")
        return keys.withUnsafeBytes { keys in
            content.withUnsafeBytes { content in
                XChaCha20Poly1305.seal(
                    content, associatedData: context, key: UnsafeRawBufferPointer(rebasing: keys[32...]),
                    nonceFrom: &random)
            }
        }
    }
}
