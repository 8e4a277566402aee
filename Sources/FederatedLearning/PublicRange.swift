/// A publicly known range of a sensor, such as the data sheet's; it is agreed before the round and never computed from
/// one company's data.
public struct PublicRange: Hashable, Sendable {
    /// The lower end, finite.
    public let lower: Double
    /// The upper end, finite and above the lower one.
    public let upper: Double

    /// Takes both ends; `lower < upper`, both finite.
    public init(lower: Double, upper: Double) {
        precondition(lower.isFinite && upper.isFinite && lower < upper, "an empty or unbounded range")
        self.lower = lower
        self.upper = upper
    }

    /// The middle.
    public var centre: Double { lower + (upper - lower) / 2 }

    /// Half the width, positive.
    public var halfWidth: Double { (upper - lower) / 2 }
}
