import CryptoPrimitives
import DurableState
import FederatedLearning
import PredictiveMaintenance
import RoundProtocol
import SecureAggregation
import Testing

@testable import DifferentialPrivacy
@testable import SecureFederation

@Suite struct PrivateSumPropertyTests {
    static let dimension = 600

    static func vectors(_ company: Int) -> [[Float]] {
        (0..<4).map { unit in (0..<dimension).map { Float(($0 * 7 + unit + company) % 11 - 5) / 200 } }
    }

    @Test func theOpenedSumIsTheClippedSumUnderThePlannedNoise() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(
            .unitFedSGD, rounds: 2, dimension: Self.dimension, clipNorm: 10)
        let sums = try federation.sums(plan)
        let summed = try sums.sum(clipNorm: 10, units: Self.vectors)
        #expect(summed.isExact && summed.survivors.count == 5 && summed.clippedUnits == nil)
        var square = 0.0
        for index in 0..<Self.dimension {
            let clear = (0..<5).reduce(0.0) { $0 + Self.vectors($1).reduce(0.0) { $0 + Double($1[index]) } }
            square += (summed.values[index] - clear) * (summed.values[index] - clear)
        }
        // Chi-square with 600 degrees of freedom: within 6 deviates of one another.
        let ratio = square / Double(Self.dimension) / (plan.deviation * plan.deviation)
        #expect(abs(ratio - 1) < 6 * (2 / Double(Self.dimension)).squareRoot())
        #expect(plan.epsilon.upper <= 3 && plan.epsilon.upper > 2.999)
    }

    @Test func everyReleaseIsChargedAndOneTooManyIsRefused() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 2, dimension: 8, clipNorm: 1)
        var lines = 0
        let sums = try federation.sums(plan, persist: { _, _ in lines += 1 })
        func units(_ company: Int) -> [[Float]] { [[Float](repeating: 0.1, count: 8)] }
        #expect(lines == 5)
        _ = try sums.sum(clipNorm: 1, units: units)
        _ = try sums.sum(clipNorm: 1, units: units)
        #expect(lines == 15 && sums.record(of: 4).entries.count == 2)
        var asked = false
        #expect(throws: FederationFailure.ledger(.budgetExceeded)) {
            _ = try sums.sum(clipNorm: 1) { company in
                asked = true
                return units(company)
            }
        }
        #expect(!asked && lines == 15)
    }

    @Test func aChargeThatIsNotDurableReleasesNothing() throws {
        struct Full: Error {}
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 3, dimension: 8, clipNorm: 1)
        let sums = try federation.sums(
            plan, persist: { company, line in if line.offset > 0, company == 2 { throw Full() } })
        var asked: [Int] = []
        #expect(throws: FederationFailure.ledger(.notDurable)) {
            _ = try sums.sum(clipNorm: 1) { company in
                asked.append(company)
                return []
            }
        }
        #expect(asked == [0, 1])
    }

    @Test func belowTheSurvivorFloorTheSumStaysMasked() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 3, dimension: 8, clipNorm: 1)
        #expect(plan.noise.minimumSurvivors == 4)
        let sums = try federation.sums(plan)
        let one = try sums.sum(clipNorm: 1, dropouts: [1: .input]) { _ in [[Float](repeating: 0.1, count: 8)] }
        #expect(one.survivors == [0, 2, 3, 4] && one.isExact)
        #expect(throws: FederationFailure.self) {
            _ = try sums.sum(clipNorm: 1, dropouts: [1: .input, 2: .upload]) { _ in
                [[Float](repeating: 0.1, count: 8)]
            }
        }
        // An abort refunds nothing.
        #expect(sums.record(of: 0).entries.count == 2)
    }

    @Test func aParticipantRefusesARoundWithLessNoiseThanItsPolicy() throws {
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 3, dimension: 8, clipNorm: 1)
        let share = plan.noise.share.numerator / plan.noise.share.denominator
        func units(_ company: Int) -> [[Float]] { [[Float](repeating: 0.1, count: 8)] }
        let content = try PrivateFederation(minimumNoiseVariance: share)
        _ = try content.sums(plan).sum(clipNorm: 1, units: units)
        let wary = try PrivateFederation(minimumNoiseVariance: share + 1)
        #expect(throws: FederationFailure.self) { _ = try wary.sums(plan).sum(clipNorm: 1, units: units) }
    }

    @Test func dataNeverEndsARound() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.unitFedAvg, rounds: 3, dimension: 8, clipNorm: 1, indicator: 1 << 18)
        let sums = try federation.sums(plan)
        let summed = try sums.sum(clipNorm: 1) { company in
            switch company {
            case 0: []
            case 1: [[], [Float](repeating: .nan, count: 8)]
            case 2: [[Float](repeating: .infinity, count: 8)]
            case 3: [[Float](repeating: -3e38, count: 8)]
            default: [[Float](repeating: 0, count: 8)]
            }
        }
        #expect(summed.isExact && summed.clippedUnits != nil)
    }

    @Test func seededNoiseIsSaidSo() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 1, dimension: 8, clipNorm: 1)
        #expect(try federation.sums(plan).provenance == .operatingSystem)
        #expect(try federation.sums(plan, seeded: true).provenance == .injectedSource)
    }

    @Test func tooManyUnitsAreRefusedByTheirPublicCap() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 1, dimension: 8, clipNorm: 1)
        let sums = try federation.sums(plan)
        #expect(throws: FederationFailure.clip(.tooManyMachines(maximum: 8))) {
            _ = try sums.sum(clipNorm: 1) { _ in [[Float]](repeating: [], count: 9) }
        }
    }

    @Test func theRingHoldsEveryUnitOfEveryCompany() throws {
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 50, dimension: 1000, clipNorm: 1)
        let most = 5 * 8 * PrivateSumPlan.gridBound + Int64(plan.noise.noiseTail)
        #expect(most < Int64(1) << (plan.layout.bits - 1))
        #expect(most >= Int64(1) << (plan.layout.bits - 2))
    }

    /// A company by itself: what an orchestrator gives to its participant node.
    @Test func aContributorGoesOnAfterARestartWithoutPayingTwiceOrLess() throws {
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 2, dimension: 8, clipNorm: 1)
        var text: [UInt8] = []
        var digests: [Digest] = []
        func persist(_ line: LedgerLine) {
            text.removeSubrange(line.offset...)
            text += line.bytes
            digests.append(line.digest)
        }
        let first = try PrivateContributor(
            plan, release: .trainingSum, purpose: .update, federation: "test", company: "a",
            member: 0, persist: persist)
        #expect(first.provenance == .operatingSystem)
        let sent = try first.contribution(round: 1, clipNorm: 1) { [[Float](repeating: 0.1, count: 8)] }
        #expect(sent.count == 8 && sent.layout == plan.layout)
        // The process dies; the digest of the charge was stored, or only that of the line before.
        for digest in digests {
            let again = try PrivateContributor(
                resuming: text, lastDigest: digest, plan, release: .trainingSum, purpose: .update, federation: "test",
                company: "a", member: 0, persist: { _ in })
            #expect(again.record.entries.count == 1)
            #expect(throws: FederationFailure.ledger(.alreadyCharged)) {
                _ = try again.contribution(round: 1, clipNorm: 1) { [] }
            }
            _ = try again.contribution(round: 2, clipNorm: 1) { [] }
            #expect(throws: FederationFailure.ledger(.budgetExceeded)) {
                _ = try again.contribution(round: 3, clipNorm: 1) { [] }
            }
        }
        #expect(throws: FederationFailure.ledger(.rolledBack)) {
            _ = try PrivateContributor(
                resuming: Array(text[..<(text.firstIndex(of: 10).map { $0 + 1 } ?? 0)]), lastDigest: digests[1], plan,
                release: .trainingSum, purpose: .update, federation: "test", company: "a", member: 0, persist: { _ in })
        }
        #expect(throws: FederationFailure.ledger(.otherTerms)) {
            _ = try PrivateContributor(
                resuming: text, lastDigest: digests[1], plan, release: .trainingSum, purpose: .update,
                federation: "test", company: "b", member: 0, persist: { _ in })
        }
    }

    /// Five companies, one colluder, one that may be missing: five shares of 1/3 of the budget's variance without removal.
    @Test(
        "Surplus noise is taken off as the survivors allow",
        arguments: [
            ([:], 5.0 / 4), ([2: .input], 4.0 / 3), ([2: .unmask], 4.0 / 4 + 1.0 / 3),
        ] as [([Int: DropoutStep], Double)])
    func surplus(_ row: ([Int: DropoutStep], Double)) throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(
            .unitFedSGD, rounds: 1, dimension: Self.dimension, clipNorm: 10, removesSurplus: true)
        #expect(plan.epsilon.upper <= 3 && plan.epsilon.upper > 2.999)
        let sums = try federation.sums(plan)
        let summed = try sums.sum(clipNorm: 10, dropouts: row.0, units: Self.vectors)
        #expect(summed.isExact)
        let floor = plan.multiplier * 10
        #expect(abs(summed.deviation * summed.deviation / (floor * floor) - row.1) < 1e-6)
        var square = 0.0
        for index in 0..<Self.dimension {
            let clear = summed.survivors.reduce(0.0) { $0 + Self.vectors($1).reduce(0.0) { $0 + Double($1[index]) } }
            square += (summed.values[index] - clear) * (summed.values[index] - clear)
        }
        let ratio = square / Double(Self.dimension) / (summed.deviation * summed.deviation)
        #expect(abs(ratio - 1) < 6 * (2 / Double(Self.dimension)).squareRoot())
        // The ledger charges the floor, whatever was taken off, and reads back.
        let record = sums.record(of: 1)
        #expect(try LedgerRecord(reading: record.text).lastDigest == record.lastDigest)
        #expect(String(decoding: record.text, as: UTF8.self).contains("discrete_gaussian_removable"))
    }

    /// What was planned is what participants demand, not what a coordinator happens to announce.
    @Test func aPolicedSessionDemandsFloorAndNoise() throws {
        var terms = try PrivateFederation.terms()
        terms.participants = 9
        let admitted = try AdmittedProcedure.admit(.unitFedSGD, unit: .asset, ingredients: [], memberships: 1)
        let plan = try PrivateSumPlan(admitted, terms: terms, rounds: 2, dimension: 8, clipNorm: 1)
        #expect(plan.noise.minimumSurvivors == 8)
        let plain = SecureSummation.Settings(companies: 9, colluders: 1)
        let policed = plan.policing(plain)
        #expect(try plain.plan().minimumSurvivors == 4)
        #expect(try policed.plan().minimumSurvivors == 8)
        #expect(policed.minimumNoiseVariance == plan.noise.share.numerator / plan.noise.share.denominator)
        var settings = LoopbackConsortium.Settings(plan: try policed.plan(), roundsPerEpoch: 1)
        settings.minimumNoiseVariance = policed.minimumNoiseVariance
        let consortium = try LoopbackConsortium(
            settings, spool: MemorySpool(capacityBytes: 1 << 20), random: { _ in SystemRandomSource() },
            cpuSeconds: { 0 })
        let policy = LoopbackConsortium.policy(settings, consortium.roster)
        #expect(policy.minimumHonest == 7 && policy.minimumNoiseVariance == policed.minimumNoiseVariance)
        // With the full noise in each company no floor is needed.
        let alone = try PrivateFederation.plan(.companySGD, rounds: 2, dimension: 8, clipNorm: 1)
        #expect(alone.policing(plain).minimumSurvivors == 0 && alone.policing(plain).minimumNoiseVariance == 0)
    }

    @Test func aReportOnASessionThatDemandsNothingStatesNoGuarantee() throws {
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 1, dimension: 8, clipNorm: 1)
        let context = ReportContext(
            reportID: "test", created: "2026-01-31T09:00:00Z",
            generator: .init(version: "1", commit: "none", compiler: "none"), provenance: .operatingSystem,
            unitDefinition: "a machine", trustModel: "one of five", notCovered: [], deltaReason: "small",
            tuning: .init(runs: 0, isAccounted: true), audit: nil)
        let share = plan.noise.share.numerator / plan.noise.share.denominator
        for (demanded, isStated) in [(UInt64(0), false), (share - 1, false), (share, true)] {
            let federation = try PrivateFederation(minimumNoiseVariance: demanded)
            let sums = try federation.sums(plan)
            _ = try sums.sum(clipNorm: 1) { _ in [] }
            let statement = try plan.statement(
                context, session: federation.summation,
                members: federation.summation.roster.participants.map { ("member", $0) })
            var random: any RandomSource = SystemRandomSource()
            let report = try PrivacyReport(statement, ledger: sums.record(of: 0), signedBy: SigningKey(from: &random))
            #expect((report.claim != nil) == isStated)
            #expect(report.reasons == (isStated ? [] : [.trustUnverified]))
        }
    }
}
