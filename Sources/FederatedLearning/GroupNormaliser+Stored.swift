extension GroupNormaliser {
    /// A normaliser from stored numbers, group-major.
    ///
    /// Throws `dimensionMismatch`, `nonFinite` with the place in means followed by factors, or `valueOutOfBound` for a negative
    /// factor; a number of sensors or groups below 1 is a `dimensionMismatch` too.
    /// Source: model-life section 6
    public init(sensors: Int, groups: Int, means: [Double], factors: [Double]) throws(LearningFailure) {
        let (places, overflow) = sensors.multipliedReportingOverflow(by: groups)
        guard sensors >= 1, groups >= 1, !overflow, means.count == places else {
            throw .dimensionMismatch(expected: overflow ? .max : places, found: means.count)
        }
        guard factors.count == places else { throw .dimensionMismatch(expected: places, found: factors.count) }
        if let index = (means + factors).firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        if let index = factors.firstIndex(where: { $0 < 0 }) { throw .valueOutOfBound(index: index) }
        self.sensors = sensors
        self.groups = groups
        self.means = means
        self.factors = factors
    }
}
