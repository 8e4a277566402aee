/// Where the key of the noise came from; recorded with the noise and carried into every report.
/// Source: discrete-gaussian section 4
public enum NoiseProvenance: String, Hashable, Sendable, CaseIterable {
    /// The operating system's generator, which cannot be seeded.
    case operatingSystem
    /// A random source handed in: a simulation.
    case injectedSource
    /// A key written down: known-answer tests.
    case fixedKey

    /// Whether a privacy guarantee may be stated for noise of this origin: only the operating system's.
    public var supportsGuarantee: Bool { self == .operatingSystem }
}

/// What a noise vector is for; noise of different purposes in one round is independent.
///
/// The numbers enter the derivation of keys and never change.
/// Source: discrete-gaussian section 4
public enum NoisePurpose: UInt32, Hashable, Sendable, CaseIterable {
    /// A model update with its metric and indicator slots.
    case update = 1
    /// One-shot statistics.
    case statistics = 2
    /// Votes over groups.
    case votes = 3
    /// Cluster counts.
    case clusterCounts = 4
    /// Contribution scores.
    case contribution = 5
    /// Drift, fairness, thresholds, shadow comparison.
    case monitoring = 6
    /// A single count.
    case count = 7
}
