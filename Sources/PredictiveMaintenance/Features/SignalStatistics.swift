/// What a window of samples looks like without its order: size, and how peaky it is.
///
/// Moments are about the mean and divide by the count. A window without spread has kurtosis 3, skewness 0 and all factors 1.
/// Source: vibration-features section 1
public struct SignalStatistics: Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// The root of the mean square of the samples themselves.
    public let rootMeanSquare: Double
    /// The population standard deviation.
    public let deviation: Double
    /// The third moment over the deviation cubed.
    public let skewness: Double
    /// The fourth moment over the variance squared: 3 for normal noise, more with impulses.
    public let kurtosis: Double
    /// The largest distance from the mean.
    public let peak: Double
    /// Largest minus smallest sample.
    public let peakToPeak: Double
    /// Peak over deviation.
    public let crestFactor: Double
    /// Deviation over the mean distance from the mean.
    public let shapeFactor: Double
    /// Peak over the mean distance from the mean.
    public let impulseFactor: Double

    /// Two passes over the samples, which must be at least one and finite.
    public init(_ samples: [Float]) {
        precondition(!samples.isEmpty, "statistics of nothing")
        let count = Double(samples.count)
        var sum = 0.0
        var squares = 0.0
        var (lowest, highest) = (Double.infinity, -Double.infinity)
        for sample in samples {
            let value = Double(sample)
            sum += value
            squares += value * value
            lowest = min(lowest, value)
            highest = max(highest, value)
        }
        let mean = sum / count
        var (second, third, fourth, distance) = (0.0, 0.0, 0.0, 0.0)
        for sample in samples {
            let value = Double(sample) - mean
            let power = value * value
            second += power
            third += power * value
            fourth += power * power
            distance += value.magnitude
        }
        let variance = second / count
        let deviation = variance.squareRoot()
        let flat = highest == lowest
        self.mean = mean
        rootMeanSquare = (squares / count).squareRoot()
        self.deviation = flat ? 0 : deviation
        skewness = flat ? 0 : third / count / (variance * deviation)
        kurtosis = flat ? 3 : fourth / count / (variance * variance)
        peak = flat ? 0 : max(highest - mean, mean - lowest)
        peakToPeak = highest - lowest
        crestFactor = flat ? 1 : peak / deviation
        shapeFactor = flat ? 1 : deviation * count / distance
        impulseFactor = flat ? 1 : peak * count / distance
    }
}
