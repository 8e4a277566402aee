import FederatedLearning
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

/// Four companies whose machines fail by the same slopes, at another pace and spread in each.
enum SurvivalConsortium {
    static let slopes = [0.5, -0.3]

    static func tables(rows: Int = 30, lastFails: Bool = true) throws -> [SurvivalTable] {
        try (0..<4).map { company in
            var generator = SeededGenerator(seed: UInt64(40 + company))
            var features: [Double] = []
            var times: [Double] = []
            var failed: [Bool] = []
            for _ in 0..<rows {
                let x = [2 * generator.uniform() - 1, 2 * generator.uniform() - 1]
                let location = 3 + 0.4 * Double(company) + x[0] * slopes[0] + x[1] * slopes[1]
                let time = power(location + (0.2 + 0.05 * Double(company)) * generator.gaussian())
                features += x
                times.append(min(time, 60))
                failed.append(time < 60 && (lastFails || company < 3))
            }
            return try SurvivalTable(features: features, width: 2, times: times, failed: failed)
        }
    }

    /// e^x by its series of halves; Foundation is not needed for it.
    private static func power(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1..<60 {
            term *= x / 16 / Double(k)
            sum += term
        }
        return (0..<4).reduce(sum) { value, _ in value * value }
    }

    static func summation(_ companies: Int = 4) throws -> SecureSummation {
        try SecureSummation(SecureSummation.Settings(companies: companies)) {
            SeededRandomSource(seed: 9, label: $0.label)
        }
    }

    static func fit(_ law: SurvivalDistribution, penalty: Double = 0.5, maximumSums: Int = 60) -> SecureSurvivalFit {
        SecureSurvivalFit(
            AcceleratedFailureStatistics(
                law, featureBounds: [1, 1.5], logTimes: PublicRange(lower: -1, upper: 6), maximumRows: 100),
            terms: SecureSurvivalFit.Terms(penalty: penalty, maximumSums: maximumSums))
    }
}

@Suite("Failure times fitted over the secure sum")
struct SecureSurvivalPropertyTests {
    @Test("one model equals the fit on all rows in one place", arguments: SurvivalDistribution.allCases)
    func pooled(_ law: SurvivalDistribution) throws {
        let tables = try SurvivalConsortium.tables()
        let secure = try SurvivalConsortium.fit(law).pooled(tables, through: SurvivalConsortium.summation())
        let together = try SurvivalTable.joining(tables)
        let clear = try AcceleratedFailureFit.fit(law, together, lambda: 0.5)
        #expect(secure.isConverged)
        #expect(secure.tally.isExact && secure.tally.sums >= 4 && secure.tally.sums < 20)
        #expect(secure.tally.clippedValues == 0)
        // another scaling of features and times is another penalty's unit only; both are the same fit
        #expect((secure.model.intercept - clear.intercept).magnitude < 1e-4)
        #expect((secure.model.scale - clear.scale).magnitude < 1e-4)
        for (one, other) in zip(secure.model.slopes, clear.slopes) { #expect((one - other).magnitude < 1e-4) }
    }

    @Test(
        "own intercepts and scales: no other slopes fit all companies better", arguments: SurvivalDistribution.allCases)
    func own(_ law: SurvivalDistribution) throws {
        let tables = try SurvivalConsortium.tables(rows: 90)
        let secure = try SurvivalConsortium.fit(law, penalty: 0).own(tables, through: SurvivalConsortium.summation())
        #expect(secure.isConverged)
        #expect(secure.tally.isExact && secure.tally.sums >= 3 && secure.tally.sums < 40)
        let slopes = secure.models[0].slopes
        #expect(secure.models.allSatisfy { $0.slopes == slopes })
        #expect(Set(secure.models.map(\.intercept)).count == 4)
        let here = try Self.loss(slopes, law, tables)
        for (feature, sign) in [(0, 1.0), (0, -1), (1, 1), (1, -1)] {
            var moved = slopes
            moved[feature] += 0.002 * sign
            #expect(try Self.loss(moved, law, tables) > here)
        }
        if law == .logNormal {
            for (found, truth) in zip(slopes, SurvivalConsortium.slopes) { #expect((found - truth).magnitude < 0.1) }
            for (company, model) in secure.models.enumerated() {
                #expect((model.intercept - 3 - 0.4 * Double(company)).magnitude < 0.2)
            }
        }
    }

    /// The summed loss when each company fits intercept and scale to these slopes.
    private static func loss(
        _ slopes: [Double], _ law: SurvivalDistribution, _ tables: [SurvivalTable]
    ) throws -> Double {
        var sum = 0.0
        for table in tables {
            let residuals = (0..<table.rows).map { row in
                table.logTimes[row] - slopes[0] * table.features[2 * row] - slopes[1] * table.features[2 * row + 1]
            }
            let own = try InterceptAndScale.fit(
                residuals: residuals, censored: table.failed.map { !$0 }, law: law, scales: 0.05...4)
            let model = AcceleratedFailureModel(
                distribution: law, intercept: own.intercept, slopes: slopes, scale: own.scale)
            sum += try model.loss(table) * Double(table.rows)
        }
        return sum
    }

    @Test("sums run out: the best point that a sum has shown, and no claim to be the fit")
    func limit() throws {
        let tables = try SurvivalConsortium.tables()
        let summation = try SurvivalConsortium.summation()
        let pooled = try SurvivalConsortium.fit(.weibull, maximumSums: 1).pooled(tables, through: summation)
        #expect(!pooled.isConverged && pooled.tally.sums == 1)
        #expect(pooled.model.slopes == [0, 0] && pooled.model.scale == 3.5 && pooled.model.intercept == 2.5)
        let own = try SurvivalConsortium.fit(.weibull, maximumSums: 1).own(tables, through: summation)
        #expect(!own.isConverged && own.tally.sums == 1)
        #expect(own.models.allSatisfy { $0.slopes == [0, 0] })
        #expect(Set(own.models.map(\.intercept)).count == 4)
    }

    @Test("a company without a failure, or with rows out of bounds, is refused before any sum")
    func misuse() throws {
        let summation = try SurvivalConsortium.summation()
        #expect(throws: FederationFailure.learning(.noExamples)) {
            _ = try SurvivalConsortium.fit(.logNormal).own(
                SurvivalConsortium.tables(lastFails: false), through: summation)
        }
        #expect(throws: FederationFailure.learning(.exampleCountOutOfRange(found: 101, maximum: 100))) {
            _ = try SurvivalConsortium.fit(.logNormal).pooled(SurvivalConsortium.tables(rows: 101), through: summation)
        }
    }
}
