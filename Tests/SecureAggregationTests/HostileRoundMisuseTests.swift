import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// A participant that is set up and lies in the round: words, statements, shares.
@Suite struct HostileRoundMisuseTests {
    static let hostile: PeerID = 2
    static let others = [0, 1, 3, 4, 5]
    static let everybody = [0, 1, 2, 3, 4, 5]

    @Test func bitsOutsideTheLanes() throws {
        for (word, bit) in [(0, 63), (1, 63), (2, 63)] {
            let bench = try ProtocolBench()
            try Self.replaceUpload(bench) { $0[8 * word + bit / 8] |= 1 << UInt8(bit % 8) }
            #expect(bench.refused(.elementOutOfRange, by: .coordinator, blaming: Self.hostile))
            bench.expectExact(Self.others)
        }
    }

    @Test func bitsOfLanesThatDoNotExist() throws {
        var terms = ProtocolBench.Terms()
        terms.dimension = 10  // the last word has one lane of three
        for bit in [21, 41, 62] {
            let bench = try ProtocolBench(terms)
            try Self.replaceUpload(bench) { $0[8 * 3 + bit / 8] |= 1 << UInt8(bit % 8) }
            #expect(bench.refused(.elementOutOfRange, by: .coordinator, blaming: Self.hostile))
            bench.expectExact(Self.others)
        }
    }

    /// In uploads of several chunks too, from one thread or two; and a bit that a lane uses is none, at the same place of another word.
    @Test(arguments: [1, 2]) func strayBitsOfLargeUploads(threads: Int) throws {
        var terms = ProtocolBench.Terms()
        terms.dimension = 600_001  // two chunks, 98 leaves; the last word has one lane of three
        let second = UploadDigest.chunkBytes / 8
        for (word, bit) in [(5, 63), (second + 7, 63), (200_000, 21), (200_000, 62)] {
            let bench = try ProtocolBench(terms)
            bench.server.machine.threads = threads
            try Self.replaceUpload(bench) { $0[8 * word + bit / 8] |= 1 << UInt8(bit % 8) }
            #expect(bench.refused(.elementOutOfRange, by: .coordinator, blaming: Self.hostile), "bit \(bit) of \(word)")
            bench.expectExact(Self.others)
        }
        for (word, bit) in [(5, 21), (second + 7, 62), (second - 1, 62), (200_000, 20)] {
            let bench = try ProtocolBench(terms)
            bench.server.machine.threads = threads
            try Self.replaceUpload(bench) { $0[8 * word + bit / 8] ^= 1 << UInt8(bit % 8) }
            #expect(bench.outcome?.survivors.contains(Self.hostile) == true, "bit \(bit) of \(word)")
        }
    }

    @Test func promiseOfAnotherLength() throws {
        for delta in [-1, 1] {
            let bench = try HostileContributionMisuseTests.run(.maskedInput) { _, body in
                body[32] = UInt8(Int(body[32]) + delta)
            }
            #expect(bench.refused(.dimensionMismatch, by: .coordinator, blaming: Self.hostile))
            bench.expectExact(Self.others)
        }
    }

    @Test func promiseUnderAnotherConfiguration() throws {
        let bench = try HostileContributionMisuseTests.run(.maskedInput) { _, body in body[0] ^= 1 }
        #expect(bench.refused(.configMismatch, by: .coordinator, blaming: Self.hostile))
        bench.expectExact(Self.others)
    }

    @Test func chunkOutOfRange() throws {
        for index in [UInt8(1), 200] {
            let bench = try HostileContributionMisuseTests.run(.chunk) { _, body in body[0] = index }
            #expect(bench.refused(.dimensionMismatch, by: .coordinator, blaming: Self.hostile))
            bench.expectExact(Self.others)
        }
    }

    @Test(arguments: [FrameType.maskedInput, .chunk, .survivorStatement])
    func secondDifferentInput(after type: FrameType) throws {
        let bench = try ProtocolBench()
        bench.mangle = { [unowned bench] message in
            guard message.from == Self.hostile, message.type == type,
                let first = try? bench.sent(.maskedInput, from: Self.hostile),
                let second = try? bench.resign(first, { $0[50] ^= 1 })
            else { return [message] }
            return [message, Message(from: Self.hostile, to: .coordinator, bytes: second)]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        let refusal = try #require(bench.refusals.first { $0.abort.code == .equivocation })
        #expect(refusal.abort.peer == Self.hostile)
        try bench.expectProof(refusal.abort, by: Self.hostile)
        bench.expectExact(Self.everybody)
    }

    @Test func statementOverAnotherSet() throws {
        for offset in [0, 32, 33, 64] {
            let bench = try HostileContributionMisuseTests.run(.survivorStatement) { _, body in body[offset] ^= 1 }
            #expect(bench.refused(.configMismatch, by: .coordinator, blaming: Self.hostile), "\(offset)")
            bench.expectExact(Self.everybody)
        }
    }

    @Test func twoStatements() throws {
        let bench = try ProtocolBench()
        bench.mangle = { [unowned bench] message in
            guard message.from == Self.hostile, message.type == .survivorStatement,
                let second = try? bench.resign(message.bytes, { $0[32] ^= 1 })
            else { return [message] }
            return [message, Message(from: message.from, to: message.to, bytes: second)]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        let refusal = try #require(bench.refusals.first { $0.abort.code == .equivocation })
        try bench.expectProof(refusal.abort, by: Self.hostile)
        bench.expectExact(Self.everybody)
    }

    /// Wrong but well-formed shares: the round opens with the spare ones, and the liar is named.
    @Test(arguments: [[2], [0], [5], [0, 5], [1, 2]])
    func wrongShares(liars: [UInt32]) throws {
        let bench = try ProtocolBench()
        let ids = Set(liars.map { PeerID(rawValue: $0) })
        bench.mangle = { [unowned bench] message in
            guard ids.contains(message.from), message.type == .unmaskShares else { return [message] }
            var changed = message
            changed.bytes = (try? bench.resign(message.bytes) { $0[40] ^= 1 }) ?? []
            return [changed]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact(Self.everybody)
        // Who answers after the sum is open is not needed, and cannot be found out.
        let needed = ids.filter { $0.rawValue < 4 + UInt32(ids.filter { $0.rawValue < 4 }.count) }
        #expect(Set(bench.server.machine.refusals.map(\.peer)).isSuperset(of: needed))
        #expect(bench.server.machine.refusals.allSatisfy { ids.contains($0.peer) && $0.code == .reconstructionFailed })
    }

    /// Who lies about everybody's shares, after another one's lie has made the coordinator wait for it, does not make it look into
    /// everybody's shares, nor everybody a suspect.
    @Test(arguments: [12, 24]) func liesAboutEverybody(participants: Int) throws {
        var terms = ProtocolBench.Terms()
        terms.participants = participants
        terms.shareCheck = .onFailure
        let bench = try ProtocolBench(terms, policy: { $1.eagerShareCheckUpTo = 3 })
        var threshold = 0
        bench.mangle = { [unowned bench] message in
            guard message.type == .unmaskShares, [0, threshold].contains(Int(message.from.rawValue)) else {
                return [message]
            }
            var changed = message
            let isFirst = message.from == 0
            changed.bytes =
                (try? bench.resign(message.bytes) { body in
                    for dealer in isFirst ? 0..<1 : 1..<participants { body[36 + 36 * dealer + 4] ^= 1 }
                }) ?? []
            return [changed]
        }
        try bench.setUp()
        threshold = try bench.session.threshold
        try bench.announce()
        bench.settle()
        bench.expectExact(Array(0..<participants))
        let refusals = bench.server.machine.refusals
        #expect(refusals.allSatisfy { $0.code == .reconstructionFailed })
        #expect((1...3).contains(refusals.count), "\(refusals.count) of \(participants)")
    }

    /// The same against the shares of a dropped member's pairwise secret.
    @Test func wrongShareOfADroppedMember() throws {
        var terms = ProtocolBench.Terms()
        terms.participants = 7
        let bench = try ProtocolBench(terms)
        bench.withholding = [6]
        bench.mangle = { [unowned bench] message in
            guard message.from == Self.hostile, message.type == .unmaskShares else { return [message] }
            var changed = message
            changed.bytes = (try? bench.resign(message.bytes) { $0[36 + 6 * 36 + 4] ^= 1 }) ?? []
            return [changed]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
        #expect(bench.server.machine.refusals == [Abort(.reconstructionFailed, .unmask, peer: Self.hostile)])
    }

    @Test(
        arguments: [
            ("not canonical", AbortCode.nonCanonicalShare), ("twice", .duplicateShare), ("missing", .missingShare),
            ("unknown dealer", .unknownShare), ("other agreement", .configMismatch), ("no share", .missingShare),
            ("too many", .messageTooLarge),
        ])
    func malformedShares(kind: String, code: AbortCode) throws {
        let bench = try HostileContributionMisuseTests.run(.unmaskShares) { _, body in
            switch kind {
            case "not canonical": body.replaceSubrange(40..<72, with: [UInt8](repeating: 0xFF, count: 32))
            case "twice": body[72] = body[36]
            case "missing":
                body[32] -= 1
                body.removeLast(36)
            case "unknown dealer": body[36 + 5 * 36] = 9
            case "other agreement": body[0] ^= 1
            case "no share":
                body[32] = 0
                body.removeLast(6 * 36)
            default:
                body[32] = 200
                body += [UInt8](repeating: 0, count: 194 * 36)
            }
        }
        #expect(bench.refused(code, by: .coordinator, blaming: Self.hostile), "\(bench.refusals.map(\.abort))")
        bench.expectExact(Self.everybody)
    }

    /// Who has not signed the survivor set is not asked for shares; its uncalled word must not end the round early.
    @Test func sharesWithoutASignature() throws {
        var terms = ProtocolBench.Terms()
        terms.participants = 5  // q = t = 4
        let bench = try ProtocolBench(terms)
        let silent: PeerID = 0
        bench.mangle = { message in
            message.from == silent && message.type == .survivorStatement ? [] : [message]
        }
        bench.holding = [.unmaskShares]
        try bench.setUp()
        try bench.announce()
        bench.settle(until: .unmask)
        let honest = try #require(bench.held.first)
        let forged = try bench.resign(honest.bytes, sender: silent) { $0[40] ^= 1 }
        bench.held.insert(Message(from: silent, to: .coordinator, bytes: forged), at: 0)
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4])
    }

    /// Uploads other words than the machine masked, with digests that fit them.
    static func replaceUpload(_ bench: ProtocolBench, _ change: (inout [UInt8]) -> Void) throws {
        try bench.setUp()
        bench.holding = [.maskedInput, .chunkRoots, .chunk]
        try bench.announce()
        let masked = bench.parties[Int(hostile.rawValue)].machine.upload
        let upload = try #require(masked)
        var words = upload
        change(&words)
        #expect(words != upload, "the lanes' own bits stay, the stray ones are new")
        let roots = words.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let index = try #require(bench.held.firstIndex { $0.from == hostile && $0.type == .maskedInput })
        let header = try Frame(bench.held[index].bytes).header
        let promise = try MaskedInput(decoding: Frame(bench.held[index].bytes).body)
        let body = MaskedInput(
            configDigest: promise.configDigest, wordCount: promise.wordCount,
            inputDigest: UploadDigest.root(of: roots))
        bench.held[index].bytes = try bench.resign(bench.held[index].bytes) { $0 = body.encoded() }
        let parts = UploadFrames.frames(
            of: words, roots: roots, sender: hostile, session: header.session, round: header.round
        ).map(\.bytes)
        var others = bench.held.indices.filter {
            bench.held[$0].from == hostile && bench.held[$0].type != .maskedInput
        }
        for part in parts { bench.held[others.removeFirst()].bytes = part }
        bench.release()
    }
}
