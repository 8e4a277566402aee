/// What one release costs under the asset unit: how far a machine moves it, and how many events it is.
/// Source: release-charges section 2
public struct ReleaseCharge: Hashable, Sendable {
    /// What the sensitivity is counted in.
    public enum Measure: String, Hashable, Sendable {
        /// Delta, the bound on a machine's vector.
        case clipBound
        /// One integer slot: a vote, a count.
        case slot
    }

    /// What is released.
    public let release: Release
    /// Delta or slots.
    public let measure: Measure
    /// The squared L2 sensitivity of one event, in squared measures; 0 for what is free.
    public let squaredFactor: Int
    /// Events to charge, each at that sensitivity; 0 for post-processing.
    public let events: Int

    /// The charge, or why there is none.
    ///
    /// Throws `unnoised`, `movesWholeBlock`, `groupTooSmall` unless a group exceeds colluders and dropouts together,
    /// `countOutOfRange`.
    /// Source: release-charges section 2
    public init(_ release: Release) throws(ReleaseRefusal) {
        self.release = release
        var (measure, squaredFactor, events) = (Measure.clipBound, 1, 1)
        switch release {
        case .groupSums(let smallest, let colluders, let dropouts, let independentTotal):
            guard colluders >= 0, dropouts >= 0 else { throw .countOutOfRange }
            for count in [smallest, colluders, dropouts] { try Self.require(count) }
            guard smallest > colluders + dropouts else { throw .groupTooSmall(minimum: colluders + dropouts + 1) }
            events = independentTotal ? 2 : 1
        case .machineVotes(let groups):
            guard groups >= 1 else { throw .countOutOfRange }
            try Self.require(groups)
            (measure, squaredFactor) = (.slot, groups)
        case .companyVotes(let groups):
            guard groups >= 1 else { throw .countOutOfRange }
            try Self.require(groups)
            (measure, squaredFactor) = (.slot, 4 * groups)
        case .machineClusterCounts, .count: measure = .slot
        case .companyClusterCounts: (measure, squaredFactor) = (.slot, 2)
        case .companyClusterSums: throw .movesWholeBlock
        case .contributionOfNoisedGroups: (squaredFactor, events) = (0, 0)
        case .contributionScores, .drift, .fairness, .thresholds, .shadowComparison: break
        case .unnoisedTotal: throw .unnoised
        }
        self.measure = measure
        self.squaredFactor = squaredFactor
        self.events = events
    }

    /// The L2 sensitivity of one event, rounded up to a whole grid unit, when a measure is `gridUnits` of them.
    ///
    /// nil for what is free. Throws `sensitivityTooLarge` above 2^51.
    public func sensitivity(gridUnits: L2Sensitivity) throws(ReleaseRefusal) -> L2Sensitivity? {
        guard squaredFactor > 0 else { return nil }
        let squared = squaredSensitivity(gridUnits: gridUnits)
        guard squared <= 1 << 102, let value = try? L2Sensitivity(IntegerRoot.ceiling(squared)) else {
            throw .sensitivityTooLarge
        }
        return value
    }

    /// The squared sensitivity in squared grid units, exactly, for a `NoiseRequest`.
    public func squaredSensitivity(gridUnits: L2Sensitivity) -> UInt128 {
        gridUnits.value.multipliedFullWidth128(by: gridUnits.value) * UInt128(squaredFactor)
    }

    /// The cohort that a group's shares are planned for: z^2 Delta^2 / (s - t - k); nil for other releases.
    public var smallestCohort: (participants: Int, colluders: Int, dropouts: Int)? {
        guard case .groupSums(let smallest, let colluders, let dropouts, _) = release else { return nil }
        return (smallest, colluders, dropouts)
    }

    private static func require(_ count: Int) throws(ReleaseRefusal) {
        guard count <= NoisePlan.largestParticipants else { throw .countOutOfRange }
    }
}

extension ReleaseCharge {
    /// The events of `rounds` such releases under noise whose shares have the given variances; none for what is free.
    ///
    /// A total with noise of its own is billed with the same shares. Throws `sensitivityTooLarge`; the accountant's own
    /// refusals come back as nil.
    /// Source: release-charges section 2
    public func billed(
        gridUnits: L2Sensitivity, shares: [NoiseVariance], coordinates: Int, rounds: Int
    ) throws(ReleaseRefusal) -> [PrivacyEvent]? {
        guard let sensitivity = try sensitivity(gridUnits: gridUnits) else { return [] }
        guard
            let sum = try? DiscreteGaussianSum(
                variances: shares.map(\.roundedDown), sensitivity: sensitivity, coordinates: coordinates),
            let event = try? PrivacyEvent(.discreteGaussian(sum), sampling: .none, count: rounds)
        else { return nil }
        return [PrivacyEvent](repeating: event, count: events)
    }
}
