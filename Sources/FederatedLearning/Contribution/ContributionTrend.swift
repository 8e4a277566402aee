/// What each company seems to be worth, from group values of many rounds with different groupings.
///
/// Model: the value of group g in round t is the mean of its members' worths in that round's unit, plus noise. Values of a
/// round are first divided by the mean magnitude of the round's values, since rounds differ in how much there is to gain; a round
/// weighs the square of its sum of values over their sum of magnitudes, since late rounds are mostly noise, which has both
/// signs. Then least squares with a small ridge gives worths and their standard errors. A trend over rounds, **not an invoice**:
/// free riders show (a test asks for an area of 0.9 on synthetic companies), companies with poor labels hardly do.
/// Source: group-shapley section 3
public struct ContributionTrend: Sendable, Equatable {
    /// One company's figures.
    public struct Worth: Sendable, Equatable {
        /// The estimate; 1 is the average group's worth.
        public let value: Double
        /// Its standard error.
        public let error: Double
    }

    /// How many companies there are.
    public let companies: Int
    /// How many rounds were added.
    public private(set) var rounds = 0

    private var gram: [Double]
    private var moments: [Double]
    private var energy = 0.0
    private var mass = 0.0
    private var observations = 0

    /// A trend without rounds; at least one company.
    public init(companies: Int) {
        precondition(companies >= 1, "nobody")
        self.companies = companies
        gram = [Double](repeating: 0, count: companies * companies)
        moments = [Double](repeating: 0, count: companies)
    }

    /// Adds a round's group values.
    ///
    /// - Parameters:
    ///   - values: one a group, such as `GroupShapley.values`.
    ///   - members: the companies of each group.
    ///
    /// Throws `lengthMismatch` (groups, or a company out of range), `nonFinite`; a round whose values are all zero is counted
    /// and adds nothing else.
    public mutating func add(values: [Double], members: [[Int]]) throws(ContributionRefusal) {
        guard values.count == members.count, !values.isEmpty else {
            throw .lengthMismatch(expected: members.count, found: values.count)
        }
        guard values.allSatisfy({ $0.isFinite }) else { throw .nonFinite }
        for group in members {
            guard !group.isEmpty, Set(group).count == group.count else {
                throw .lengthMismatch(expected: 1, found: group.count)
            }
            if let stranger = group.first(where: { !(0..<companies).contains($0) }) {
                throw .lengthMismatch(expected: companies, found: stranger)
            }
        }
        rounds += 1
        let unit = values.reduce(0) { $0 + $1.magnitude } / Double(values.count)
        guard unit > 0, unit.isFinite else { return }
        let agreement = values.reduce(0, +) / (unit * Double(values.count))
        let weight = agreement * agreement
        for (value, group) in zip(values, members) {
            let share = 1 / Double(group.count)
            let scaled = value / unit
            for a in group {
                for b in group { gram[a * companies + b] += weight * share * share }
                moments[a] += weight * share * scaled
            }
            energy += weight * scaled * scaled
            mass += weight
            observations += 1
        }
    }

    /// The companies' worths, least squares with a ridge pulling to their mean.
    ///
    /// - Parameter ridge: the pull, in observations; positive. Without it companies that always sat together could not
    ///   be told apart.
    /// - Throws: `tooFewRounds` until there are as many group values as companies and one more; `groupingsTooAlike`.
    public func worths(ridge: Double = 0.1) throws(ContributionRefusal) -> [Worth] {
        precondition(ridge > 0 && ridge.isFinite, "a ridge must be finite and positive")
        guard observations > companies else { throw .tooFewRounds(found: observations, needed: companies + 1) }
        // Deviations from a common worth c: value = c + mean of deviations, deviations pulled to zero.
        let n = companies
        let rowSums = (0..<n).map { a in (0..<n).reduce(0) { $0 + gram[a * n + $1] } }
        let mean = moments.reduce(0, +) / max(mass, .leastNormalMagnitude)
        var triangle: [Double] = []
        for a in 0..<n {
            for b in a..<n { triangle.append(gram[a * n + b] + (a == b ? ridge : 0)) }
        }
        let matrix = SymmetricMatrix(upperTriangle: triangle, size: n)
        let right = (0..<n).map { moments[$0] - mean * rowSums[$0] }
        do throws(LearningFailure) {
            let deviations = try matrix.solve(right)
            // Residual sum of squares from the sums alone.
            var rest = energy - 2 * mean * moments.reduce(0, +) + mean * mean * mass
            for a in 0..<n {
                rest -= 2 * deviations[a] * right[a]
                for b in 0..<n { rest += deviations[a] * deviations[b] * gram[a * n + b] }
            }
            let noise = max(0, rest) / Double(observations - n)
            var worths: [Worth] = []
            for a in 0..<n {
                var unit = [Double](repeating: 0, count: n)
                unit[a] = 1
                let inverse = try matrix.solve(unit)
                // Sandwich: the variance of the ridge estimate.
                var variance = 0.0
                for i in 0..<n {
                    for j in 0..<n { variance += inverse[i] * gram[i * n + j] * inverse[j] }
                }
                worths.append(Worth(value: mean + deviations[a], error: (noise * max(0, variance)).squareRoot()))
            }
            return worths
        } catch {
            throw .groupingsTooAlike
        }
    }

    /// How much each company looks like a free rider: how many standard errors its worth lies below the median worth; the
    /// higher, the more suspect.
    ///
    /// A ranking, not a proof: alarm above a threshold chosen on runs without free riders. Throws as `worths` does.
    public func freeRiderScores(ridge: Double = 0.1) throws(ContributionRefusal) -> [Double] {
        let worths = try worths(ridge: ridge)
        let sorted = worths.map(\.value).sorted()
        let median = (sorted[(companies - 1) / 2] + sorted[companies / 2]) / 2
        let error = worths.reduce(0) { $0 + $1.error } / Double(companies)
        return worths.map { error > 0 ? (median - $0.value) / error : 0 }
    }
}
