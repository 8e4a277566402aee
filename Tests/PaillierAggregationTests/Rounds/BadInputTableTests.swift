import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Cases 57, 58 and 71 to 74 of the table of bad inputs (Papers/bad-inputs.md): keys, ciphertexts, packing, openings, and
/// what the rounds of encrypted sums share with the masking ones. Frames are `SumFramesMisuseTests`, row by row.
@Suite struct BadInputTableTests {
    struct Value: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let failure: PaillierFailure
        let act: @Sendable () throws -> Void

        var testDescription: String { "case \(number), \(name): \(failure)" }
    }

    static let values: [Value] = [
        Value(number: 57, name: "a weight above its cap", failure: .valueOutOfRange) {
            let parties = try ThresholdParties.parties(2)
            _ = try parties.packing.encode([1], weight: 2, for: parties.key.publicKey).count
        },
        Value(number: 71, name: "an even modulus", failure: .invalidPublicKey) { try changedKey { $0[0] &= ~1 } },
        Value(number: 71, name: "a modulus of another length", failure: .invalidPublicKey) {
            try changedKey { $0[$0.count - 1] >>= 1 }
        },
        Value(number: 71, name: "a modulus with a small factor", failure: .invalidPublicKey) {
            try changedKey { $0 = (PublicInteger(limbs: $0) / PublicInteger(3) * PublicInteger(3)).limbs($0.count) }
        },
        Value(number: 71, name: "a key of no byte", failure: .malformed) { _ = try PublicKey(bytes: []) },
        Value(number: 71, name: "a preset that nobody has", failure: .unknownParameters(77)) {
            var bytes = try ThresholdParties.parties(2).key.publicKey.bytes()
            bytes[2] = 77
            _ = try PublicKey(bytes: bytes)
        },
        Value(number: 72, name: "a ciphertext of zero", failure: .invalidCiphertext(index: 0)) {
            try ciphertext { _ in PublicInteger(0) }
        },
        Value(number: 72, name: "a ciphertext of n squared", failure: .invalidCiphertext(index: 0)) {
            try ciphertext { $0.nSquared }
        },
        Value(number: 72, name: "a ciphertext that shares a factor with n", failure: .invalidCiphertext(index: 0)) {
            try ciphertext { $0.n * PublicInteger(3) }
        },
        Value(number: 73, name: "a slot too narrow for the sum", failure: .overflowPossible(requiredBits: 66)) {
            _ = try PlaintextPacking(for: .p2048, valueBound: 1 << 60, participants: 16)
        },
        Value(number: 73, name: "a value beyond its slot", failure: .valueOutOfRange) {
            let parties = try ThresholdParties.parties(2)
            _ = try parties.packing.encode([1 << 40], for: parties.key.publicKey).count
        },
    ]

    static func changedKey(_ change: (inout [UInt64]) -> Void) throws {
        let key = try ThresholdParties.parties(2).key.publicKey
        var modulus = key.modulus
        change(&modulus)
        _ = try PublicKey(modulus: modulus, parameters: key.parameters)
    }

    static func ciphertext(_ number: (PublicKey) -> PublicInteger) throws {
        let parties = try ThresholdParties.parties(2)
        let key = parties.key.publicKey
        let vector = try CiphertextVector(
            limbs: number(key).limbs(key.parameters.ciphertextLimbs), key: key, codecID: parties.packing.digest)
        try vector.validate(key: key)
    }

    @Test(arguments: values) func value(_ row: Value) {
        #expect(throws: row.failure, performing: row.act)
    }

    struct Word: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let code: AbortCode
        let stage: Stage
        let peer: PeerID
        let at: FrameType
        let change: @Sendable (SumBench, [UInt8]) throws -> [UInt8]

        var testDescription: String { "case \(number), \(name): \(code) in \(stage) (\(peer))" }
        var isForTheCoordinator: Bool { SumFramesMisuseTests.toTheCoordinator.contains(at) }
    }

    static let words: [Word] = [
        Word(
            number: 15, name: "a quorum below the session's", code: .thresholdTooLow, stage: .announce,
            peer: .coordinator, at: .roundConfig
        ) { try $0.config($1) { $0.quorum -= 1 } },
        Word(
            number: 17, name: "a bound that wraps the ring", code: .overflowPossible, stage: .announce,
            peer: .coordinator, at: .roundConfig
        ) { try $0.config($1) { $0.valueBound = 1 << 62 } },
        Word(
            number: 18, name: "dimension 0", code: .emptyVector, stage: .announce, peer: .coordinator, at: .roundConfig
        ) { try $0.config($1) { $0.dimension = 0 } },
        Word(
            number: 25, name: "an input deadline in the past", code: .expired, stage: .announce, peer: .coordinator,
            at: .roundConfig
        ) { try $0.config($1) { $0.inputDeadline = Instant(milliseconds: 0) } },
        Word(
            number: 57, name: "a weight cap of zero", code: .invalidConfiguration, stage: .announce, peer: .coordinator,
            at: .roundConfig
        ) { try $0.config($1) { $0.weightCap = 0 } },
        Word(
            number: 49, name: "a promise of another length", code: .dimensionMismatch, stage: .input,
            peer: PeerID(rawValue: 0), at: .maskedInput
        ) { bench, honest in try bench.resign(honest) { $0[32] ^= 1 } },
        Word(
            number: 71, name: "a proposal for another key", code: .policyViolation, stage: .proposal,
            peer: .coordinator, at: .sumProposal
        ) { try $0.proposal($1) { _, _, key in key = Digest(Bytes32()) } },
        Word(
            number: 74, name: "a part of who is not on the roster", code: .unknownParticipant, stage: .unmask,
            peer: PeerID(rawValue: 9), at: .openingShare
        ) { bench, honest in try bench.resign(honest, sender: bench.peer(9), signer: bench.peer(0)) },
        Word(
            number: 74, name: "a part for another set", code: .configMismatch, stage: .unmask,
            peer: PeerID(rawValue: 0), at: .openingShare
        ) { bench, honest in try bench.resign(honest) { $0[0] ^= 1 } },
    ]

    @Test(arguments: words) func word(_ row: Word) throws {
        let bench = try SumBench.upTo(row.at)
        if row.isForTheCoordinator {
            let honest = try bench.held(row.at, to: .coordinator, from: 0)
            bench.expectServerRefusal(row.code, row.stage, blaming: row.peer, try row.change(bench, honest), row.name)
        } else {
            let honest = try bench.held(row.at, to: bench.peer(0))
            let abort = bench.expectRefusal(
                row.code, row.stage, blaming: row.peer, try row.change(bench, honest), by: 0, row.name)
            #expect(abort.map { "\($0)" } == "\(row.code) in \(row.stage) (\(row.peer))")
        }
        try bench.finishExactly([0, 1, 2])
    }

    /// Case 58, the proof with a contribution, and case 74, a part from a shareholder that does not hold it.
    @Test(arguments: [SumContributionMisuseTests.Trick.negated, .otherSender, .noProof])
    func case58ProofsThatDoNotHold(_ trick: SumContributionMisuseTests.Trick) throws {
        try SumContributionMisuseTests().hostileContributions(trick)
    }
}
