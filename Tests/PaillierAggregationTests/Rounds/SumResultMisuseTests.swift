import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Results that a coordinator should not have sent.
@Suite struct SumResultMisuseTests {
    @Test func resultHeaders() throws {
        let bench = try SumBench.upTo(.result, SumBench.Terms(participants: 4))
        for id in [0, 3] {
            let frames = bench.held.filter { $0.to == bench.peer(id) }.map(\.bytes)
            let (sound, roots, chunk) = (frames[0], frames[1], frames[2])
            func expect(_ code: AbortCode, _ bytes: [UInt8], _ note: String = "") {
                bench.expectRefusal(code, .result, bytes, by: id, note)
            }
            expect(.unexpectedMessage, roots, "before the header")
            expect(.configMismatch, try bench.resign(sound) { $0[0] ^= 1 })
            expect(.conflictingUnmask, try bench.resign(sound) { $0[32] ^= 1 })
            expect(.dimensionMismatch, try bench.resign(sound) { $0[64] ^= 1 }, "another length")
            expect(.dimensionMismatch, try bench.resign(sound) { $0[71] = 0x80 }, "a huge length")
            expect(.dimensionMismatch, try bench.resign(sound) { $0[104] ^= 1 }, "other contributors")
            expect(.wrongContext, try bench.resign(sound, session: SumSetupMisuseTests.other))
            expect(.wrongContext, try bench.resign(sound, round: 2))
            expect(.roundReplayed, try bench.resign(sound, round: 0))
            expect(.badSignature, try bench.resign(sound, signer: bench.peer(1)))
            expect(.truncated, try bench.resign(sound) { $0.removeLast() })
            expect(.trailingData, try bench.resign(sound) { $0.append(0) })
            #expect(try bench.answer(sound, by: id).isEmpty)
            #expect(try bench.answer(sound, by: id).isEmpty)
            let twice = bench.expectRefusal(
                .equivocation, .result, try bench.resign(sound) { $0[72] ^= 1 }, by: id)
            try bench.expectProof(twice, by: .coordinator)
            expect(.unexpectedMessage, chunk, "a chunk before the roots")
            expect(.digestMismatch, try bench.resign(roots) { $0[4] ^= 1 })
            #expect(try bench.answer(roots, by: id).isEmpty)
            expect(.digestMismatch, try bench.resign(chunk) { $0[7] ^= 1 })
            expect(.dimensionMismatch, try bench.resign(chunk) { $0.removeLast() })
            expect(.dimensionMismatch, try bench.resign(chunk) { $0[0] = 1 })
            bench.deliver(SumMessage(from: .coordinator, to: bench.peer(id), bytes: chunk))
            #expect(bench.outcomes[id]?.sum == bench.outcome?.sum)
            bench.expectRefusal(.roundReplayed, .result, sound, by: id, "replayed")
            bench.expectRefusal(.unexpectedMessage, .result, chunk, by: id, "replayed")
        }
        try bench.finishExactly([0, 1, 2, 3])
    }

    /// Who has lost the result says its last word again and is sent it, until the next round.
    @Test func aLostResult() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        bench.mangle = { message in
            let isParts = message.type == .chunk && bench.outcome != nil
            return message.from == .coordinator && (message.type == .result || isParts) ? [] : [message]
        }
        try bench.announce()
        bench.expectExact([0, 1, 2, 3], at: [])
        bench.mangle = { [$0] }
        for id in 0..<4 {
            bench.carryOut(bench.companies[id].machine.resume(), by: bench.peer(id))
            bench.pump()
            // A shareholder whose part came too late says it twice: the first time it is new.
            if bench.outcomes[id] == nil {
                bench.carryOut(bench.companies[id].machine.resume(), by: bench.peer(id))
                bench.pump()
            }
        }
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
    }

    @Test func resultBeforeItsTime() throws {
        let bench = try SumBench.upTo(.survivors)
        let body = ResultHeader(
            configDigest: SumSetupMisuseTests.other, agreementDigest: SumSetupMisuseTests.other, wordCount: 32,
            sumDigest: SumSetupMisuseTests.other, contributors: 3)
        let early = bench.forge(.result, body.encoded())
        bench.expectRefusal(.unexpectedMessage, .result, early, by: 0, "before the set")
        bench.advance(to: .unmaskRequest)
        bench.expectRefusal(.unexpectedMessage, .result, early, by: 0, "before the quorum")
        try bench.finishExactly([0, 1, 2])
    }

    /// The frames of an opening with other limbs, signed by the coordinator like the true one.
    static func result(_ bench: SumBench, _ sound: [UInt8], _ bytes: [UInt8]) throws -> [[UInt8]] {
        let roots = bytes.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let header = try Frame(sound)
        let old = try ResultHeader(decoding: header.body)
        let changed = ResultHeader(
            configDigest: old.configDigest, agreementDigest: old.agreementDigest, wordCount: old.wordCount,
            sumDigest: UploadDigest.root(of: roots), contributors: old.contributors)
        return [try bench.resign(sound) { $0 = changed.encoded() }]
            + UploadFrames.frames(
                of: bytes, roots: roots, sender: .coordinator, session: header.header.session, round: 1
            ).map(\.bytes)
    }

    enum Forgery: CaseIterable {
        case number, count, aboveModulus, root, noRoot, negatedRoot
    }

    static func forge(_ forgery: Forgery, _ bytes: [UInt8], _ bench: SumBench, slotBits: Int) -> [UInt8] {
        var bytes = bytes
        let half = 8 * bench.parties.key.publicKey.parameters.modulusLimbs
        switch forgery {
        // The first coordinate, which is not the last slot of its byte, and the number of contributors.
        case .number: bytes[(2 * slotBits + 7) / 8] ^= 1
        case .count: bytes[0] ^= 1
        case .aboveModulus: for place in 0..<half { bytes[place] = 255 }
        case .root: bytes[half] ^= 1
        case .noRoot: for place in half..<2 * half { bytes[place] = 0 }
        case .negatedRoot:
            let key = bench.parties.key.publicKey
            let r = PublicInteger(
                limbs: stride(from: half, to: 2 * half, by: 8).map { start in
                    (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
                })
            let negated = (key.n - r).limbs(half / 8)
            for (place, limb) in negated.enumerated() {
                for byte in 0..<8 { bytes[half + 8 * place + byte] = UInt8(truncatingIfNeeded: limb >> (8 * byte)) }
            }
        }
        return bytes
    }

    /// In root mode a shareholder knows a forged number or root; who holds no share can be shown.
    @Test(arguments: Forgery.allCases)
    func forgedOpeningsByRoot(_ forgery: Forgery) throws {
        let bench = try SumBench(SumBench.Terms(participants: 4, mode: .jointRoot))
        try bench.setUp()
        bench.holding = [.openingShare]
        try bench.announce()
        let shown = bench.server.machine.round?.request
        let (request, slotBits) = (try #require(shown), try bench.openRound().context.packing.slotBits)
        bench.advance(to: .result)
        let frames = bench.held.filter { $0.to == bench.peer(0) }.map(\.bytes)
        let opening = try bench.parts(frames)
        let forged = try Self.result(bench, frames[0], Self.forge(forgery, opening, bench, slotBits: slotBits))
        for id in [0, 3] {
            for frame in forged[..<2] { #expect(try bench.answer(frame, by: id).isEmpty) }
            bench.deliver(SumMessage(from: .coordinator, to: bench.peer(id), bytes: forged[2]))
            let code: AbortCode = forgery == .aboveModulus && id == 3 ? .nonCanonical : .openingRejected
            let heard = bench.aborts.filter { $0.by == bench.peer(id) }.map(\.abort)
            let isRefused = id == 0 || forgery == .aboveModulus || forgery == .count
            let expected = Abort(code, .result, peer: .coordinator, evidence: Evidence(frames: [forged[0]]))
            #expect(heard == (isRefused ? [expected] : []), "\(forgery) at \(id)")
            #expect((bench.outcomes[id] == nil) == isRefused, "\(forgery) at \(id)")
            let last = bench.companies[id].machine.lastOpening
            #expect((last == nil) == isRefused)
            if let last {
                #expect(throws: PaillierFailure.openingRejected) {
                    try last.verifyOpening(of: request.aggregate, key: bench.parties.key.publicKey)
                }
            }
            #expect(bench.companies[id].machine.expectedStage == .announce)
        }
    }

    /// Without roots only what cannot be a sum of so many is refused: the word of the coordinator stands for the rest.
    @Test func forgedOpeningsByDecryption() throws {
        for (forgery, code) in [
            (Forgery.count, AbortCode.openingRejected), (.aboveModulus, .nonCanonical),
        ] {
            let bench = try SumBench.upTo(.result, SumBench.Terms(participants: 4))
            let frames = bench.held.filter { $0.to == bench.peer(0) }.map(\.bytes)
            let forged = try Self.result(
                bench, frames[0], Self.forge(forgery, bench.parts(frames), bench, slotBits: 0))
            for id in [0, 3] {
                for frame in forged { bench.deliver(SumMessage(from: .coordinator, to: bench.peer(id), bytes: frame)) }
                #expect(
                    bench.aborts.filter { $0.by == bench.peer(id) }.map(\.abort)
                        == [Abort(code, .result, peer: .coordinator, evidence: Evidence(frames: [forged[0]]))])
            }
        }
    }

    @Test func abortNotices() throws {
        let bench = try SumBench.upTo(.maskedInput, SumBench.Terms(participants: 4))
        func notice(_ stage: Stage, round: UInt64 = 1) -> [UInt8] {
            bench.forge(.abort, round: round, AbortNotice(Abort(.tooFewSurvivors, stage)).encoded())
        }
        bench.expectRefusal(.impossibleTransition, .result, notice(.advertise), by: 0, "the set-up is over")
        bench.expectRefusal(.wrongContext, .result, notice(.survivors, round: 2), by: 0)
        bench.expectRefusal(.roundReplayed, .result, notice(.survivors, round: 0), by: 0)
        bench.expectRefusal(
            .badSignature, .result, try bench.resign(notice(.survivors), signer: bench.peer(1)), by: 0)
        bench.expectRefusal(
            .wrongSender, .result, blaming: bench.peer(1), try bench.resign(notice(.survivors), sender: bench.peer(1)),
            by: 0)
        try bench.finishExactly([0, 1, 2, 3])
        bench.expectRefusal(.roundReplayed, .result, notice(.survivors), by: 0, "the round is over")
        bench.expectRefusal(.roundReplayed, .result, notice(.advertise), by: 0, "the round is over")
    }
}

extension SumBench {
    /// The bytes that the chunks among some frames carry.
    func parts(_ frames: [[UInt8]]) throws -> [UInt8] {
        try frames.map { try Frame($0) }.filter { $0.header.type == .chunk }.flatMap { $0.body.dropFirst(4) }
    }
}
