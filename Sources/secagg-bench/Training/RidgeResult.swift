internal import FederatedLearning
internal import PredictiveMaintenance
internal import RingVectors
internal import SecureFederation

/// A ridge regression from one secure sum, beside the fit on everybody's rows in one place.
struct RidgeResult {
    /// What the relative difference of the two fits must stay below.
    static let tolerance = 1e-6

    /// The largest difference of a coefficient or the intercept, each relative to the pooled one.
    let relativeDifference: Double
    /// Mean over companies of the error in cycles on their test engines; nil where no life is predicted.
    let rmse: Double?

    var isWithinTolerance: Bool { relativeDifference <= Self.tolerance }

    /// Fits through the secure sum and in the clear.
    static func fit(
        _ companies: [MaintenanceCompany], _ scenario: Scenario, _ normaliser: GroupNormaliser,
        _ summation: SecureSummation
    ) throws(FederationFailure) -> (RidgeResult, SumTally) {
        let uploads = try FederationFailure.learning { () throws(LearningFailure) in
            try companies.parallelMap { company throws(LearningFailure) in try company.ridgeUpload() }
        }
        let summed = try summation.sum(uploads, bits: summation.widestBits, rounding: .nearest)
        let result = try FederationFailure.learning { () throws(LearningFailure) -> RidgeResult in
            let federated = try RidgeRegression.solve(
                from: summed.sum, statistics: scenario.ridge, lambda: MaintenanceRun.ridgePenalty)
            let pooled = try pooledFit(companies)
            return RidgeResult(
                relativeDifference: difference(federated, pooled),
                rmse: try meanError(of: federated, companies, normaliser))
        }
        return (result, summed.tally)
    }

    private static func pooledFit(_ companies: [MaintenanceCompany]) throws(LearningFailure) -> RidgeRegression {
        var features: [Double] = []
        var targets: [Double] = []
        for company in companies {
            let table = try company.ridgeTable()
            features += table.features
            targets += table.targets
        }
        return try RidgeRegression.fit(features: features, targets: targets, lambda: MaintenanceRun.ridgePenalty)
    }

    /// Coefficients below 2^-30 of the largest, as those of a constant feature, are compared on that scale.
    private static func difference(_ fitted: RidgeRegression, _ pooled: RidgeRegression) -> Double {
        let found = fitted.coefficients + [fitted.intercept]
        let wanted = pooled.coefficients + [pooled.intercept]
        let floor = (wanted.map(\.magnitude).max() ?? 0) * 0x1p-30
        return zip(found, wanted).reduce(0) { largest, pair in
            let scale = max(pair.1.magnitude, floor)
            return scale > 0 ? max(largest, (pair.0 - pair.1).magnitude / scale) : largest
        }
    }

    private static func meanError(
        of regression: RidgeRegression, _ companies: [MaintenanceCompany], _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> Double? {
        let turbofans = companies.compactMap { $0.workload as? RemainingLifeWorkload }
        guard !turbofans.isEmpty, turbofans.count == companies.count else { return nil }
        var sum = 0.0
        for workload in turbofans { sum += try workload.rmse(of: regression, normaliser: normaliser) }
        return sum / Double(turbofans.count)
    }
}
