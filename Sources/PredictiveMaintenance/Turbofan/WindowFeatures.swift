/// The 56 numbers that describe the last 30 cycles of an engine: four for each of 14 sensors.
///
/// Feature order: last-5 mean of sensors 0 to 13, then window mean, then slope (change of the least-squares
/// line over 90 cycles), then spread (population standard deviation). A window that would start before cycle 1 repeats the first row.
/// Source: cmapss section 2
public enum WindowFeatures {
    /// Cycles in a window.
    public static let windowLength = 30
    /// Cycles over which the slope is told: brings it to the size of the other features.
    public static let slopeSpan = 90
    /// Cycles in the short mean.
    public static let shortLength = 5
    /// Features a window: 56.
    public static let count = 4 * TurbofanFleet.sensorCount

    /// The largest magnitude of each feature: readings are clipped to 8, and a step from -8 to 8 has the steepest slope.
    static let bounds: [Double] = [8.01, 8.01, 72.2, 8.01].flatMap { bound in
        [Double](repeating: bound, count: TurbofanFleet.sensorCount)
    }

    /// Appends the features of the window that ends with row `end` (exclusive, relative to the history) to `output`.
    ///
    /// `history` holds normalised rows, `sensorCount` numbers each. Precondition: `end` lies in 1...rows. Cost: 420 reads.
    static func append(endingBefore end: Int, of history: [Float], to output: inout [Float]) {
        let sensors = TurbofanFleet.sensorCount
        precondition(end >= 1 && end * sensors <= history.count, "a window ends inside the history")
        let start = end - windowLength
        let base = output.count
        output.append(contentsOf: repeatElement(0, count: count))
        let middle = Float(windowLength - 1) / 2
        // sums of differences from the last row, so that a spread far smaller than the mean survives
        let anchor = (end - 1) * sensors
        for step in 0..<windowLength {
            let row = max(start + step, 0) * sensors
            let lever = Float(step) - middle
            let recent = step >= windowLength - shortLength
            for sensor in 0..<sensors {
                let difference = history[row + sensor] - history[anchor + sensor]
                if recent { output[base + sensor] += difference }
                output[base + sensors + sensor] += difference
                output[base + 2 * sensors + sensor] += lever * difference
                output[base + 3 * sensors + sensor] += difference * difference
            }
        }
        let length = Float(windowLength)
        // the sum of squared levers is (n^3 - n) / 12
        let slopeScale = Float(slopeSpan) * 12 / (length * length * length - length)
        for sensor in 0..<sensors {
            let mean = output[base + sensors + sensor] / length
            let last = history[anchor + sensor]
            output[base + sensor] = last + output[base + sensor] / Float(shortLength)
            output[base + sensors + sensor] = last + mean
            output[base + 2 * sensors + sensor] *= slopeScale
            let variance = output[base + 3 * sensors + sensor] / length - mean * mean
            output[base + 3 * sensors + sensor] = max(variance, 0).squareRoot()
        }
    }
}
