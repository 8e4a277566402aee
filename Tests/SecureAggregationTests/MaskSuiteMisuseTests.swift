import CryptoPrimitives
import RoundProtocol
import SecAggSimulation
import Testing

@testable import SecureAggregation

/// Who masks with what: the suite follows from what was offered and advertised, and nobody can be talked into another.
@Suite struct MaskSuiteMisuseTests {
    private static let both: MaskSuites = [.chaCha20, .aes256CTR]
    private static let hasAES = MaskSuite.aes256CTR.isRunnable

    private func bench(_ change: (Int, inout ClientPolicy) -> Void = { _, _ in }) throws -> ProtocolBench {
        var terms = ProtocolBench.Terms()
        terms.maskSuites = Self.both
        return try ProtocolBench(terms, policy: change)
    }

    private func suite(of bench: ProtocolBench) throws -> MaskSuite {
        try bench.config(in: bench.sent(.roundConfig, from: .coordinator)).maskSuite
    }

    @Test(.enabled(if: hasAES)) func everybodyHasAES() throws {
        let bench = try bench()
        try bench.setUp()
        try bench.announce()
        bench.settle()
        #expect(try suite(of: bench) == .aes256CTR)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test(.enabled(if: hasAES)) func oneWithoutAESKeepsEverybodyOnChaCha20() throws {
        let bench = try bench { if $0 == 4 { $1.maskSuites = .chaCha20 } }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        #expect(try suite(of: bench) == .chaCha20)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test(.enabled(if: hasAES)) func anotherSuiteThanTheOneThatFollowsIsRefused() throws {
        for (weak, forged) in [(false, MaskSuite.chaCha20), (true, .aes256CTR)] {
            var terms = ProtocolBench.Terms()
            terms.maskSuites = Self.both
            let bench = try ProtocolBench.upTo(
                .roundConfig, terms, policy: { if weak && $0 == 4 { $1.maskSuites = .chaCha20 } })
            var config = try bench.config(in: bench.held(.roundConfig, to: 0))
            #expect(config.maskSuite != forged)
            config.maskSuite = forged
            for id in [0, 4] {
                bench.expectRefusal(
                    .suiteUnavailable, bench.forge(.roundConfig, round: 1, config.encoded()), by: id,
                    blaming: .coordinator, "\(forged) to \(id)")
            }
            try bench.finishExactly([0, 1, 2, 3, 4, 5])
        }
    }

    @Test func nobodyAdvertisesWhatTheMachineCannotRun() {
        #expect(MaskSuites.runnable.contains(MaskSuite.chaCha20))
        #expect(MaskSuites.runnable.contains(MaskSuite.aes256CTR) == Self.hasAES)
        #expect(!MaskSuite.aes256CTR.generator.isSupported(on: .portable))
    }

    @Test(.enabled(if: !hasAES)) func aCoordinatorWithoutAESDoesNotOfferIt() throws {
        let bench = try bench()
        #expect(throws: Abort(.suiteUnavailable, .proposal)) { try bench.setUp() }
    }

    @Test(.enabled(if: hasAES)) func masksOfTheTwoSuitesAreDifferent() throws {
        let uploads = try [MaskSuites.chaCha20, Self.both].map { suites in
            var terms = ProtocolBench.Terms()
            terms.maskSuites = suites
            let bench = try ProtocolBench(terms)
            try bench.setUp()
            try bench.announce()
            bench.settle()
            return try bench.sent(.chunk, from: PeerID(rawValue: 0))
        }
        #expect(uploads[0] != uploads[1])
    }
}

/// Masks expanded ahead of the input.
@Suite struct PreparedMaskPropertyTests {
    @Test func preparingChangesNoByteOfTheUpload() throws {
        var uploads: [[UInt8]] = []
        for times in 0..<3 {
            let bench = try ProtocolBench()
            bench.whenAsked = { (party) throws(Abort) in for _ in 0..<times { try party.machine.prepareMask() } }
            try bench.setUp()
            try bench.announce()
            bench.settle()
            uploads.append(try bench.sent(.chunk, from: PeerID(rawValue: 3)))
            try bench.finishExactly([0, 1, 2, 3, 4, 5])
        }
        #expect(uploads[0] == uploads[1] && uploads[1] == uploads[2])
    }

    @Test func thereIsNothingToPrepareBetweenRounds() throws {
        let bench = try ProtocolBench()
        #expect(throws: Abort(.unexpectedMessage, .input)) { try bench.parties[0].machine.prepareMask() }
        try bench.setUp()
        #expect(throws: Abort(.unexpectedMessage, .input)) { try bench.parties[0].machine.prepareMask() }
        try bench.announce()
        bench.settle()
        #expect(throws: Abort(.unexpectedMessage, .input)) { try bench.parties[0].machine.prepareMask() }
    }
}
