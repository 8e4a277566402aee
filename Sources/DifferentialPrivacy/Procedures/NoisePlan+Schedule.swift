extension NoisePlan {
    /// Every round of the plan as events: the honest shares among the fewest survivors, without sampling.
    ///
    /// Throws `shareTooSmall` or `countOutOfRange` for what no plan should hold, and `sensitivityOutOfRange` when Delta is
    /// above 2^51.
    /// Source: private-procedures section 3
    public func schedule(unit: PrivacyUnit, adjacency: Adjacency) throws(AccountingRefusal) -> PrivacySchedule {
        let honest = minimumSurvivors - request.colluders
        let variance = (Double(share.numerator) / Double(share.denominator)).nextDown
        guard let sensitivity = request.sensitivity else { throw .sensitivityOutOfRange }
        let sum = try DiscreteGaussianSum(
            variances: [Double](repeating: variance, count: honest), sensitivity: sensitivity,
            coordinates: request.dimension)
        return try PrivacySchedule(
            unit: unit, adjacency: adjacency,
            events: [PrivacyEvent(.discreteGaussian(sum), sampling: .none, count: request.rounds)])
    }
}
