/// One of the four turbofan data sets: FD001 and FD003 fly at sea level only, FD002 and FD004 in six regimes.
///
/// FD001 and FD002 fail by the compressor; FD003 and FD004 by the compressor or the fan.
/// Source: cmapss section 1
public enum TurbofanSubset: Int, CaseIterable, Hashable, Sendable {
    /// One regime, one fault: 100 training and 100 test engines.
    case fd001 = 1
    /// Six regimes, one fault: 260 training and 259 test engines.
    case fd002
    /// One regime, two faults: 100 training and 100 test engines.
    case fd003
    /// Six regimes, two faults: 249 training and 248 test engines.
    case fd004

    /// "FD001" to "FD004".
    public var name: String { "FD00\(rawValue)" }
}

/// The three files of a subset.
/// Source: cmapss section 1
public enum TurbofanFileKind: Hashable, Sendable {
    /// Engines run to failure.
    case training
    /// Engines cut off some cycles before failure.
    case test
    /// The cycles that remained after the last row of each test engine.
    case remainingLife
}

/// Names one file of the data set: what an error points at.
/// Source: cmapss section 1
public struct TurbofanFile: Hashable, Sendable {
    /// The subset the file belongs to.
    public let subset: TurbofanSubset
    /// Which of the three files it is.
    public let kind: TurbofanFileKind

    /// Names the file of `kind` in `subset`.
    public init(_ subset: TurbofanSubset, _ kind: TurbofanFileKind) {
        self.subset = subset
        self.kind = kind
    }

    /// The name under which NASA publishes the file, as in "train_FD001.txt".
    public var name: String {
        switch kind {
        case .training: "train_\(subset.name).txt"
        case .test: "test_\(subset.name).txt"
        case .remainingLife: "RUL_\(subset.name).txt"
        }
    }
}
