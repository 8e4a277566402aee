import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Machines that end before every single effect: the round ends exactly or aloud, and nobody says two things.
@Suite struct SumCrashPropertyTests {
    /// Whatever one company loses, it never says two things in a round, and the others get the sum.
    @Test(arguments: [0, 3])
    func companyCrashesBeforeEveryEffect(_ id: Int) throws {
        for effect in 0..<200 {
            let bench = try SumBench(SumRestartPropertyTests.terms)
            bench.crash = (bench.peer(id), effect)
            bench.retrains = true
            try bench.setUp()
            try bench.announce()
            bench.settle()
            guard bench.crash == nil else {
                #expect(effect > 15, "every effect has had its crash")
                return
            }
            bench.expectExact()
            #expect((bench.outcome?.survivors.count ?? 0) >= 3, "effect \(effect)")
            try Self.expectOneOfEach(bench, bench.peer(id), "effect \(effect)")
        }
        Issue.record("the run has no end")
    }

    /// With masks inside the loss of one member ends the round, and says so.
    @Test func crashesWithMasksInside() throws {
        var terms = SumRestartPropertyTests.terms
        terms.masksInside = true
        for effect in 0..<200 {
            let bench = try SumBench(terms)
            bench.crash = (bench.peer(1), effect)
            bench.retrains = true
            try bench.setUp()
            try bench.announce()
            bench.settle()
            guard bench.crash == nil else {
                #expect(effect > 15, "every effect has had its crash")
                return
            }
            if bench.outcome == nil {
                let given = bench.aborts.filter { $0.by == .coordinator }.map(\.abort.code)
                #expect(given == [.tooFewSurvivors], "effect \(effect): \(bench.trouble)")
            } else {
                bench.expectExact()
            }
            try Self.expectOneOfEach(bench, bench.peer(1), "effect \(effect)")
        }
        Issue.record("the run has no end")
    }

    /// After a restart the coordinator says its last word again, and the sum is exact at everybody.
    @Test(arguments: [false, true])
    func coordinatorCrashesBeforeEveryEffect(_ onFiles: Bool) throws {
        var terms = SumRestartPropertyTests.terms
        terms.participants = 3
        for effect in stride(from: 0, to: 400, by: onFiles ? 3 : 1) {
            let directory = SumDirectory()
            let bench = try SumRestartPropertyTests.bench(terms, directory, storesOnFiles: onFiles)
            bench.crash = (.coordinator, effect)
            // The driver repeats the call whose record the crash swallowed; nobody has seen anything of it.
            try bench.setUp()
            if bench.server.machine.expectedStage == .proposal { try bench.setUp() }
            try bench.announce()
            bench.settle()
            if bench.server.machine.lastRound == nil {
                try bench.announce()
                bench.settle()
            }
            guard bench.crash == nil else {
                #expect(effect > 40, "every effect has had its crash")
                return
            }
            let isClean = bench.refusals.allSatisfy { $0.by != .coordinator || $0.abort.stage != .state }
            #expect(isClean, "effect \(effect): \(bench.trouble)")
            bench.expectExact([0, 1, 2])
            #expect(bench.outcomes.count == 3, "effect \(effect): \(bench.trouble)")
            for id in 0..<3 { try Self.expectOneOfEach(bench, bench.peer(id), "effect \(effect)") }
        }
        Issue.record("the run has no end")
    }

    /// One promise, one statement, one part a round, whatever happened, and one content of each.
    static func expectOneOfEach(_ bench: SumBench, _ peer: PeerID, _ note: String) throws {
        for type in [FrameType.join, .maskedInput, .survivorStatement, .openingShare] {
            let frames = try bench.sent.filter { $0.from == peer && $0.type == type }.map { try Frame($0.bytes) }
            for round in Set(frames.map(\.header.round)) {
                let digests = Set(frames.filter { $0.header.round == round }.map(\.digest))
                #expect(digests.count == 1, "\(type) of \(peer) in round \(round), \(note)")
            }
        }
    }
}
