import CryptoPrimitives
import Foundation
import Testing

@testable import DifferentialPrivacy

/// Small federations in which every machine is tried in every place.
@Suite struct ReleaseChargePropertyTests {
    typealias Machine = [Int]

    /// All integer vectors of two entries within a ball, zero included.
    private static func ball(_ squared: Int) -> [Machine] {
        let reach = Int(Double(squared).squareRoot())
        return (-reach...reach).flatMap { x in (-reach...reach).map { [x, $0] } }
            .filter { $0[0] * $0[0] + $0[1] * $0[1] <= squared }
    }

    /// The largest squared distance between a release with and without one machine, over companies, places, machines.
    private static func influence(
        _ machines: [Machine], companies: [[Machine]], _ release: ([[Machine]]) -> [Int]
    ) -> Int {
        let before = release(companies)
        var most = 0
        for company in companies.indices {
            for machine in machines {
                var more = companies
                more[company].append(machine)
                let after = release(more)
                most = max(most, zip(before, after).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
            }
        }
        return most
    }

    private static func sum(_ vectors: [Machine], width: Int) -> [Int] {
        vectors.reduce([Int](repeating: 0, count: width)) { zip($0, $1).map { $0 + $1 } }
    }

    private static func charged(_ release: Release) throws -> Int { try ReleaseCharge(release).squaredFactor }

    /// Three companies of some machines with entries within -1...1, drawn anew each time.
    private static func federations(width: Int, _ body: ([[Machine]]) -> Void) {
        var draw = Draw(77)
        for _ in 0..<200 {
            body(
                (0..<3).map { _ in
                    (0..<Int(draw.next() % 4)).map { _ in (0..<width).map { _ in Int(draw.next() % 3) - 1 } }
                })
        }
    }

    private static func cube(_ width: Int) -> [Machine] {
        (0..<width).reduce([[]]) { list, _ in list.flatMap { head in [-1, 0, 1].map { head + [$0] } } }
    }

    @Test func groupSumsMoveByDeltaAndTheirTotalIsAnotherEvent() throws {
        let clip = 25
        var (sums, total) = (0, 0)
        Self.federations(width: 2) { companies in
            // Companies 0 and 1 are a group, 2 is one.
            let groups = { (all: [[Machine]]) in Self.sum(all[0] + all[1], width: 2) + Self.sum(all[2], width: 2) }
            sums = max(sums, Self.influence(Self.ball(clip), companies: companies, groups))
            total = max(
                total,
                Self.influence(Self.ball(clip), companies: companies) { Self.sum($0.flatMap { $0 }, width: 2) })
        }
        let charge = try ReleaseCharge(
            .groupSums(smallestGroup: 3, colluders: 1, dropouts: 1, independentTotal: true))
        #expect(sums == clip * charge.squaredFactor && total == clip * charge.squaredFactor)
        #expect(charge.events == 2)
        #expect(charge.smallestCohort?.participants == 3)
        let alone = try ReleaseCharge(
            .groupSums(smallestGroup: 3, colluders: 1, dropouts: 1, independentTotal: false))
        #expect(alone.events == 1)
        #expect(throws: ReleaseRefusal.groupTooSmall(minimum: 3)) {
            try ReleaseCharge(.groupSums(smallestGroup: 2, colluders: 1, dropouts: 1, independentTotal: false))
        }
        let plan = try NoisePlan(
            NoiseRequest(
                participants: 3, colluders: 1, dropouts: 1, multiplier: try NoiseRatio(2, over: 1),
                squaredSensitivity: 100, machinesPerParticipant: 1, dimension: 2, rounds: 1))
        #expect(plan.share == (try NoiseVariance(400)))
    }

    @Test(arguments: [1, 2, 3, 4]) func votesOfMachinesMoveByTheRootOfTheGroups(groups: Int) throws {
        var most = 0
        Self.federations(width: groups) { companies in
            most = max(
                most,
                Self.influence(Self.cube(groups), companies: companies) { Self.sum($0.flatMap { $0 }, width: groups) })
        }
        #expect(most == (try Self.charged(.machineVotes(groups: groups))))
    }

    /// A company votes with the sign of its machines' sum: one machine can turn every vote.
    @Test(arguments: [1, 2, 3, 4]) func votesOfCompaniesMoveTwiceAsFar(groups: Int) throws {
        var most = 0
        Self.federations(width: groups) { companies in
            most = max(
                most,
                Self.influence(Self.cube(groups), companies: companies) { all in
                    Self.sum(all.map { Self.sum($0, width: groups).map { $0 >= 0 ? 1 : -1 } }, width: groups)
                })
        }
        #expect(most == (try Self.charged(.companyVotes(groups: groups))))
    }

    /// Cluster counts by machines and by companies, and the block that moves when a company chooses.
    @Test func clusterChoices() throws {
        let first = { (vector: [Int]) in vector.firstIndex(of: vector.max() ?? 0) ?? 0 }
        let unit = { (place: Int) in (0..<3).map { $0 == place ? 1 : 0 } }
        var (byMachine, byCompany, block) = (0, 0, 0)
        Self.federations(width: 3) { companies in
            byMachine = max(
                byMachine,
                Self.influence(Self.cube(3), companies: companies) {
                    Self.sum($0.flatMap { $0 }.map { unit(first($0)) }, width: 3)
                })
            byCompany = max(
                byCompany,
                Self.influence(Self.cube(3), companies: companies) { all in
                    Self.sum(all.map { unit(first(Self.sum($0, width: 3))) }, width: 3)
                })
            block = max(
                block,
                Self.influence(Self.cube(3), companies: companies) { all in
                    Self.sum(
                        all.map { machines in
                            let sum = Self.sum(machines, width: 3)
                            return (0..<3).flatMap { cluster in cluster == first(sum) ? sum : [0, 0, 0] }
                        }, width: 9)
                })
        }
        #expect(byMachine == (try Self.charged(.machineClusterCounts)))
        #expect(byCompany == (try Self.charged(.companyClusterCounts)))
        // One machine's vector has a squared norm of at most 3.
        #expect(block > 4 * 3)
        #expect(throws: ReleaseRefusal.movesWholeBlock) { try ReleaseCharge(.companyClusterSums) }
    }

    /// One clipped vector a machine: sums, scores, drift, strata, thresholds, shadows. Influence is the bound itself.
    @Test func oneClippedVectorIsOneEvent() throws {
        let rule = try L2Clip(bound: 10, dimension: 3)
        var draw = Draw(8)
        var most: Int64 = 0
        for _ in 0..<4000 {
            let values = (0..<3).map { _ in Int64(bitPattern: draw.next()) >> Int64(draw.next() % 64) }
            most = max(most, rule.clip(values).values.reduce(0) { $0 + $1 * $1 })
        }
        #expect(most <= 100 && most >= 98)
        for release in [Release.contributionScores, .drift, .fairness, .thresholds, .shadowComparison] {
            let charge = try ReleaseCharge(release)
            #expect(charge.squaredFactor == 1 && charge.events == 1 && charge.measure == .clipBound)
        }
        let count = try ReleaseCharge(.count)
        #expect(count.squaredFactor == 1 && count.events == 1 && count.measure == .slot)
    }

    /// Scores of noised sums are a function of what was already released and charged.
    @Test func postProcessingIsFreeAndNoNoiseIsRefused() throws {
        let free = try ReleaseCharge(.contributionOfNoisedGroups)
        let unit = try L2Sensitivity(5)
        #expect(free.events == 0)
        #expect(try free.sensitivity(gridUnits: unit) == nil)
        #expect(try free.billed(gridUnits: unit, shares: [], coordinates: 1, rounds: 1) == [])
        #expect(throws: ReleaseRefusal.unnoised) { try ReleaseCharge(.unnoisedTotal) }
        for groups in [0, -1, 65_537] {
            #expect(throws: ReleaseRefusal.countOutOfRange) { try ReleaseCharge(.machineVotes(groups: groups)) }
            #expect(throws: ReleaseRefusal.countOutOfRange) { try ReleaseCharge(.companyVotes(groups: groups)) }
        }
        #expect(throws: ReleaseRefusal.countOutOfRange) {
            try ReleaseCharge(.groupSums(smallestGroup: 3, colluders: -1, dropouts: 0, independentTotal: false))
        }
        #expect(throws: ReleaseRefusal.countOutOfRange) {
            try ReleaseCharge(.groupSums(smallestGroup: 65_537, colluders: 0, dropouts: 0, independentTotal: false))
        }
    }

    /// The billed events say what the accountant says of the same thing written down by hand.
    @Test func chargesBecomeEvents() throws {
        let charge = try ReleaseCharge(.companyVotes(groups: 5))
        let unit = try L2Sensitivity(1000)
        #expect(try charge.sensitivity(gridUnits: unit)?.value == 4473)
        #expect(charge.squaredSensitivity(gridUnits: unit) == 20_000_000)
        let shares = [try NoiseVariance(30_000_000), try NoiseVariance(50_000_000)]
        let events = try #require(try charge.billed(gridUnits: unit, shares: shares, coordinates: 5, rounds: 3))
        let schedule = try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: events)
        let byHand = GaussianCurve(try NoiseMultiplier(2), count: 3)
        let delta = try Delta(1e-6)
        #expect(abs(schedule.epsilon(at: delta).upper / byHand.epsilon(at: delta).upper - 1) < 4e-4)
        #expect(schedule.epsilon(at: delta).upper >= byHand.epsilon(at: delta).upper)
        #expect(throws: ReleaseRefusal.sensitivityTooLarge) {
            try charge.sensitivity(gridUnits: try L2Sensitivity(1 << 50))
        }
        #expect(try charge.billed(gridUnits: unit, shares: [], coordinates: 5, rounds: 3) == nil)
    }

    /// The exact mass beyond the margin is below the promise, and half the margin would break it.
    @Test(arguments: [1, 5, 10, 20]) func gatesFailAsRarelyAsPromised(bits: Int) throws {
        let noise = ExactVariance(numerator: 401, denominator: 4)
        let slot = try L2Sensitivity(7)
        let gate = try CountGate(minimum: 20, failureBits: bits, slot: slot, noise: noise)
        func tail(_ from: Int64) -> Double {
            let masses = (-400...Int64(400)).map { ($0, exp(-Double($0 * $0) * 4 / 802)) }
            return masses.filter { $0.0 >= from }.map(\.1).reduce(0, +) / masses.map(\.1).reduce(0, +)
        }
        #expect(tail(Int64(gate.margin)) <= exp2(-Double(bits)))
        #expect(tail(Int64(gate.margin) / 2) > exp2(-Double(bits)) || bits < 3)
        // Nineteen machines and that noise do not pass; twenty and the margin do.
        #expect(!gate.isOpen(noisedSlot: 19 * 7 + Int64(gate.margin)))
        #expect(gate.isOpen(noisedSlot: 20 * 7 + Int64(gate.margin)))
        #expect(!gate.isOpen(noisedSlot: .min))
        #expect(gate.isOpen(noisedSlot: .max))
        let wrong = [(-1, bits), (20, 0), (20, 129), (1 << 33, bits)]
        for (minimum, bits) in wrong {
            #expect(throws: ReleaseRefusal.invalidGate) {
                try CountGate(minimum: minimum, failureBits: bits, slot: slot, noise: noise)
            }
        }
        let plan = try NoisePlan(
            NoiseRequest(
                participants: 5, colluders: 1, dropouts: 1, multiplier: try NoiseRatio(2, over: 1),
                squaredSensitivity: 100, machinesPerParticipant: 1, dimension: 1, rounds: 1))
        #expect(plan.wholeVariance.numerator * 3 >= 5 * 400 * UInt128(plan.wholeVariance.denominator))
    }

    /// Leaving one machine out changes the sums of one role alone, whatever its data.
    @Test func roles() throws {
        let key = try #require(Bytes32([UInt8](0..<32)))
        let split = try AssetSplit(key: key, validationParts: 13_107)
        let assets = (0..<4000).map { Array("pump-\($0)".utf8) }
        let roles = assets.map(split.role(of:))
        let share = Double(roles.filter { $0 == .validation }.count) / 4000
        #expect(abs(share - 0.2) < 4 * (0.16 / 4000).squareRoot())
        #expect(roles == assets.map(split.role(of:)))
        let other = try AssetSplit(key: Bytes32(), validationParts: 13_107)
        #expect(roles != assets.map(other.role(of:)))
        for left in assets.indices.prefix(200) {
            let changed = AssetRole.allCases.filter { role in
                let with = assets.indices.filter { roles[$0] == role }
                return with != with.filter { $0 != left }
            }
            #expect(changed == [roles[left]])
        }
        for parts in [0, -1, 65_536] {
            #expect(throws: ReleaseRefusal.invalidGate) { try AssetSplit(key: key, validationParts: parts) }
        }
        let delta = try Delta(1e-6)
        func schedule(_ count: Int, _ adjacency: Adjacency = .addRemove) throws -> PrivacySchedule {
            let event = try PrivacyEvent(.gaussian(try NoiseMultiplier(4)), sampling: .none, count: count)
            return try PrivacySchedule(unit: .asset, adjacency: adjacency, events: [event])
        }
        let (training, validation) = (try schedule(10), try schedule(3))
        let both = AssetSplit.epsilon(training: training, validation: validation, at: delta)
        #expect(both == training.epsilon(at: delta))
        #expect(AssetSplit.epsilon(training: validation, validation: training, at: delta) == both)
        #expect(
            AssetSplit.epsilon(training: training, validation: try schedule(3, .replaceOne), at: delta) == nil)
        #expect(try schedule(13).epsilon(at: delta).lower > training.epsilon(at: delta).upper)
    }

    /// The first two bytes of the keyed BLAKE2b digest (hashlib): 0x7e 0xed.
    @Test func theSplitIsTheHashThatIsWrittenDown() throws {
        let key = try #require(Bytes32([UInt8](0..<32)))
        #expect(try AssetSplit(key: key, validationParts: 60798).role(of: Array("pump-0".utf8)) == .training)
        #expect(try AssetSplit(key: key, validationParts: 60799).role(of: Array("pump-0".utf8)) == .validation)
    }
}
