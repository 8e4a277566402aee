/// A private sum as everybody may see it: noise included, for ever.
///
/// Whatever is computed from it costs no privacy beyond the charge that paid for it.
/// Source: private-training section 3
public struct NoisedSum: Sendable {
    /// The sum over all units' clipped vectors, in the vectors' own units, under noise.
    public let values: [Double]
    /// How many units were clipped, under noise; nil without the indicator slot.
    public let clippedUnits: Double?
    /// Standard deviation of the noise in one coordinate, in the vectors' units, if everybody did as planned.
    public let deviation: Double
    /// Whose parts are in the sum.
    public let survivors: [Int]
    /// Whether the opened sum equals the sum of the survivors' noised integers; a deployment cannot know.
    public let isExact: Bool
    /// What the sum has cost.
    public let tally: SumTally
}
