/// A bound on the privacy loss, in natural units: finite and at least zero.
/// Source: privacy-accounting section 1
public struct Epsilon: Hashable, Comparable, Sendable {
    /// Nats, 0 ..< infinity.
    public let value: Double

    /// Refuses what is negative or not finite.
    /// Source: privacy-accounting section 1
    public init(_ value: Double) throws(ParameterRefusal) {
        guard value.isFinite else { throw .notFinite }
        guard value >= 0 else { throw .notPositive }
        self.value = value
    }

    /// The order of the numbers.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The probability that the bound on the loss may fail: 1e-15 ... 1/2.
/// Source: privacy-accounting section 1
public struct Delta: Hashable, Comparable, Sendable {
    /// The smallest delta the accountants serve.
    public static let smallest = 1e-15

    /// A probability, 1e-15 ... 1/2.
    public let value: Double

    /// Refuses zero, what is below `smallest` (as `notPositive`), and what is above one half.
    /// Source: privacy-accounting section 1
    public init(_ value: Double) throws(ParameterRefusal) {
        guard value.isFinite else { throw .notFinite }
        guard value >= Self.smallest else { throw .notPositive }
        guard value <= 0.5 else { throw .tooLarge }
        self.value = value
    }

    /// The order of the numbers.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// Noise per sensitivity: standard deviation over the L2 sensitivity (Gaussian), scale over the L1 sensitivity
/// (Laplace). It never means a variance, and never the reciprocal.
/// Source: privacy-accounting section 1
public struct NoiseMultiplier: Hashable, Comparable, Sendable {
    /// The range served.
    public static let range = 1e-3...1e6

    /// A ratio without a unit, 1e-3 ... 1e6.
    public let value: Double

    /// Refuses what is outside `range`.
    /// Source: privacy-accounting section 1
    public init(_ value: Double) throws(ParameterRefusal) {
        guard value.isFinite else { throw .notFinite }
        guard value >= Self.range.lowerBound else { throw .notPositive }
        guard value <= Self.range.upperBound else { throw .tooLarge }
        self.value = value
    }

    /// The order of the numbers.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// How far one unit of privacy can move a sum, in grid units, as an L2 norm: 1 ... 2^51.
/// Source: privacy-accounting section 1
public struct L2Sensitivity: Hashable, Comparable, Sendable {
    /// Grid units, 1 ... 2^51.
    public let value: UInt64

    /// Refuses zero and what is above 2^51, where the integer clip ends.
    /// Source: privacy-accounting section 1
    public init(_ value: UInt64) throws(ParameterRefusal) {
        guard value > 0 else { throw .notPositive }
        guard value <= 1 << 51 else { throw .tooLarge }
        self.value = value
    }

    /// The order of the numbers.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The probability with which one unit takes part in a round, by its own secret coin: 1e-9 ... 1.
/// Source: privacy-accounting section 1
public struct SamplingRate: Hashable, Comparable, Sendable {
    /// The smallest rate served.
    public static let smallest = 1e-9

    /// A probability, 1e-9 ... 1.
    public let value: Double

    /// Refuses what is outside 1e-9 ... 1.
    /// Source: privacy-accounting section 1
    public init(_ value: Double) throws(ParameterRefusal) {
        guard value.isFinite else { throw .notFinite }
        guard value >= Self.smallest else { throw .notPositive }
        guard value <= 1 else { throw .tooLarge }
        self.value = value
    }

    /// The order of the numbers.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
