/// Whose presence the guarantee hides. There is no default: a figure without its unit means nothing.
/// Source: privacy-accounting section 1
public enum PrivacyUnit: String, Hashable, Sendable, CaseIterable {
    /// One machine with its whole history.
    case asset
    /// One record, or one disjoint block of records.
    case record
    /// One company with all its machines.
    case silo
}

/// Which two data sets count as neighbours. There is no default.
/// Source: privacy-accounting section 1
public enum Adjacency: String, Hashable, Sendable, CaseIterable {
    /// One unit more or one unit fewer; it moves a sum by one sensitivity.
    case addRemove
    /// One unit exchanged for another, the number of units public; it moves a sum by two sensitivities.
    case replaceOne
}

/// How the units of a round are chosen. There is no default.
/// Source: privacy-accounting section 1
public enum SamplingScheme: Hashable, Sendable {
    /// Every unit, every round.
    case none
    /// An independent secret coin for each unit and round; those left out still send noise.
    case poisson(SamplingRate)
    /// A uniform subset of a public size out of a public number of units.
    case fixedSize(FixedSample)
}

/// A uniform subset: `size` units out of `population`.
/// Source: privacy-accounting section 1
public struct FixedSample: Hashable, Sendable {
    /// Units drawn in a round, 1 ... population.
    public let size: Int
    /// Units there are.
    public let population: Int

    /// Refuses an empty sample and one above its population.
    /// Source: privacy-accounting section 1
    public init(size: Int, population: Int) throws(ParameterRefusal) {
        guard size >= 1, size <= population else { throw .sampleOutOfRange }
        self.size = size
        self.population = population
    }
}
