import CryptoPrimitives
import RoundProtocol
import Testing

@testable import PaillierAggregation

/// Companies that fall silent, at every step: the sum of the others is exact, or the round is given up aloud.
@Suite struct SumDropoutPropertyTests {
    static let ten = SumBench.Terms(participants: 10, threshold: 6, colluders: 1)

    /// A bench in which frames of a type from some companies are lost.
    static func bench(
        _ terms: SumBench.Terms, losing type: FrameType, from silent: [Int]
    ) throws -> SumBench {
        let bench = try SumBench(terms)
        bench.mangle = { message in
            let isLost = silent.contains { message.from == bench.peer($0) } && message.type == type
            return isLost ? [] : [message]
        }
        try bench.setUp()
        return bench
    }

    static func run(_ bench: SumBench) throws {
        try bench.announce()
        bench.settle()
    }

    @Test(arguments: OpeningMode.allCases, [FrameType.openingShare, .survivorStatement])
    func allButTheThresholdAreSilent(_ mode: OpeningMode, _ step: FrameType) throws {
        var terms = Self.ten
        terms.mode = mode
        let silent = [0, 3, 4, 9]
        let bench = try Self.bench(terms, losing: step, from: silent)
        try Self.run(bench)
        bench.expectExact(Array(0..<10))
        let signed = Set(0..<10).subtracting(silent)
        #expect(bench.outcomes.keys.sorted() == (step == .openingShare ? Array(0..<10) : signed.sorted()))
    }

    @Test func oneMoreIsTooMany() throws {
        let silent = [0, 3, 4, 8, 9]
        for mode in OpeningMode.allCases {
            var terms = Self.ten
            terms.mode = mode
            let unopened = try Self.bench(terms, losing: .openingShare, from: silent)
            try Self.run(unopened)
            try unopened.expectAbort(.abortedInsufficientShares, .unmask, told: Array(0..<10))
        }
        let unsigned = try Self.bench(Self.ten, losing: .survivorStatement, from: silent)
        try Self.run(unsigned)
        try unsigned.expectAbort(.quorumNotReached, .survivors, told: Array(0..<10))
    }

    @Test(arguments: OpeningMode.allCases)
    func oneOfThreeIsSilent(_ mode: OpeningMode) throws {
        let terms = SumBench.Terms(mode: mode)
        for (silent, isOpened) in [([1], true), ([1, 2], false)] {
            let bench = try Self.bench(terms, losing: .openingShare, from: silent)
            try Self.run(bench)
            if isOpened {
                bench.expectExact([0, 1, 2], at: [0, 1, 2])
            } else {
                try bench.expectAbort(.abortedInsufficientShares, .unmask, told: [0, 1, 2])
            }
        }
    }

    /// Of fifty shareholders 25 give no part: one too many.
    @Test func twentyFiveOfFiftyAreSilent() throws {
        let bench = try SumBench(SumBench.Terms(participants: 50, threshold: 26, colluders: 1, mode: .jointRoot))
        bench.withholding = Set(3..<50)
        bench.mangle = { message in
            let isShown = message.from == .coordinator && message.to.rawValue < 25 && message.type == .chunk
            return isShown && bench.server.machine.expectedStage == .unmask ? [] : [message]
        }
        try bench.setUp()
        try Self.run(bench)
        try bench.expectAbort(.abortedInsufficientShares, .unmask, told: Array(0..<50))
    }

    /// A round over a part of the session, as after a round that a member spoilt.
    @Test(arguments: [false, true])
    func aCohortWithoutSome(_ masksInside: Bool) throws {
        let bench = try SumBench(SumBench.Terms(participants: 5, masksInside: masksInside))
        try bench.setUp()
        let effects = try bench.server.machine.announce(
            round: 1, bench.roundParameters(model: "some"), excluding: [bench.peer(1), bench.peer(3)])
        bench.isSettled = false
        bench.carryOut(effects, by: .coordinator)
        bench.settle()
        bench.expectExact([0, 2, 4], at: [0, 2, 4])
        #expect(bench.outcome?.dropped.isEmpty == true)
        #expect(!bench.sent.contains { $0.from == bench.peer(1) && $0.type != .join })
        #expect(throws: Abort.self) {
            _ = try bench.server.machine.announce(
                round: 2, bench.roundParameters(model: "few"), excluding: Set((0..<3).map(bench.peer)))
        }
    }

    /// A company that has lost its share gives no part and learns the sum all the same; two are one too many.
    @Test(arguments: OpeningMode.allCases)
    func lostShares(_ mode: OpeningMode) throws {
        let one = try SumBench(SumBench.Terms(participants: 4, mode: mode, withoutShare: [0]))
        try one.setUp()
        try Self.run(one)
        one.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
        let two = try SumBench(SumBench.Terms(participants: 4, mode: mode, withoutShare: [0, 2]))
        try two.setUp()
        try Self.run(two)
        try two.expectAbort(.abortedInsufficientShares, .unmask, told: [0, 1, 2, 3])
    }

    /// Without the parts of two shareholders there is no sum, however many others have signed.
    @Test func aQuorumWithoutShareholders() throws {
        let bench = try Self.bench(
            SumBench.Terms(participants: 5), losing: .survivorStatement, from: [0, 2])
        try Self.run(bench)
        try bench.expectAbort(.abortedInsufficientShares, .survivors, told: [0, 1, 2, 3, 4])
        // The session goes on.
        bench.mangle = { [$0] }
        bench.aborts = []
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4], at: [0, 1, 2, 3, 4])
    }

    @Test(arguments: [FrameType.join, .maskedInput, .chunkRoots, .chunk, .survivorStatement, .openingShare])
    func dropouts(at step: FrameType) throws {
        for silent in [[1], [4], [2, 4]] {
            let bench = try Self.bench(SumBench.Terms(participants: 5), losing: step, from: silent)
            try Self.run(bench)
            let isIn = step == .survivorStatement || step == .openingShare
            bench.expectExact(isIn ? [0, 1, 2, 3, 4] : Set(0..<5).subtracting(silent).sorted())
            #expect(bench.outcomes.count >= 5 - silent.count)
        }
    }

    @Test func uploadHalfWay() throws {
        var terms = SumBench.Terms(participants: 4, mode: .jointRoot)
        (terms.dimension, terms.bits) = (68_000, 62)
        let bench = try SumBench(terms)
        try bench.setUp()
        var chunks = 0
        bench.mangle = { message in
            guard message.from == bench.peer(3), message.type == .chunk else { return [message] }
            chunks += 1
            return chunks == 1 ? [message] : []
        }
        bench.holding = [.unmaskRequest]
        try bench.announce()
        bench.settle(until: .unmask)
        #expect(chunks == 2)
        #expect(bench.server.machine.round?.included.indices == [0, 1, 2])
        #expect(bench.server.machine.round?.agreement?.survivors.indices == [0, 1, 2])
    }

    @Test func tooFewJoin() throws {
        let pair = try Self.bench(SumBench.Terms(participants: 4), losing: .join, from: [2, 3])
        #expect(pair.aborts.map(\.abort) == [Abort(.tooFewParticipants, .advertise)])
        let holders = try Self.bench(SumBench.Terms(participants: 5), losing: .join, from: [0, 2])
        #expect(holders.aborts.map(\.abort) == [Abort(.thresholdTooHigh, .advertise, peer: .coordinator)])
    }

    @Test func tooFewContribute() throws {
        let bench = try Self.bench(SumBench.Terms(participants: 5, colluders: 1), losing: .chunk, from: [0, 1, 4])
        try Self.run(bench)
        try bench.expectAbort(.tooFewSurvivors, .survivors, told: [0, 1, 2, 3, 4])
    }

    /// Masks inside do not survive a missing member: the round is given up, and the next one is exact.
    @Test(arguments: OpeningMode.allCases)
    func masksInsideNeedEverybody(_ mode: OpeningMode) throws {
        let bench = try Self.bench(
            SumBench.Terms(participants: 4, mode: mode, masksInside: true), losing: .chunk, from: [3])
        try Self.run(bench)
        try bench.expectAbort(.tooFewSurvivors, .survivors, told: [0, 1, 2, 3])
        bench.mangle = { [$0] }
        bench.aborts = []
        try bench.setUp(2, firstRound: 2)
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
    }
}
