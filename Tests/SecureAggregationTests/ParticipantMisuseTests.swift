import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Bad bytes at a participant, at every step: always a typed refusal, never a trap, and the machine is as it was.
@Suite struct ParticipantMisuseTests {
    static let types: [FrameType] = [
        .epochProposal, .advertiseList, .delivery, .roundConfig, .acknowledgement, .survivors, .unmaskRequest, .result,
        .chunkRoots, .chunk,
    ]

    /// Honest up to the frame of this type from the coordinator to participant 0.
    static func waiting(for type: FrameType) throws -> (ProtocolBench, [UInt8]) {
        let bench = try ProtocolBench()
        var frame: [UInt8]?
        bench.mangle = { message in
            guard message.type == type, message.from == .coordinator, frame == nil else {
                if message.to == 0, message.from == .coordinator, frame != nil {
                    bench.held.append(message)
                    return []
                }
                return [message]
            }
            guard message.to == 0 else { return [message] }
            frame = message.bytes
            bench.held.append(message)
            return []
        }
        try bench.openEpoch()
        if bench.server.machine.expectedStage == .announce { try bench.announce() }
        return (bench, try #require(frame))
    }

    /// Goes on honestly from there: participant 0 ends with everybody else's sum.
    static func goOn(_ bench: ProtocolBench) throws {
        bench.mangle = { [$0] }
        try bench.finishExactly()
        #expect(bench.outcomes[0] != nil)
    }

    @Test(arguments: types)
    func everyTruncation(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let before = bench.parties[0].machine.fingerprint
        for length in 0..<frame.count {
            let thrown = try #require(throws: Abort.self) {
                try bench.parties[0].machine.handle(Array(frame[..<length]), at: bench.now)
            }
            #expect(thrown.code == .truncated, "\(length) of \(frame.count)")
        }
        // A body cut short under a signature that fits it.
        let body = try Frame(frame).body.count
        for length in 0..<body {
            let short = try bench.resign(frame) { $0.removeLast(body - length) }
            #expect(throws: Abort.self, "\(length) of \(body)") {
                try bench.parties[0].machine.handle(short, at: bench.now)
            }
        }
        #expect(bench.parties[0].machine.fingerprint == before)
        try Self.goOn(bench)
    }

    @Test(arguments: types)
    func badHeadersAndTails(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes = frame
            change(&bytes)
            return bytes
        }
        for byte in 0..<4 { bench.expectRefusal(.badMagic, changed { $0[byte] ^= 1 }, by: 0) }
        bench.expectRefusal(.unsupportedVersion, changed { $0[4] = 0 }, by: 0)
        bench.expectRefusal(.unsupportedVersion, changed { $0[4] = 2 }, by: 0)
        bench.expectRefusal(.unsupportedVersion, changed { $0[5] = 1 }, by: 0)
        bench.expectRefusal(.unsupportedVersion, changed { $0[8] = 2 }, by: 0, "suite")
        bench.expectRefusal(.unexpectedMessage, changed { $0[6] = 99 }, by: 0)
        bench.expectRefusal(.unexpectedMessage, changed { $0[6] = 0 }, by: 0)
        bench.expectRefusal(.nonCanonical, changed { $0[10] = 1 }, by: 0)
        bench.expectRefusal(.nonCanonical, changed { $0[11] = 0x80 }, by: 0)
        bench.expectRefusal(.trailingData, changed { $0.append(0) }, by: 0)
        bench.expectRefusal(.trailingData, changed { $0 += $0 }, by: 0)
        bench.expectRefusal(.messageTooLarge, changed { for index in 56..<60 { $0[index] = 0xFF } }, by: 0)
        bench.expectRefusal(.truncated, changed { $0[56] &+= 1 }, by: 0, "declared longer")
        for sender in [PeerID(rawValue: 0), 1, 77, .nobody] {
            let code: AbortCode = .wrongSender
            bench.expectRefusal(code, try bench.resign(frame, sender: sender, signer: 1), by: 0, blaming: sender)
        }
        if type.isSigned {
            bench.expectRefusal(.badSignature, try bench.resign(frame, signer: 1), by: 0)
            bench.expectRefusal(.badSignature, try bench.resign(frame, signer: 0), by: 0)
        }
        bench.expectRefusal([], by: 0)
        try Self.goOn(bench)
    }

    @Test(arguments: types)
    func flippedBits(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let before = bench.parties[0].machine.fingerprint
        let stride = max(1, frame.count / 700)
        for index in Swift.stride(from: 0, to: frame.count, by: stride) {
            var bytes = frame
            bytes[index] ^= 1 << UInt8(index % 8)
            #expect(throws: Abort.self, "byte \(index)") { try bench.parties[0].machine.handle(bytes, at: bench.now) }
        }
        #expect(bench.parties[0].machine.fingerprint == before)
        try Self.goOn(bench)
    }

    /// A coordinator that signs nonsense: bodies changed byte by byte under a signature that fits.  Some changes are
    /// another valid message; none is a trap, and what is refused changes nothing.
    @Test(arguments: types.filter(\.isSigned))
    func signedNonsense(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let body = try Frame(frame).body.count
        let stride = max(1, body / 250)
        var refused = 0
        for index in Swift.stride(from: 0, to: body, by: stride) {
            for change in [UInt8(0x01), 0x80, 0xFF] {
                let bytes = try bench.resign(frame) { $0[index] ^= change }
                let before = bench.parties[0].machine.fingerprint
                do throws(Abort) {
                    _ = try bench.parties[0].machine.handle(bytes, at: bench.now)
                    bench.parties[0].machine = try bench.restored(0, from: bench.parties[0].store)
                } catch {
                    refused += 1
                    #expect(bench.parties[0].machine.fingerprint == before, "byte \(index)")
                }
            }
        }
        #expect(refused > 0)
        bench.parties[0].machine = try bench.restored(0, from: bench.parties[0].store)
        if type != .chunk, type != .chunkRoots, type != .result { try Self.goOn(bench) }
    }

    /// Every type of frame in every step, with the bodies of the honest run: the wrong ones are refused.
    @Test(arguments: types)
    func wrongStep(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let header = try Frame(frame).header
        for other in FrameType.allCases where other != type {
            for body in [[UInt8](), [UInt8](try Frame(frame).body)] where !(other == .abort && body.count == 8) {
                let bytes = bench.forge(other, session: header.session, round: header.round, body)
                let before = bench.parties[0].machine.fingerprint
                #expect(throws: Abort.self, "\(other)") {
                    try bench.parties[0].machine.handle(bytes, at: bench.now)
                }
                #expect(bench.parties[0].machine.fingerprint == before, "\(other)")
            }
        }
        try Self.goOn(bench)
    }

    @Test(arguments: types.filter { $0 != .epochProposal && $0 != .acknowledgement })
    func wrongContext(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let other = Blake2b.hash([1], Personalisation("other"))
        bench.expectRefusal(.wrongContext, try bench.resign(frame, session: other), by: 0, "session")
        let isOfRound = type.stage.rawValue > Stage.announce.rawValue
        bench.expectRefusal(
            type == .roundConfig ? .wrongContext : .wrongContext, try bench.resign(frame, round: 3), by: 0, "later")
        bench.expectRefusal(
            isOfRound ? .roundReplayed : .wrongContext, try bench.resign(frame, round: 0), by: 0, "earlier")
        try Self.goOn(bench)
    }

    @Test func tooLate() throws {
        for (type, code) in [
            (FrameType.epochProposal, AbortCode.expired), (.advertiseList, .expired), (.roundConfig, .expired),
            (.survivors, .expired), (.unmaskRequest, .expired),
        ] {
            let (bench, frame) = try Self.waiting(for: type)
            let now = bench.now
            bench.now = now.advanced(byMilliseconds: 1 << 40)
            bench.expectRefusal(code, frame, by: 0, "\(type)")
            bench.now = now
            try Self.goOn(bench)
        }
    }

    @Test func inputsThatDoNotFit() throws {
        let bench = try ProtocolBench()
        bench.withholding = [0]
        try bench.setUp()
        try bench.announce()
        let short = PackedVector(zeros: 8, layout: bench.layout)
        #expect(throws: Abort(.dimensionMismatch, .input)) { try bench.submit(short, by: 0) }
        let other = PackedVector(zeros: 9, layout: try LaneLayout(bits: 20))
        #expect(throws: Abort(.dimensionMismatch, .input)) { try bench.submit(other, by: 0) }
        let now = bench.now
        bench.now = now.advanced(byMilliseconds: 1 << 40)
        #expect(throws: Abort(.late, .input)) { try bench.submit(bench.inputs[0], by: 0) }
        bench.now = now
        try bench.submit(bench.inputs[0], by: 0)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func somebodyWhoIsNotOnTheRoster() throws {
        let bench = try ProtocolBench()
        #expect(throws: Abort(.unknownParticipant, .proposal)) {
            _ = try Participant(
                identity: ProtocolBench.identity(9, 1), roster: bench.roster, policy: bench.policies[0],
                sealingKey: ProtocolBench.sealingKey(9, 1), random: ProtocolBench.random(1, "x"),
                sealingRandom: ProtocolBench.random(1, "y"))
        }
        #expect(throws: Abort(.unknownParticipant, .proposal)) {
            _ = try Coordinator(
                identity: ProtocolBench.identity(9, 1), roster: bench.roster,
                sealingKey: ProtocolBench.sealingKey(9, 1), spool: MemorySpool(capacityBytes: 1),
                sealingRandom: ProtocolBench.random(1, "y"))
        }
    }
}

extension ProtocolBench {
    /// A participant refuses these bytes somehow, and is as it was.
    func expectRefusal(_ bytes: [UInt8], by id: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        let before = parties[id].machine.fingerprint
        #expect(throws: Abort.self, sourceLocation: sourceLocation) {
            try parties[id].machine.handle(bytes, at: now)
        }
        #expect(parties[id].machine.fingerprint == before, sourceLocation: sourceLocation)
    }
}
