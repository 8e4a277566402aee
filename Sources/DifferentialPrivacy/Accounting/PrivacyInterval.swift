/// Two ends between which the exact value of a privacy figure lies.
/// Source: privacy-accounting section 2
public struct PrivacyInterval: Hashable, Sendable {
    /// Not above the exact value; what an audit may not fall below.
    public let lower: Double
    /// Not below the exact value; infinity when nothing was proven. This is the figure to claim.
    public let upper: Double

    init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// The difference of the ends.
    public var width: Double { upper - lower }
}
