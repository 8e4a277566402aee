#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// **Experimental.** Soft pairwise weights: a company's model is pulled to those of companies whose models lie near.
///
/// With A(u) = 1 - exp(-u / sigma) and theta_k the models, `xi_kl = alpha A'(|theta_k - theta_l|^2)` for l != k, xi_kk the rest;
/// then `u_k = sum_l xi_kl theta_l`, and each company trains on `F_k(theta) + |theta - u_k|^2 / (2 alpha)` at home. Distances come from
/// the Gram matrix of short sketches; each u_k is a sum of its own. Reconstructed from an abstract and its nearest
/// published relative; measured to help only companies with little data, and less than shared slopes do.
///
/// u_k shows company k a mixture of others: with one partner of share near 1 it would be that partner's model. Hence the cap
/// on a partner's share, and at least three partners or none. The Gram matrix itself is a release about every pair.
/// Source: clustering section 4
public struct PairwiseCollaboration: Hashable, Sendable {
    /// alpha, finite and positive.
    public let pull: Double
    /// sigma: squared distances well above it count for nothing; finite and positive.
    public let width: Double
    /// The largest share of one partner in u_k; positive and at most 1/3.
    public let cap: Double
    /// The fewest partners with a share, at least 3.
    public let minimumPartners: Int

    /// Fixes the constants.
    public init(pull: Double, width: Double, cap: Double = 1.0 / 3, minimumPartners: Int = 3) {
        precondition(pull > 0 && pull.isFinite && width > 0 && width.isFinite, "constants out of range")
        precondition(cap > 0 && cap <= 1.0 / 3 && minimumPartners >= 3, "a partner's model would show")
        self.pull = pull
        self.width = width
        self.cap = cap
        self.minimumPartners = minimumPartners
    }

    /// A short sketch of a vector: its inner products with random signs from a public seed, over the root of their number,
    /// so that squared distances keep their expectation. Costs `count * size` additions.
    public static func sketch(_ vector: [Float], size: Int, seed: UInt64) -> [Double] {
        precondition(size >= 1, "an empty sketch")
        var result = [Double](repeating: 0, count: size)
        for row in 0..<size {
            var generator = SeededGenerator(mixing: seed, UInt64(row))
            var bits: UInt64 = 0
            var sum = 0.0
            for (index, value) in vector.enumerated() {
                if index & 63 == 0 { bits = generator.next() }
                sum += bits & 1 == 0 ? Double(value) : -Double(value)
                bits >>= 1
            }
            result[row] = sum / Double(size).squareRoot()
        }
        return result
    }

    /// The rows of shares from a Gram matrix (row-major, companies squared): each row adds up to 1.
    ///
    /// A row with fewer than `minimumPartners` partners of at least a thousandth is its owner alone. Throws
    /// `dimensionMismatch`, or `nonFinite` with the place.
    public func shares(gram: [Double], companies: Int) throws(LearningFailure) -> [[Double]] {
        guard companies >= 1, gram.count == companies * companies else {
            throw .dimensionMismatch(expected: companies * companies, found: gram.count)
        }
        if let index = gram.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        return (0..<companies).map { k in
            var row = (0..<companies).map { l -> Double in
                if l == k { return 0 }
                let apart = gram[k * companies + k] + gram[l * companies + l] - gram[k * companies + l]
                let distance = max(0, apart - gram[l * companies + k])
                let share = min(cap, pull * exp(-distance / width) / width)
                return share < 0.001 ? 0 : share
            }
            if row.filter({ $0 > 0 }).count < minimumPartners { row = [Double](repeating: 0, count: companies) }
            // Partners together leave the owner at least as much as the largest of them has.
            let total = row.reduce(0, +)
            let room = 1 - cap
            if total > room { row = row.map { $0 * room / total } }
            row[k] = 1 - row.reduce(0, +)
            return row
        }
    }

    /// The schema of the sum that makes one company's u: one block `mixture` within the models' bound.
    public static func schema(layout: ParameterLayout, bound: Double) -> UploadSchema {
        UploadSchema([.init(name: "mixture", count: layout.parameterCount, bound: bound)])
    }

    /// A company's part in another's u: its model times its share.
    public static func upload(
        _ model: ParameterVector, share: Double, bound: Double
    ) throws(LearningFailure) -> Upload {
        guard share >= 0, share <= 1 else { throw .valueOutOfBound(index: 0) }
        if let index = model.values.firstIndex(where: { !(Double($0).magnitude <= bound) }) {
            throw .valueOutOfBound(index: index)
        }
        return try Upload(
            schema: schema(layout: model.layout, bound: bound), values: model.values.map { share * Double($0) })
    }

    /// Trains at home towards u: the proximal term has weight 1 / alpha.
    public func train<Problem: LocalProblem>(
        _ problem: Problem, towards mixture: ParameterVector, plan: RoundPlan, participant: UInt64, optimiser: Optimiser
    ) throws(LearningFailure) -> ParameterVector {
        try problem.check(mixture)
        let descent = LocalDescent(
            plan: plan, participant: participant, optimiser: optimiser, proximal: Float(1 / pull))
        return try ParameterVector(
            values: descent.run(problem, from: mixture.values).parameters, layout: problem.layout)
    }
}
