import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Bad bytes at the coordinator, at every step: always a typed refusal, never a trap, the machine is as it was, and the
/// round goes on to the exact sum of everybody.
@Suite struct CoordinatorMisuseTests {
    static let types = HostileClientMisuseTests.types
    static let sender: PeerID = 2

    /// Honest up to the frame of this type from participant 2; everything behind it in the queue waits as well.
    static func waiting(for type: FrameType) throws -> (ProtocolBench, [UInt8]) {
        let bench = try ProtocolBench()
        var frame: [UInt8]?
        bench.mangle = { message in
            if frame == nil, message.type == type, message.from == sender { frame = message.bytes }
            guard frame != nil else { return [message] }
            bench.held.append(message)
            return []
        }
        try bench.openEpoch()
        if bench.server.machine.expectedStage == .announce { try bench.announce() }
        return (bench, try #require(frame))
    }

    static func goOn(_ bench: ProtocolBench) throws {
        bench.mangle = { [$0] }
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test(arguments: types)
    func everyTruncation(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let before = bench.server.machine.fingerprint
        for length in 0..<frame.count {
            let thrown = try #require(throws: Abort.self) {
                try bench.server.machine.handle(Array(frame[..<length]), at: bench.now)
            }
            #expect(thrown.code == .truncated, "\(length) of \(frame.count)")
        }
        let body = try Frame(frame).body.count
        for length in 0..<body {
            let short = try bench.resign(frame) { $0.removeLast(body - length) }
            #expect(throws: Abort.self, "\(length) of \(body)") {
                try bench.server.machine.handle(short, at: bench.now)
            }
        }
        #expect(bench.server.machine.fingerprint == before)
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
        let other = Blake2b.hash([1], Personalisation("other"))
        let isOfRound = type.stage.rawValue >= Stage.input.rawValue
        let rows: [(AbortCode, [UInt8])] = try [
            (.badMagic, changed { $0[0] ^= 1 }), (.badMagic, changed { $0[3] ^= 1 }),
            (.unsupportedVersion, changed { $0[4] = 9 }), (.unsupportedVersion, changed { $0[8] = 9 }),
            (.unexpectedMessage, changed { $0[6] = 23 }), (.nonCanonical, changed { $0[10] = 1 }),
            (.trailingData, changed { $0.append(7) }), (.truncated, changed { $0[56] &+= 1 }),
            (.messageTooLarge, changed { for index in 56..<60 { $0[index] = 0xFF } }),
            (.unknownParticipant, bench.resign(frame, sender: 6, signer: 2)),
            (.unknownParticipant, bench.resign(frame, sender: .nobody, signer: 2)),
            (.unknownParticipant, bench.resign(frame, sender: .coordinator)),
            (.wrongContext, bench.resign(frame, session: other)), (.wrongContext, bench.resign(frame, round: 3)),
            (isOfRound ? .roundReplayed : .wrongContext, bench.resign(frame, round: 0)),
        ]
        for (index, (code, bytes)) in rows.enumerated() { bench.expectServerRefusal(code, bytes, "row \(index)") }
        if type.isSigned {
            bench.expectServerRefusal(.badSignature, try bench.resign(frame, signer: 3), blaming: 2)
            bench.expectServerRefusal(.badSignature, try bench.resign(frame, sender: 3, signer: 2), blaming: 3)
        }
        bench.expectServerRefusal(.truncated, [])
        try Self.goOn(bench)
    }

    @Test(arguments: types)
    func flippedBits(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let before = bench.server.machine.fingerprint
        for index in Swift.stride(from: 0, to: frame.count, by: max(1, frame.count / 700)) {
            var bytes = frame
            bytes[index] ^= 1 << UInt8(index % 8)
            // A part of an upload carries no signature: under another's name it is another's, and nothing new to it.
            let isAnothersPart = !type.isSigned && (12..<16).contains(index)
            if isAnothersPart {
                _ = try? bench.server.machine.handle(bytes, at: bench.now)
            } else {
                #expect(throws: Abort.self, "byte \(index)") { try bench.server.machine.handle(bytes, at: bench.now) }
            }
        }
        #expect(bench.server.machine.fingerprint == before)
        try Self.goOn(bench)
    }

    /// Bodies changed byte by byte under the sender's own signature. What is refused changes nothing.
    @Test(arguments: types)
    func signedNonsense(type: FrameType) throws {
        let (probe, example) = try Self.waiting(for: type)
        let body = try Frame(example).body.count
        var refused = 0
        var taken: [(Int, UInt8)] = []
        for index in Swift.stride(from: 0, to: body, by: max(1, body / 200)) {
            for change in [UInt8(0x01), 0x80, 0xFF] {
                let bytes = try probe.resign(example) { $0[index] ^= change }
                let before = probe.server.machine.fingerprint
                do throws(Abort) {
                    _ = try probe.server.machine.handle(bytes, at: probe.now)
                    taken.append((index, change))
                    if probe.server.machine.fingerprint != before { break }
                } catch {
                    refused += 1
                    #expect(probe.server.machine.fingerprint == before, "byte \(index)")
                }
            }
        }
        #expect(refused > 0 || !taken.isEmpty)
        // What was taken is a promise of one participant at most: the others still get their sum.
        for (index, change) in taken.prefix(3) {
            let (bench, frame) = try Self.waiting(for: type)
            let position = try #require(bench.held.firstIndex { $0.bytes == frame })
            bench.held[position].bytes = try bench.resign(frame) { $0[index] ^= change }
            bench.mangle = { [$0] }
            bench.release()
            if bench.outcome == nil, bench.server.machine.expectedStage == .announce { try bench.announce() }
            bench.settle()
            bench.expectExact()
            #expect(bench.outcome?.survivors.count ?? 0 >= 5, "byte \(index)")
        }
    }

    /// Frames of every other type in the place of the expected one: the coordinator's own types are refused, and no
    /// body of another step does harm.
    @Test(arguments: types)
    func wrongStep(type: FrameType) throws {
        let (bench, frame) = try Self.waiting(for: type)
        let header = try Frame(frame).header
        for other in FrameType.allCases where other != type {
            for body in [[UInt8](), [UInt8](try Frame(frame).body), [UInt8](repeating: 0xFF, count: 300)] {
                let bytes = bench.forge(other, from: 2, session: header.session, round: header.round, body)
                let before = bench.server.machine.fingerprint
                _ = try? bench.server.machine.handle(bytes, at: bench.now)
                #expect(bench.server.machine.fingerprint == before, "\(other)")
            }
        }
        try Self.goOn(bench)
    }

    @Test func announcementsThatNobodyWouldAccept() throws {
        let bench = try ProtocolBench()
        #expect(throws: Abort(.unexpectedMessage, .announce)) {
            _ = try bench.server.machine.announce(round: 1, bench.roundParameters())
        }
        try bench.setUp()
        for round in [UInt64(0), 3, .max] {
            #expect(throws: Abort(.wrongContext, .announce)) {
                _ = try bench.server.machine.announce(round: round, bench.roundParameters())
            }
        }
        var parameters = bench.roundParameters()
        parameters.receiptsRequired = 3
        #expect(throws: Abort(.policyViolation, .announce, peer: .coordinator)) {
            _ = try bench.server.machine.announce(round: 1, parameters)
        }
        parameters = bench.roundParameters()
        parameters.ringBits = 63
        #expect(throws: Abort(.invalidConfiguration, .announce, peer: .coordinator)) {
            _ = try bench.server.machine.announce(round: 1, parameters)
        }
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
        #expect(throws: Abort(.roundReplayed, .announce)) {
            _ = try bench.server.machine.announce(round: 1, bench.roundParameters())
        }
        #expect(throws: Abort(.roundReplayed, .proposal)) {
            _ = try bench.server.machine.openEpoch(1, firstRound: 9, parameters: bench.epochParameters())
        }
        #expect(throws: Abort(.roundReplayed, .proposal)) {
            _ = try bench.server.machine.openEpoch(2, firstRound: 2, parameters: bench.epochParameters())
        }
        try bench.setUp(2, firstRound: 3)
        try bench.announce(3)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    /// Nobody has masked anything yet: no survivor, no sum, and the coordinator goes on.
    @Test func noInputAtAll() throws {
        let bench = try ProtocolBench()
        bench.withholding = Set(0..<6)
        try bench.setUp()
        try bench.announce()
        bench.settle()
        #expect(bench.aborts.first?.abort == Abort(.tooFewSurvivors, .survivors))
        bench.withholding = []
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    /// A spool that is full refuses one upload after the other and stops nobody that fits.
    @Test func spoolFull() throws {
        let bench = try ProtocolBench(spool: MemorySpool(capacityBytes: 8))
        try bench.setUp()
        try bench.announce()
        bench.settle()
        #expect(bench.outcome == nil)
        #expect(bench.refused(.spoolFailed, by: .coordinator))
        #expect(bench.aborts.first?.abort == Abort(.tooFewSurvivors, .survivors))
    }

    /// Under `onFailure` a dealer whose sealed digest is not that of its commitments is left out alone.
    @Test func otherCommitmentsInTheBoxOnly() throws {
        var terms = ProtocolBench.Terms()
        terms.shareCheck = .onFailure
        let bench = try ProtocolBench(terms, policy: { $1.eagerShareCheckUpTo = 3 })
        bench.mangle = { [unowned bench] message in
            guard message.from == 2, message.type == .shares else { return [message] }
            var changed = message
            let forged = try? bench.resign(message.bytes) { body in
                guard let boxes = try? HostileContributionMisuseTests.boxes(body[...], bench) else { return }
                let altered = boxes.boxes.map { box in
                    var content = (try? bench.openBox(box.box, from: 2, to: box.recipient)) ?? []
                    content[0] ^= 1
                    return AddressedBox(
                        recipient: box.recipient,
                        box: (try? bench.sealBox(content, from: 2, to: box.recipient)) ?? [])
                }
                body = ShareBoxes(commitmentsDigest: boxes.commitmentsDigest, boxes: altered).encoded()
            }
            changed.bytes = forged ?? []
            return [changed]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact([0, 1, 3, 4, 5])
        for id in [0, 1, 3, 4, 5] {
            #expect(bench.parties[id].machine.refusals == [Abort(.inconsistentShare, .deal, peer: 2)])
        }
    }

    /// Under `onFailure` wrong shares of one dealer cost that round at most, and the next one at least opens.
    @Test(arguments: [1, 2])
    func wrongSharesFoundAtTheOpening(victims: Int) throws {
        var terms = ProtocolBench.Terms()
        terms.shareCheck = .onFailure
        let bench = try ProtocolBench(terms, policy: { $1.eagerShareCheckUpTo = 3 })
        bench.mangle = { [unowned bench] message in
            guard message.from == 2, message.type == .shares else { return [message] }
            var changed = message
            let forged = try? bench.resign(message.bytes) { body in
                guard let boxes = try? HostileContributionMisuseTests.boxes(body[...], bench) else { return }
                let altered = boxes.boxes.enumerated().map { index, box in
                    guard index < victims else { return box }
                    var content = (try? bench.openBox(box.box, from: 2, to: box.recipient)) ?? []
                    for offset in [32, 64, 96, 128] { content[offset] ^= 1 }
                    return AddressedBox(
                        recipient: box.recipient,
                        box: (try? bench.sealBox(content, from: 2, to: box.recipient)) ?? [])
                }
                body = ShareBoxes(commitmentsDigest: boxes.commitmentsDigest, boxes: altered).encoded()
            }
            changed.bytes = forged ?? []
            return [changed]
        }
        try bench.setUp()
        try bench.announce(1)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
        #expect(!bench.server.machine.refusals.isEmpty)
        try bench.announce(2)
        bench.settle()
        bench.expectExact()
    }
}
