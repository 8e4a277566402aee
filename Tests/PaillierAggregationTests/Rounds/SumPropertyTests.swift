import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing

@testable import PaillierAggregation

/// Honest rounds of every size: the sum is exact at everybody.
@Suite struct SumPropertyTests {
    static let small = SumBench.Terms()
    static let ten = SumBench.Terms(participants: 10, threshold: 6, colluders: 3)

    static func terms(_ mode: OpeningMode, of terms: SumBench.Terms, masksInside: Bool = false) -> SumBench.Terms {
        var terms = terms
        (terms.mode, terms.masksInside) = (mode, masksInside)
        return terms
    }

    @Test(arguments: OpeningMode.allCases, [false, true])
    func threeCompanies(_ mode: OpeningMode, _ masksInside: Bool) throws {
        let bench = try SumBench(Self.terms(mode, of: Self.small, masksInside: masksInside))
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
        bench.expectCalm()
    }

    @Test(arguments: OpeningMode.allCases, [false, true])
    func tenCompanies(_ mode: OpeningMode, _ masksInside: Bool) throws {
        let bench = try SumBench(Self.terms(mode, of: Self.ten, masksInside: masksInside))
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact(Array(0..<10), at: Array(0..<10))
        bench.expectCalm()
    }

    /// Fifty in the session, all sign, seven contribute; 24 shareholders give no part.
    @Test(arguments: OpeningMode.allCases)
    func fiftyCompanies(_ mode: OpeningMode) throws {
        let bench = try SumBench(
            Self.terms(mode, of: SumBench.Terms(participants: 50, threshold: 26, colluders: 1)))
        let contributors = [0, 1, 7, 24, 25, 48, 49]
        bench.withholding = Set(0..<50).subtracting(contributors)
        bench.mangle = { message in
            // A shareholder that is shown nothing gives no part, and costs no time.
            let isShown = message.from == .coordinator && message.to.rawValue < 24
            return isShown && message.type == .chunk && bench.server.machine.expectedStage == .unmask ? [] : [message]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact(contributors)
        #expect(Set(24..<50).isSubset(of: bench.outcomes.keys))
        #expect(bench.outcome?.dropped.count == 43)
    }

    /// Fifty that all contribute, each masked against every other.
    @Test func fiftyMaskedCompanies() throws {
        var terms = SumBench.Terms(participants: 50, threshold: 26, colluders: 1, mode: .jointRoot, masksInside: true)
        terms.dimension = 5
        let bench = try SumBench(terms)
        bench.mangle = { message in
            let isShown = message.from == .coordinator && message.to.rawValue >= 26
            return isShown && message.type == .chunk && bench.outcome == nil ? [] : [message]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact(Array(0..<50), at: Array(0..<50))
    }

    @Test(arguments: [1, 74, 75, 170, 400])
    func everyDimension(_ dimension: Int) throws {
        var terms = Self.terms(.jointRoot, of: Self.small)
        terms.dimension = dimension
        let bench = try SumBench(terms)
        try bench.setUp()
        try bench.announce()
        bench.settle()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
    }

    @Test(arguments: [8, 32, 62])
    func everyRing(_ bits: Int) throws {
        for masksInside in [false, true] {
            var terms = Self.terms(.partialDecryption, of: Self.small, masksInside: masksInside)
            terms.bits = bits
            let bench = try SumBench(terms)
            try bench.setUp()
            // A ring of 62 bits would need wider slots than 62 bits with three masked values in each.
            if masksInside, bits == 62 {
                #expect(throws: Abort(.overflowPossible, .announce, peer: .coordinator)) { try bench.announce() }
                continue
            }
            try bench.announce()
            bench.settle()
            bench.expectExact([0, 1, 2], at: [0, 1, 2])
        }
    }

    @Test func roundsAndSessions() throws {
        let bench = try SumBench(SumBench.Terms(participants: 5, colluders: 1))
        for session in 1...2 {
            try bench.setUp(UInt64(session), firstRound: UInt64(2 * session))
            for round in 0..<2 {
                bench.withholding = round == 0 ? [] : [3]
                try bench.announce(UInt64(2 * session + round))
                bench.settle()
                bench.expectExact(round == 0 ? [0, 1, 2, 3, 4] : [0, 1, 2, 4], at: [0, 1, 2, 3, 4])
            }
            #expect(bench.companies.allSatisfy { $0.machine.expectedStage == .proposal })
        }
        bench.expectCalm()
        #expect(bench.companies[0].machine.openings.openedSets == 4)
        #expect(bench.companies[4].machine.openings.openedSets == 0)
    }

    /// Anybody who has the contributions verifies an opening by root; one by partial decryption carries no roots.
    @Test(arguments: OpeningMode.allCases)
    func theOpeningIsVerified(_ mode: OpeningMode) throws {
        let bench = try SumBench(Self.terms(mode, of: SumBench.Terms(participants: 4)))
        try bench.setUp()
        var shown: OpeningRequest?
        bench.mangle = { message in
            if message.type == .openingShare { shown = shown ?? bench.server.machine.round?.request }
            return [message]
        }
        try bench.announce()
        bench.settle()
        let (request, key) = (try #require(shown), bench.parties.key)
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
        for id in 0..<4 {
            let last = bench.companies[id].machine.lastOpening
            let opening = try #require(last)
            // Company 3 holds no share and multiplied nothing: it takes the product from the contributions.
            if mode == .jointRoot {
                try opening.verifyOpening(of: request.aggregate, key: key.publicKey)
                if id < 3 { try opening.verifyOpening(of: request, key: key.publicKey) }
            } else {
                #expect(throws: PaillierFailure.openingRejected) {
                    try opening.verifyOpening(of: request.aggregate, key: key.publicKey)
                }
            }
        }
    }

    /// Weights travel inside the values; noise has head-room once for the whole sum.
    @Test func weightedValues() throws {
        let bench = try SumBench(SumBench.Terms(bits: 32))
        try bench.setUp()
        bench.withholding = [0, 1, 2]
        let bound = Int64(SumBench.valueBound(bench.terms)) / 64
        for (round, noise) in [(UInt64(1), [4, 0, 0]), (2, [4, 4, 4])] {
            try bench.announce(round) {
                $0.valueBound = UInt64(bound)
                ($0.weightCap, $0.noiseTail) = (60, 4)
            }
            for id in 0..<3 {
                let extreme = 60 * bound + Int64(noise[id])
                let values = (0..<9).map { $0 % 2 == 0 ? extreme : -extreme }
                try bench.submit(PackedVector(packing: values, layout: bench.layout), by: id)
            }
            bench.pump()
            bench.settle()
            if round == 1 { bench.expectExact([0, 1, 2], at: [0, 1, 2]) }
        }
        // Three tails are more than the one that was announced: refused, not wrapped.
        try bench.expectAbort(.elementOutOfRange, .result, told: [0, 1, 2])
    }

    /// A contribution of two chunks, which arrive in any order and more than once.
    @Test func manyChunks() throws {
        var terms = Self.terms(.jointRoot, of: Self.small)
        (terms.dimension, terms.bits) = (68_000, 62)
        let bench = try SumBench(terms)
        try bench.setUp()
        bench.holding = [.chunk]
        try bench.announce()
        #expect(bench.held.count == 6)
        let chunks = bench.held
        (bench.held, bench.holding) = ([], [])
        for chunk in chunks.reversed() + chunks { bench.deliver(chunk) }
        bench.mangle = { message in
            guard message.from == .coordinator, message.type == .chunk else { return [message] }
            // The third shareholder is shown nothing, which costs the test no opening.
            return message.to == bench.peer(2) && bench.outcome == nil ? [] : [message, message]
        }
        bench.settle()
        bench.expectExact([0, 1, 2])
        #expect(bench.outcomes[0] != nil && bench.outcomes[1] != nil)
    }
}
