import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct CollusionPropertyTests {
    private static func terms(
        colluders: Int, dropouts: Int, coordinates: Int = 100, rounds: Int = 10, sampling: SamplingScheme = .none,
        machines: Int = 50
    ) throws -> CollusionTerms {
        CollusionTerms(
            colluders: colluders, dropouts: dropouts, coordinates: coordinates, rounds: rounds, sampling: sampling,
            adjacency: .addRemove, machinesPerMember: machines, delta: try Delta(1e-6))
    }

    /// The least sum of variances over every choice of colluders and silent members that leaves `member` honest.
    private static func leastNoise(_ variances: [Fraction], member: Int, colluders: Int, dropouts: Int) -> Fraction {
        var least: Fraction?
        for coalition in 0..<(1 << variances.count) where coalition >> member & 1 == 0 {
            guard coalition.nonzeroBitCount <= colluders + dropouts else { continue }
            let left = variances.indices.filter { coalition >> $0 & 1 == 0 }.map { variances[$0] }
            let sum = left.dropFirst().reduce(left[0]) { $0.plus($1) }
            if least.map({ sum.isBelow($0) }) ?? true { least = sum }
        }
        return least ?? Fraction(0, 1)
    }

    struct Fraction {
        let above: UInt128
        let below: UInt128
        init(_ above: UInt128, _ below: UInt128) { (self.above, self.below) = (above, below) }
        func plus(_ other: Self) -> Self { Self(above * other.below + other.above * below, below * other.below) }
        func isBelow(_ other: Self) -> Bool { above * other.below < other.above * below }
    }

    @Test func theTableLeavesOutTheWorstCoalition() throws {
        var draw = Draw(41)
        for _ in 0..<60 {
            let count = Int(draw.next() % 6) + 1
            let members = try (0..<count).map { _ in
                try MemberNoise(
                    variance: try NoiseVariance(1000 + draw.next() % 5000, over: draw.next() % 3 + 1),
                    sensitivity: try L2Sensitivity(draw.next() % 100 + 1))
            }
            let colluders = Int(draw.next() % UInt64(count))
            let dropouts = Int(draw.next() % UInt64(count - colluders))
            let table = try CollusionTable(members, try Self.terms(colluders: colluders, dropouts: dropouts))
            let variances = members.map { Fraction(UInt128($0.variance.numerator), UInt128($0.variance.denominator)) }
            #expect(table.rows.map(\.member) == Array(0..<count))
            for row in table.rows {
                for figure in [row.nobody, row.design, row.everybodyElse] {
                    let least = Self.leastNoise(
                        variances, member: row.member, colluders: figure.colluders, dropouts: dropouts)
                    let ours = figure.variance
                    #expect(ours.numerator * least.below == least.above * UInt128(ours.denominator))
                    // The closed form at that variance, by another road.
                    let reach = Double(members[row.member].sensitivity.value)
                    let exact = Double(ours.numerator) / Double(ours.denominator)
                    let above = GaussianCurve(
                        try NoiseMultiplier((exact - 9).squareRoot() / reach), count: 10)
                    #expect(abs(above.epsilon(at: try Delta(1e-6)).upper / figure.epsilon.upper - 1) < 1e-9)
                    #expect(figure.epsilon.lower < figure.epsilon.upper)
                }
                #expect(row.nobody.epsilon.upper <= row.design.epsilon.upper)
                #expect(row.design.epsilon.upper <= row.everybodyElse.epsilon.upper)
                #expect(
                    row.everybodyElse.variance.numerator
                        == ExactVariance.scaled(
                            members[row.member].variance, to: row.everybodyElse.variance.denominator))
            }
        }
    }

    /// 10 companies of 500 machines, z = 10.92, 50 rounds: one machine is protected by epsilon 3, a company by nothing.
    @Test func machinesAreProtectedAndCompaniesAreNot() throws {
        let plan = try NoisePlan(
            NoiseRequest(
                participants: 10, colluders: 3, dropouts: 2, multiplier: try NoiseRatio(1092, over: 100),
                squaredSensitivity: 1 << 40, machinesPerParticipant: 500, dimension: 20_000, rounds: 50))
        let table = try CollusionTable(plan, sampling: .none, adjacency: .addRemove, delta: try Delta(1e-6))
        #expect(table.rows.count == 10)
        let row = table.rows[9]
        #expect(row.design.epsilon.upper < 3.001 && row.design.epsilon.lower > 2.99)
        #expect(row.nobody.colluders == 0 && row.design.colluders == 3 && row.everybodyElse.colluders == 9)
        #expect(row.nobody.epsilon.upper < 2.32)
        #expect(row.everybodyElse.epsilon.upper > 7)
        #expect(row.company.machines == 500 && !row.company.isUseful)
        #expect(row.company.epsilon.lower > 10_000 && row.company.advantage.lower > 0.999_999)
        let honest = try plan.honestVariance(survivors: 8)
        #expect(row.design.variance.numerator == honest.numerator)
        #expect(row.design.variance.denominator == honest.denominator)
    }

    /// A cohort of one machine each: then the company's figure is the machine's.
    @Test func aCompanyOfOneMachineIsThatMachine() throws {
        let members = try (0..<3).map {
            try MemberNoise(variance: try NoiseVariance(4000 + $0), sensitivity: try L2Sensitivity(10))
        }
        let table = try CollusionTable(members, try Self.terms(colluders: 1, dropouts: 0, machines: 1))
        for row in table.rows {
            #expect(row.company.epsilon == row.design.epsilon)
            #expect(row.company.isUseful)
        }
        let rate = try SamplingRate(0.1)
        let sampled = try CollusionTable(
            members, try Self.terms(colluders: 1, dropouts: 0, sampling: .poisson(rate), machines: 1))
        #expect(sampled.rows[0].design.epsilon.upper < table.rows[0].design.epsilon.upper)
        #expect(sampled.rows[0].company.epsilon.upper == table.rows[0].company.epsilon.upper)
        #expect(sampled.rows[0].company.epsilon.lower == 0)
    }

    @Test func tablesThatMakeNoSenseAreRefused() throws {
        let member = try MemberNoise(variance: try NoiseVariance(18), sensitivity: try L2Sensitivity(1))
        func refusal(_ members: [MemberNoise], _ terms: CollusionTerms) -> CollusionRefusal? {
            do throws(CollusionRefusal) {
                _ = try CollusionTable(members, terms)
                return nil
            } catch {
                return error
            }
        }
        let good = try Self.terms(colluders: 0, dropouts: 0)
        #expect(refusal([member], good) == nil)
        #expect(refusal([], good) == .noise(.invalidField(.participants)))
        #expect(refusal([member], try Self.terms(colluders: -1, dropouts: 0)) == .noise(.invalidField(.colluders)))
        #expect(refusal([member], try Self.terms(colluders: 0, dropouts: -1)) == .noise(.invalidField(.dropouts)))
        #expect(refusal([member], try Self.terms(colluders: 1, dropouts: 0)) == .noise(.tooFewParticipants(minimum: 2)))
        #expect(
            refusal([member], try Self.terms(colluders: 0, dropouts: 0, machines: 0))
                == .noise(.invalidField(.machinesPerParticipant)))
        #expect(
            refusal([member], try Self.terms(colluders: 0, dropouts: 0, rounds: 0)) == .accounting(.countOutOfRange))
        #expect(
            refusal([member], try Self.terms(colluders: 0, dropouts: 0, coordinates: 0)) == .accounting(.noCoordinates))
        #expect(throws: NoiseRefusal.shareTooSmall(minimum: 18)) {
            try MemberNoise(variance: try NoiseVariance(17), sensitivity: try L2Sensitivity(1))
        }
        let odd = try [UInt64(4_294_967_291), 4_294_967_279].map {
            try MemberNoise(variance: try NoiseVariance($0 * 20 + 1, over: $0), sensitivity: try L2Sensitivity(1))
        }
        #expect(refusal(odd, good) == .noise(.varianceOutOfRange))
        var mixed = (0..<4097).map { _ in member }
        #expect(refusal(mixed, good) == nil)
        mixed[7] = try MemberNoise(variance: try NoiseVariance(19), sensitivity: try L2Sensitivity(1))
        #expect(refusal(mixed, good) == .tooManyMembers(maximum: 4096))
    }

    @Test func conversionsNeverRoundUp() throws {
        for (numerator, denominator) in [(18, 1), (1153, 64), ((1 << 57) + 1, 1), (18 << 53 + 1, 1 << 53), (55, 3)]
            as [(UInt64, UInt64)]
        {
            guard let variance = try? NoiseVariance(numerator, over: denominator) else { continue }
            let value = variance.roundedDown
            let (whole, part) = (UInt64(value), value - value.rounded(.down))
            #expect(UInt128(whole) * UInt128(denominator) <= UInt128(numerator))
            #expect(value >= 18 && Double(numerator) / Double(denominator) - value < 1e-15 * Double(numerator))
            #expect(part >= 0)
        }
    }
}
