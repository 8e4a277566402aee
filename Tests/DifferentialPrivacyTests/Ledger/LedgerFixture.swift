import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

/// Ten companies, at most three colluding, two silent: five honest shares in the least sum.
enum LedgerFixture {
    static let budget = PrivacyBudget(epsilon: quantity(try Epsilon(4)), delta: quantity(try Delta(1e-6)))
    static let trust = quantity(try TrustAssumptions(participants: 10, colluders: 3, dropouts: 2))

    static func quantity<Value>(_ make: @autoclosure () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("a fixture: \(error)") }
    }

    static func plan(_ numerator: UInt64 = 1092, over denominator: UInt64 = 100) throws -> NoisePlan {
        try NoisePlan(
            NoiseRequest(
                participants: 10, colluders: 3, dropouts: 2, multiplier: NoiseRatio(numerator, over: denominator),
                squaredSensitivity: 1 << 40, machinesPerParticipant: 500, dimension: 1000, rounds: 50))
    }

    static func event(
        _ numerator: UInt64 = 1092, over denominator: UInt64 = 100, sampling: SamplingScheme = .none, count: Int = 1
    ) throws -> ChargedEvent {
        try ChargedEvent(
            .discreteGaussian(NoiseShares(floorOf: plan(numerator, over: denominator))), sampling: sampling,
            count: count)
    }

    static func terms(
        _ filter: PrivacyFilter, participant: String? = nil, budget: PrivacyBudget = budget,
        adjacency: Adjacency = .addRemove
    ) throws -> LedgerTerms {
        try LedgerTerms(
            federation: "pump-fleet-7", participant: participant, unit: .asset, adjacency: adjacency, budget: budget,
            trust: trust, filter: filter)
    }

    static func planned(rounds: Int = 50) throws -> PrivacyFilter {
        .planned([
            PlannedRelease(.trainingSum, try event(count: rounds)),
            PlannedRelease(.normaliser, try event(60, over: 1)),
        ])
    }

    static func charge(
        _ round: UInt64, _ release: ReleaseKind = .trainingSum, _ event: ChargedEvent? = nil, survivors: Int? = 8
    ) throws -> PrivacyCharge {
        PrivacyCharge(round: round, release: release, event: try event ?? self.event(), survivors: survivors)
    }

    static func digest(_ byte: UInt8) -> Digest {
        Digest(quantity(try #require(Bytes32([UInt8](repeating: byte, count: 32)))))
    }
}

/// What a disk would hold.
final class Shelf {
    var bytes: [UInt8] = []
    var digest: Digest?
    /// Refuse from this write on.
    var failing = false
    /// Write before refusing.
    var writesAnyway = false

    struct Full: Error {}

    func store(_ line: LedgerLine) throws {
        if failing, !writesAnyway { throw Full() }
        bytes = Array(bytes.prefix(line.offset)) + line.bytes
        if failing { throw Full() }
        digest = line.digest
    }
}
