internal import DifferentialPrivacy
public import FederatedLearning

/// Procedure C: a linear model from one private sum of every unit's moments.
/// Source: private-training section 5
public enum PrivateMoments {
    /// Sums the moments and fits.
    ///
    /// - Parameters:
    ///   - units: each of a company's units' moments.
    /// - Throws: what the sum throws, `learning`.
    public static func fit(
        _ moments: MomentStatistics, through summation: PrivateSummation,
        units: (Int) -> [[Float]]
    ) throws(FederationFailure) -> (model: LinearModel, sum: NoisedSum) {
        let plan = summation.plan
        let summed = try summation.sum(clipNorm: plan.clipNorm, units: units)
        let model = try FederationFailure.learning { () throws(LearningFailure) in
            try moments.fit(summed.values, penalty: moments.penalty(noise: summed.deviation))
        }
        return (model, summed)
    }
}
