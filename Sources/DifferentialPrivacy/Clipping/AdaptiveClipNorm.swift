#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A clip norm that follows a quantile of the machines' update norms, from noised counts alone.
///
/// Geometric update: norm <- norm * exp(-rate * (share inside - quantile)), kept within a public range. The grid bound
/// Delta stays fixed and levels a unit = Delta / norm follow, so that the noise plan never changes. One party computes
/// and announces the norm: exp differs in the last place between systems.
/// Source: discrete-gaussian section 7
public struct AdaptiveClipNorm: Hashable, Sendable {
    /// The present norm, in units of the update.
    public private(set) var norm: Double
    /// The least and the largest norm, in units of the update.
    public let range: ClosedRange<Double>
    /// The share of machines that shall not be clipped, 0...1.
    public let quantile: Double
    /// The rate of the update, above 0 and at most 10; 0.2 is usual.
    public let rate: Double

    /// A start value within a positive finite range. Throws `invalidAdaptation`.
    public init(
        norm: Double, range: ClosedRange<Double>, quantile: Double, rate: Double
    ) throws(ClipRefusal) {
        guard range.lowerBound > 0, range.upperBound.isFinite, range.contains(norm), (0...1).contains(quantile),
            rate > 0, rate <= 10
        else { throw .invalidAdaptation }
        self.norm = norm
        self.range = range
        self.quantile = quantile
        self.rate = rate
    }

    /// Moves the norm by one noised clipped count over a public number of machines, at least 1.
    public mutating func update(clippedCount: Double, machines: Int) {
        precondition(machines >= 1 && clippedCount.isFinite, "a finite count over at least one machine")
        let inside = min(max(1 - clippedCount / Double(machines), 0), 1)
        norm = min(max(norm * exp(-rate * (inside - quantile)), range.lowerBound), range.upperBound)
    }

    /// Grid units for one unit of the update: the grid bound over the norm.
    public func levelsPerUnit(bound: Int64) -> Double { Double(bound) / norm }
}
