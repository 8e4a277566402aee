import CryptoPrimitives
import RoundProtocol
import SecAggSimulation
import Testing
import WireFormat

/// Files of contradicting statements: what convicts, what does not, and what is no file.
@Suite struct EvidenceMisuseTests {
    static func key(_ label: String) -> SigningKey {
        var source: any RandomSource = SeededRandomSource(seed: 5, label: label)
        return SigningKey(from: &source)
    }

    static func key(of peer: PeerID) -> SigningKey { key("peer \(peer.rawValue)") }

    static func roster(_ count: UInt32 = 5) throws -> Roster {
        try Roster(
            participants: (0..<count).map { key(of: PeerID(rawValue: $0)).verifyingKey },
            coordinator: key(of: .coordinator).verifyingKey)
    }

    static let session = Blake2b.hash([1], Personalisation("test session"))
    static let config = Blake2b.hash([2], Personalisation("test config"))

    static func frame(
        _ type: FrameType, from peer: PeerID = .coordinator, session: Digest = session, round: UInt64 = 1,
        _ body: [UInt8], signer: PeerID? = nil
    ) -> Frame {
        Frame(FrameHeader(type, sender: peer, session: session, round: round), body: body, key: key(of: signer ?? peer))
    }

    static func input(_ id: UInt32) -> Frame {
        let digest = Blake2b.hash([UInt8(id)], Personalisation("test input"))
        return frame(
            .maskedInput, from: PeerID(rawValue: id),
            MaskedInput(configDigest: config, wordCount: 3, inputDigest: digest).encoded())
    }

    static func agreement(_ ids: [UInt32]) -> Agreement {
        Agreement(
            configDigest: config, survivors: Bitmap(count: 5, indices: ids.map { Int($0) }),
            root: Agreement.root(of: ids.map { (PeerID(rawValue: $0), input($0).digest) }))
    }

    static func survivors(_ ids: [UInt32], round: UInt64 = 1) -> Frame {
        frame(.survivors, round: round, SurvivorList.encoded(agreement(ids), inputs: ids.map(input)))
    }

    static func acknowledgement(_ id: UInt32) -> Frame {
        frame(
            .acknowledgement,
            Acknowledgement(participant: PeerID(rawValue: id), inputFrame: input(id).digest).encoded())
    }

    static func request(_ ids: [UInt32]) -> Frame {
        let set = agreement(ids)
        let signatures = ids.compactMap { id -> (id: PeerID, signature: Signature)? in
            let statement = frame(.survivorStatement, from: PeerID(rawValue: id), set.encoded())
            return statement.signature.map { (PeerID(rawValue: id), $0) }
        }
        return frame(.unmaskRequest, UnmaskRequest(agreement: set, signatures: signatures).encoded())
    }

    /// What two frames prove, read back from the bytes of a file.
    static func judge(_ frames: [Frame], roster: Roster? = nil) throws -> (Misconduct, PeerID)? {
        let roster = try roster ?? Self.roster()
        guard let file = EvidenceFile(Evidence(frames: frames.map(\.bytes)), roster: roster) else { return nil }
        let read = try EvidenceFile(decoding: file.encoded())
        #expect(read == file)
        let proof = try read.verify(roster: roster)
        return (proof.misconduct, proof.peer)
    }

    @Test func whatConvicts() throws {
        let cases: [(String, [Frame], Misconduct, PeerID)] = [
            (
                "two survivor sets", [Self.survivors([0, 1, 2]), Self.survivors([0, 1, 3])], .equivocation, .coordinator
            ),
            (
                "two configurations", [Self.frame(.roundConfig, [1]), Self.frame(.roundConfig, [2])], .equivocation,
                .coordinator
            ),
            (
                "two proposals of one epoch",
                [
                    Self.frame(.epochProposal, [7, 0, 0, 0, 0, 0, 0, 0, 1]),
                    Self.frame(.epochProposal, [7, 0, 0, 0, 0, 0, 0, 0, 2]),
                ],
                .equivocation, .coordinator
            ),
            (
                "two inputs of a participant",
                [Self.input(3), Self.frame(.maskedInput, from: 3, [UInt8](repeating: 0, count: 72))], .equivocation, 3
            ),
            (
                "two statements of a participant",
                [
                    Self.frame(.survivorStatement, from: 2, Self.agreement([0, 1, 2]).encoded()),
                    Self.frame(.survivorStatement, from: 2, Self.agreement([1, 2, 3]).encoded()),
                ], .equivocation, 2
            ),
            (
                "left out after the acknowledgement", [Self.acknowledgement(4), Self.survivors([0, 1, 2])],
                .excludedAfterAcknowledgement, .coordinator
            ),
            (
                "a request for another set", [Self.survivors([0, 1, 2]), Self.request([0, 1, 3])], .conflictingRequest,
                .coordinator
            ),
        ]
        for (name, frames, misconduct, peer) in cases {
            for order in [frames, frames.reversed()] {
                let verdict = try #require(try Self.judge(order), "\(name)")
                #expect(verdict.0 == misconduct && verdict.1 == peer, "\(name)")
            }
        }
    }

    /// What an honest party may say convicts nobody.
    @Test func whatDoesNot() throws {
        let list = Self.survivors([0, 1, 2])
        let cases: [(String, [Frame])] = [
            ("the same frame twice", [list, list]),
            ("another round", [list, Self.survivors([0, 1, 3], round: 2)]),
            ("another session", [list, Self.frame(.survivors, session: Self.config, [UInt8](list.body))]),
            ("acknowledged and in the set", [Self.acknowledgement(1), list]),
            ("the request for the set that was proposed", [list, Self.request([0, 1, 2])]),
            ("two steps", [Self.frame(.roundConfig, [1]), list]),
            ("two participants", [Self.input(1), Self.input(2)]),
            ("two acknowledgements", [Self.acknowledgement(1), Self.acknowledgement(2)]),
            (
                "two deliveries", [Self.frame(.delivery, [0, 0, 0, 0, 1]), Self.frame(.delivery, [1, 0, 0, 0, 2])]
            ),
            (
                "two epochs",
                [
                    Self.frame(.epochProposal, [7, 0, 0, 0, 0, 0, 0, 0]),
                    Self.frame(.epochProposal, [8, 0, 0, 0, 0, 0, 0, 0]),
                ]
            ),
            ("two aborts", [Self.frame(.abort, [1]), Self.frame(.abort, [2])]),
            ("a forged signature", [list, Self.frame(.survivors, [1, 2, 3], signer: 0)]),
        ]
        for (name, frames) in cases { #expect(try Self.judge(frames) == nil, "\(name)") }
    }

    @Test func namedFailures() throws {
        let roster = try Self.roster()
        let pair = [Self.survivors([0, 1, 2]), Self.survivors([0, 1, 3])]
        let file = try #require(EvidenceFile(Evidence(frames: pair.map(\.bytes)), roster: roster))
        func failure(_ bytes: [UInt8], _ roster: Roster) -> EvidenceFailure? {
            do throws(EvidenceFailure) {
                _ = try EvidenceFile(decoding: bytes).verify(roster: roster)
                return nil
            } catch {
                return error
            }
        }
        let bytes = file.encoded()
        #expect(failure(bytes, roster) == nil)
        #expect(failure(bytes, try Self.roster(4)) == .otherRoster)
        // Any prefix, anything behind it, any other magic, version or reserved field.
        for count in 0..<bytes.count { #expect(failure([UInt8](bytes.prefix(count)), roster) == .malformed) }
        #expect(failure(bytes + [0], roster) == .malformed)
        for index in 0..<8 {
            var other = bytes
            other[index] ^= 1
            #expect(failure(other, roster) == .malformed, "byte \(index)")
        }
        func encoded(_ frames: [[UInt8]]) -> [UInt8] {
            var writer = ByteWriter()
            writer.raw([UInt8](bytes.prefix(40)))
            for frame in frames { writer.counted(frame) }
            return writer.bytes
        }
        #expect(encoded(pair.map(\.bytes)) == bytes)
        #expect(failure(encoded([pair[0].bytes, [1, 2, 3]]), roster) == .badFrame)
        #expect(failure(encoded([pair[0].bytes, Self.input(1).bytes]), roster) == .otherSender)
        #expect(failure(encoded([pair[0].bytes, pair[0].bytes]), roster) == .noContradiction)
        let stranger = Self.frame(.roundConfig, from: 9, [1])
        #expect(failure(encoded([stranger.bytes, stranger.bytes]), roster) == .otherSender)
        var unsigned = pair[1].bytes
        unsigned[unsigned.count - 1] ^= 1
        #expect(failure(encoded([pair[0].bytes, unsigned]), roster) == .badSignature)
    }

    /// No single changed bit leaves a proof that holds, but in a length that still fits.
    @Test func everyBitCounts() throws {
        let roster = try Self.roster()
        let pair = [Self.acknowledgement(4), Self.survivors([0, 1, 2])]
        let bytes = try #require(EvidenceFile(Evidence(frames: pair.map(\.bytes)), roster: roster)).encoded()
        for bit in stride(from: 0, to: 8 * bytes.count, by: 3) {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            let verdict = try? EvidenceFile(decoding: other).verify(roster: roster)
            #expect(verdict == nil, "bit \(bit)")
        }
    }

    @Test func rosterFiles() throws {
        let roster = try Self.roster()
        let text = try RosterFile(roster).json.encoded()
        #expect(try RosterFile(decoding: text).roster == roster)
        let good = String(decoding: text, as: UTF8.self)
        let bad = [
            "", "{}", "[]", good.replacing("secagg-roster/1", with: "secagg-roster/2"),
            good.replacing("\"coordinator\":\"", with: "\"coordinator\":\"g"), String(good.dropLast()),
        ]
        for text in bad {
            #expect(throws: Abort(.nonCanonical, .proposal)) { try RosterFile(decoding: [UInt8](text.utf8)) }
        }
        #expect(throws: Abort(.tooFewParticipants, .proposal)) {
            try RosterFile(
                decoding: [UInt8](
                    "{\"schema\":\"secagg-roster/1\",\"coordinator\":\"\(String(repeating: "0", count: 64))\",\"participants\":[]}"
                        .utf8))
        }
    }
}

extension PeerID: ExpressibleByIntegerLiteral {
    /// A roster index written as a number.
    public init(integerLiteral value: UInt32) {
        self.init(rawValue: value)
    }
}
