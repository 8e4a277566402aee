import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

@Suite struct RemovableNoiseMisuseTests {
    private static func refusal(_ body: () throws(RemovalRefusal) -> Void) -> RemovalRefusal? {
        do throws(RemovalRefusal) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    /// No survivor set makes a member reveal the base or a component that must stay.
    @Test func nothingAboveTheAllowedIndexIsRevealed() throws {
        let cohort = try RemovalCohort(participants: 6, colluders: 1, dropouts: 4)
        let members = cohort.round.members
        for silent in 0...4 {
            let survivors = Array(members.dropLast(silent))
            var noise = try cohort.noise(members[0])
            _ = try noise.take()
            let seeds = try noise.seeds(toRemoveFor: survivors)
            #expect(seeds.firstComponent == silent + 1)
            #expect(seeds.seeds.count == 4 - silent)
            // The seeds that were drawn, in their order; those of 1...silent are not among what was revealed.
            var source: any RandomSource = ReplayedSource(UInt64(members[0]) << 10 + cohort.round.round)
            let drawn = (0..<5).map { _ in
                var bytes = [UInt8](repeating: 0, count: 32)
                bytes.withUnsafeMutableBytes { source.fill($0) }
                return Bytes32(bytes) ?? Bytes32()
            }
            #expect(seeds.seeds == Array(drawn[silent..<4]))
            #expect(Set(seeds.seeds).isDisjoint(with: drawn[..<silent] + drawn[4...]))
            // A coordinator that wants one component more is not given it, and does not take it either.
            var removal = try NoiseRemoval(cohort.plan, in: cohort.round, survivors: survivors)
            var greedy = seeds
            greedy.firstComponent = silent
            greedy.seeds = [Bytes32()] + greedy.seeds
            let expected = RemovalRefusal.wrongComponents(members[0], first: silent + 1, count: 4 - silent)
            #expect(Self.refusal { () throws(RemovalRefusal) in try removal.add(greedy) } == expected)
        }
    }

    @Test func seedsAreRevealedOnceForOneSetAfterTheNoiseIsInTheSum() throws {
        let cohort = try RemovalCohort(participants: 4, colluders: 1, dropouts: 2)
        let members = cohort.round.members
        let own = members[1]
        var noise = try cohort.noise(own)
        #expect(throws: RemovalRefusal.noiseNotTaken) { try noise.seeds(toRemoveFor: members) }
        _ = try noise.take()
        #expect(throws: RemovalRefusal.noiseTaken) { _ = try noise.take() }
        let wrong: [([UInt32], RemovalRefusal)] = [
            ([], .belowFloor(survivors: 0, minimum: 2)), ([own], .belowFloor(survivors: 1, minimum: 2)),
            ([members[0], members[2], members[3]], .notASurvivor(own)),
            ([own, members[0]], .survivorsNotAscending), ([own, own, members[2]], .survivorsNotAscending),
            ([members[0], 4, own], .unknownSurvivor(4)), ([own, .max], .unknownSurvivor(.max)),
        ]
        for (survivors, expected) in wrong {
            #expect(throws: expected) { try noise.seeds(toRemoveFor: survivors) }
        }
        let first = try noise.seeds(toRemoveFor: [members[0], own])
        #expect(first.seeds.isEmpty)
        for survivors in [members, [members[0], own]] {
            #expect(throws: RemovalRefusal.alreadyRevealed) { try noise.seeds(toRemoveFor: survivors) }
        }
    }

    @Test func theCoordinatorTakesWhatFitsTheAgreementAlone() throws {
        let cohort = try RemovalCohort(participants: 4, colluders: 1, dropouts: 2)
        let other = try RemovalCohort(participants: 4, colluders: 1, dropouts: 2, number: 6)
        let members = cohort.round.members
        let survivors = Array(members.dropLast())
        func seeds(_ cohort: RemovalCohort, _ member: UInt32, _ survivors: [UInt32]) throws -> RemovalSeeds {
            var noise = try cohort.noise(member)
            _ = try noise.take()
            return try noise.seeds(toRemoveFor: survivors)
        }
        let good = try seeds(cohort, members[0], survivors)
        var removal = try NoiseRemoval(cohort.plan, in: cohort.round, survivors: survivors)
        #expect(throws: RemovalRefusal.otherAgreement(members[0])) {
            try removal.add(try seeds(cohort, members[0], members))
        }
        #expect(throws: RemovalRefusal.otherAgreement(members[0])) {
            try removal.add(try seeds(other, members[0], survivors))
        }
        var foreign = good
        foreign.participant = members[3]
        #expect(throws: RemovalRefusal.notASurvivor(members[3])) { try removal.add(foreign) }
        for count in [0, 2, 3] {
            var short = good
            short.seeds = [Bytes32](repeating: Bytes32(), count: count)
            #expect(throws: RemovalRefusal.wrongComponents(members[0], first: 2, count: 1)) { try removal.add(short) }
        }
        try removal.add(good)
        #expect(throws: RemovalRefusal.duplicateSeeds(members[0])) { try removal.add(good) }
        var values = [Int64](repeating: 0, count: 7)
        let copy = removal
        #expect(throws: RemovalRefusal.dimensionMismatch(expected: 8)) { try copy.remove(from: &values, bits: 64) }
        var right = [Int64](repeating: 0, count: 8)
        for bits in [-1, 0, 1, 65] {
            let copy = removal
            #expect(throws: RemovalRefusal.unsupportedBits) { try copy.remove(from: &right, bits: bits) }
        }
        #expect(right == [Int64](repeating: 0, count: 8))
        #expect(throws: RemovalRefusal.belowFloor(survivors: 1, minimum: 2)) {
            try NoiseRemoval(cohort.plan, in: cohort.round, survivors: [members[0]])
        }
    }

    @Test func plansAndRoundsThatMakeNoSenseAreRefused() throws {
        #expect(throws: NoiseRefusal.shareTooSmall(minimum: 18)) {
            try RemovalCohort(participants: 10, colluders: 1, dropouts: 3, squaredSensitivity: 400)
        }
        // Nine honest ones: component 1 = 9/4 Delta^2 / 72, which is 18 at Delta^2 = 576.
        _ = try RemovalCohort(participants: 10, colluders: 1, dropouts: 1, squaredSensitivity: 576)
        #expect(throws: NoiseRefusal.shareTooSmall(minimum: 18)) {
            try RemovalCohort(participants: 10, colluders: 1, dropouts: 1, squaredSensitivity: 574)
        }
        #expect(throws: NoiseRefusal.invalidField(.dropouts)) {
            try RemovalCohort(participants: 1000, colluders: 1, dropouts: 257, squaredSensitivity: 1 << 40)
        }
        #expect(throws: NoiseRefusal.invalidField(.dropouts)) {
            try RemovalCohort(participants: 60_000, colluders: 1, dropouts: 30, squaredSensitivity: 1 << 48)
        }
        #expect(throws: RemovalRefusal.membersNotAscending) {
            try RemovalRound(session: Digest(Bytes32()), round: 1, purpose: .update, members: [1, 1])
        }
        let cohort = try RemovalCohort(participants: 4, colluders: 1, dropouts: 2)
        #expect(throws: RemovalRefusal.unknownMember(5)) { _ = try cohort.noise(5) }
        let short = try RemovalRound(session: Digest(Bytes32()), round: 1, purpose: .update, members: [1, 2])
        #expect(throws: RemovalRefusal.wrongCohort(expected: 4)) {
            _ = try RemovableNoise(cohort.plan, for: 1, in: short)
        }
        #expect(throws: RemovalRefusal.wrongCohort(expected: 4)) {
            _ = try NoiseRemoval(cohort.plan, in: short, survivors: [1, 2])
        }
        let real = try RemovableNoise(cohort.plan, for: 3, in: cohort.round)
        #expect(real.provenance == .operatingSystem)
        #expect(throws: NoiseRefusal.belowFloor(survivors: 1, minimum: 2)) {
            try cohort.plan.honestVariance(silent: 3)
        }
        #expect(throws: NoiseRefusal.tooManySurvivors(maximum: 4)) { try cohort.plan.honestVariance(silent: -1) }
    }

    /// Seeds are bound to session, round, purpose, participant and component: any other one gives other noise.
    @Test func keysOfComponentsAreBoundToTheirPlace() throws {
        var seen: Set<[UInt8]> = []
        let seed = Bytes32()
        for (session, round, purpose) in [
            (0, 1, NoisePurpose.update), (1, 1, .update), (0, 2, .update), (0, 1, .votes),
        ]
            as [(UInt8, UInt64, NoisePurpose)]
        {
            let session = Digest(Bytes32([UInt8](repeating: session, count: 32)) ?? Bytes32())
            let round = try RemovalRound(session: session, round: round, purpose: purpose, members: [1, 2])
            for participant in [UInt32(1), 2] {
                for component in [UInt32(1), 2] {
                    let key = seed.withUnsafeBytes {
                        NoiseKey(
                            component: component, of: participant, in: round, seed: $0, provenance: .fixedKey)
                    }
                    seen.insert(key.withUnsafeBytes { Array($0) })
                }
            }
        }
        #expect(seen.count == 16)
    }
}
