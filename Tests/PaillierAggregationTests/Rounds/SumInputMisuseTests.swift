import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Inputs and contributions that must not enter a sum.
@Suite struct SumInputMisuseTests {
    // MARK: What an application hands in

    @Test(arguments: [false, true])
    func inputsAtSubmit(_ masksInside: Bool) throws {
        let bench = try SumBench(SumBench.Terms(masksInside: masksInside))
        bench.withholding = [0, 1, 2]
        func expect(
            _ code: AbortCode, _ input: PackedVector, token: Bytes32? = nil, _ note: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let before = bench.companies[0].machine.fingerprint
            #expect(throws: Abort(code, .input), "\(note)", sourceLocation: sourceLocation) {
                try bench.submit(input, by: 0, token: token)
            }
            let after = bench.companies[0].machine.fingerprint
            #expect(before == after, "\(note): state changed", sourceLocation: sourceLocation)
        }
        let sound = bench.inputs[0]
        expect(.unexpectedMessage, sound, "before there is a session")
        try bench.setUp()
        expect(.unexpectedMessage, sound, "before there is a round")
        try bench.announce()
        let bound = Int64(SumBench.valueBound(bench.terms))
        let beyond: [Int64] = [bound + 1, -bound - 1, (1 << 20) - 1, -(1 << 20)]
        for value in beyond {
            var values = sound.signedValues()
            values[8] = value
            expect(.elementOutOfRange, try PackedVector(packing: values, layout: bench.layout), "\(value)")
        }
        let short = try PackedVector(packing: Array(sound.signedValues().dropLast()), layout: bench.layout)
        expect(.dimensionMismatch, short, "short")
        let wide = try PackedVector(packing: sound.signedValues(), layout: LaneLayout(bits: 22))
        expect(.dimensionMismatch, wide, "another ring")
        let start = bench.now
        bench.now = start.advanced(byMilliseconds: 1_000)
        expect(.late, sound, "late")
        bench.now = start
        let token = SumSetupMisuseTests.other.value
        for id in 0..<3 { try bench.submit(bench.inputs[id], by: id, token: id == 0 ? token : nil) }
        expect(.roundBurnt, sound, "twice")
        bench.pump()
        bench.settle()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
        if masksInside { try bench.setUp(2, firstRound: 2) }
        try bench.announce(2)
        expect(.inputReused, sound, token: token, "the token of round 1")
    }

    // MARK: Promises and parts

    @Test func promises() throws {
        let bench = try SumBench.upTo(.maskedInput)
        let (sound, id) = (try bench.held(.maskedInput, to: .coordinator, from: 0), bench.peer(0))
        func expect(_ code: AbortCode, _ bytes: [UInt8], _ peer: PeerID? = nil, _ note: String = "") {
            bench.expectServerRefusal(code, .input, blaming: peer ?? id, bytes, note)
        }
        expect(.configMismatch, try bench.resign(sound) { $0[0] ^= 1 })
        expect(.dimensionMismatch, try bench.resign(sound) { $0[32] ^= 1 })
        expect(.dimensionMismatch, try bench.resign(sound) { $0[39] = 0x80 }, nil, "a huge count")
        expect(.wrongContext, try bench.resign(sound, session: SumSetupMisuseTests.other))
        expect(.roundReplayed, try bench.resign(sound, round: 0))
        expect(.wrongContext, try bench.resign(sound, round: 2))
        expect(.badSignature, try bench.resign(sound, signer: bench.peer(1)))
        expect(.unknownParticipant, try bench.resign(sound, sender: bench.peer(3), signer: id), bench.peer(3))
        expect(.unknownParticipant, try bench.resign(sound, sender: .coordinator), .coordinator)
        let start = bench.now
        bench.now = start.advanced(byMilliseconds: 1_000)
        expect(.late, sound)
        bench.now = start
        #expect(try bench.server.machine.handle(sound, at: start).isEmpty)
        #expect(try bench.server.machine.handle(sound, at: start).isEmpty)
        let twice = bench.expectServerRefusal(
            .equivocation, .input, blaming: id, try bench.resign(sound) { $0[40] ^= 1 })
        try bench.expectProof(twice, by: id)
        try bench.finishExactly([0, 1, 2])
    }

    @Test func parts() throws {
        let bench = try SumBench.upTo(.maskedInput)
        let id = bench.peer(0)
        let frames = bench.held.filter { $0.from == id }.map(\.bytes)
        let (promise, roots, chunk) = (frames[0], frames[1], frames[2])
        func expect(_ code: AbortCode, _ bytes: [UInt8], _ peer: PeerID? = nil, _ note: String = "") {
            bench.expectServerRefusal(code, .input, blaming: peer ?? id, bytes, note)
        }
        expect(.unexpectedMessage, roots, nil, "roots before the promise")
        expect(.unexpectedMessage, chunk, nil, "a chunk before the promise")
        _ = try bench.server.machine.handle(promise, at: bench.now)
        expect(.unexpectedMessage, chunk, nil, "a chunk before the roots")
        expect(.digestMismatch, try bench.resign(roots) { $0[4] ^= 1 })
        expect(.messageTooLarge, try bench.resign(roots) { $0.replaceSubrange(0..<4, with: [255, 255, 255, 255]) })
        expect(.truncated, try bench.resign(roots) { $0.removeLast() })
        expect(.trailingData, try bench.resign(roots) { $0.append(0) })
        expect(.digestMismatch, try bench.resign(roots) { $0 = [0, 0, 0, 0] }, nil, "no roots")
        expect(.unknownParticipant, try bench.resign(roots, sender: bench.peer(3)), bench.peer(3))
        expect(.unexpectedMessage, try bench.resign(roots, sender: bench.peer(1)), bench.peer(1))
        _ = try bench.server.machine.handle(roots, at: bench.now)
        expect(.digestMismatch, try bench.resign(chunk) { $0[4] ^= 1 })
        expect(.digestMismatch, try bench.resign(chunk) { $0[$0.count - 1] ^= 1 })
        expect(.dimensionMismatch, try bench.resign(chunk) { $0[0] = 1 }, nil, "a chunk that there is not")
        expect(.dimensionMismatch, try bench.resign(chunk) { $0[3] = 0xFF }, nil, "a huge index")
        expect(.dimensionMismatch, try bench.resign(chunk) { $0.removeLast() })
        expect(.dimensionMismatch, try bench.resign(chunk) { $0.append(0) })
        expect(.truncated, try bench.resign(chunk) { $0 = [0, 0, 0] })
        expect(.wrongContext, try bench.resign(chunk, round: 2))
        expect(.wrongContext, try bench.resign(chunk, session: SumSetupMisuseTests.other))
        try bench.finishExactly([0, 1, 2])
        // Afterwards a promise again is answered with what its sender may have missed.
        #expect(try bench.server.machine.handle(chunk, at: bench.now).isEmpty)
        #expect(
            try bench.server.machine.handle(promise, at: bench.now).sentFrames == [
                bench.sent(.acknowledgement, from: .coordinator, to: id), bench.sent(.survivors, from: .coordinator),
            ])
        expect(.equivocation, try bench.resign(promise) { $0[40] ^= 1 })
    }

    /// A spool without room refuses the third contribution, whose sender may try again; the others are summed.
    @Test func fullSpool() throws {
        let bench = try SumBench(spool: MemorySpool(capacityBytes: 2 * 1_536 + 1_535))
        try bench.setUp()
        bench.holding = [.chunk]
        try bench.announce()
        let chunks = bench.held
        (bench.held, bench.holding) = ([], [])
        for chunk in chunks[..<2] { bench.deliver(chunk) }
        bench.expectServerRefusal(.spoolFailed, .input, blaming: chunks[2].from, chunks[2].bytes)
        bench.settle()
        bench.expectExact([0, 1], at: [0, 1, 2])
    }
}
