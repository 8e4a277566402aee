/// A way to train from sums: what one unit of privacy contributes, and what it may depend on.
///
/// A guarantee for a machine or a record holds only for sums over units of g(a), where g depends on unit a's own data and
/// randomness, on public constants, and on earlier noised and charged releases, and on nothing else of the company.
/// Clipping a company's pooled update does not bound one machine's influence on it.
/// Source: private-procedures section 1
public enum PrivateProcedure: String, Hashable, Sendable, CaseIterable {
    /// A: each unit trains from the shared model on its own data alone; its clipped change is summed. One event a round.
    case unitFedAvg = "A"
    /// B: the same with the gradient at the shared model. One event a round.
    case unitFedSGD = "B"
    /// C: one clipped vector of statistics a unit, summed once; solving is post-processing. One event.
    case oneShotStatistics = "C"
    /// D: several steps inside a company, each on clipped gradients with the full noise in that company alone; sums in
    /// between cost nothing more. One event a step; other companies' noise does not count.
    case companySGD = "D"
    /// A company trains on its pooled data and clips its own update: protects companies, never machines or records.
    case companyFedAvg = "company"

    /// Whether the sensitivity is that of one machine or record.
    public var boundsUnits: Bool { self != .companyFedAvg }

    /// Whether a company's noise must protect its units without anybody else's.
    public var needsFullNoise: Bool { self == .companySGD }

    /// One line for reports.
    public var summary: String {
        switch self {
        case .unitFedAvg: "local training on each unit's own data, clipped change, one noised sum a round"
        case .unitFedSGD: "gradient of each unit at the shared model, clipped, one noised sum a round"
        case .oneShotStatistics: "one clipped vector of statistics a unit, one noised sum"
        case .companySGD: "several noised steps inside each company between two sums"
        case .companyFedAvg: "a company's own training, its clipped update, one noised sum a round"
        }
    }
}
