import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// Window features against NumPy's polyfit, mean and std, and against the obvious version.
struct WindowFeaturesKnownAnswerTests {
    static let history: [Float] = (0..<45 * 14).map { place in
        let residue = (place / 14 * 7 + place % 14 * 3) % 11
        return Float(residue) / 4 - 1
    }

    static let padded: [Float] = [
        -0.1, 0.1, 0.3, 0.5, 0.15, 0.35, 0, 0.2, 0.4, 0.6, 0.25, -0.1, 0.1, 0.3,
        -0.5416667, -0.06666667, 0.4083333, 0.8833333, -0.3833333, 0.09166667, 0.5666667, 1.041667, -0.225, 0.25, 0.725,
        -0.5416667, -0.06666667, 0.4083333,
        4.790323, 1.651835, -0.8259177, -3.854283, 4.074527, 1.156285, -2.31257, -5.12069, 3.028365, 0.3303671,
        -2.918242, 4.790323, 1.651835, -0.8259177,
        0.7694244, 0.5359312, 0.4936401, 0.6792561, 0.6792561, 0.4936401, 0.5359312, 0.7694244, 0.5998264, 0.4787136,
        0.5998264, 0.7694244, 0.5359312, 0.4936401,
    ]

    static let whole: [Float] = [
        0.5, 0.15, 0.35, 0, 0.2, 0.4, 0.6, 0.25, -0.1, 0.1, 0.3, 0.5, 0.15, 0.35,
        0.2583333, 0.275, 0.2916667, 0.2166667, 0.2333333, 0.25, 0.2666667, 0.2833333, 0.2083333, 0.225, 0.2416667,
        0.2583333, 0.275, 0.2916667,
        0.7958843, -0.7458287, -0.525584, -0.03003337, 0.6307008, -0.2502781, 0.6307008, -0.03003337, -0.525584,
        -0.7458287, 0.7958843, 0.7958843, -0.7458287, -0.525584,
        0.7970867, 0.7835549, 0.7855023, 0.7898664, 0.7956479, 0.7879298, 0.7956479, 0.7898664, 0.7855023, 0.7835549,
        0.7970867, 0.7970867, 0.7835549, 0.7855023,
    ]

    @Test("a whole window and one padded by the first row equal NumPy's", arguments: [(40, whole), (12, padded)])
    func numpy(_ end: Int, _ expected: [Float]) {
        var features: [Float] = []
        WindowFeatures.append(endingBefore: end, of: Self.history, to: &features)
        #expect(features.count == 56)
        for (found, wanted) in zip(features, expected) { #expect(abs(found - wanted) < 2e-5) }
    }

    @Test("a window of one row has its values as means, no slope and no spread")
    func single() {
        var features: [Float] = []
        WindowFeatures.append(endingBefore: 1, of: Self.history, to: &features)
        for sensor in 0..<14 {
            #expect(features[sensor] == Self.history[sensor])
            #expect(features[14 + sensor] == Self.history[sensor])
            #expect(abs(features[28 + sensor]) < 1e-5)
            #expect(features[42 + sensor] < 1e-3)
        }
    }

    /// The definition, in double precision, one sensor at a time.
    static func obvious(_ history: [Float], end: Int) -> [Double] {
        var result = [Double](repeating: 0, count: 56)
        for sensor in 0..<14 {
            let window = (end - 30..<end).map { Double(history[max($0, 0) * 14 + sensor]) }
            let mean = window.reduce(0, +) / 30
            let levers = (0..<30).map { Double($0) - 14.5 }
            let slope =
                zip(levers, window).map { $0 * ($1 - mean) }.reduce(0, +) / levers.map { $0 * $0 }.reduce(0, +)
            result[sensor] = window.suffix(5).reduce(0, +) / 5
            result[14 + sensor] = mean
            result[28 + sensor] = 90 * slope
            result[42 + sensor] = (window.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 30).squareRoot()
        }
        return result
    }

    @Test("random histories give what the definition gives, within the declared bounds")
    func definition() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let rows = 1 + generator.index(below: 60)
            let history = (0..<rows * 14).map { _ in Float(min(max(4 * generator.gaussian(), -8), 8)) }
            let end = 1 + generator.index(below: rows)
            var features: [Float] = []
            WindowFeatures.append(endingBefore: end, of: history, to: &features)
            for (place, wanted) in Self.obvious(history, end: end).enumerated() {
                #expect(abs(Double(features[place]) - wanted) < 1e-3)
                #expect(Double(features[place].magnitude) <= WindowFeatures.bounds[place])
            }
        }
    }

    @Test("the steepest clipped history stays within the declared bounds")
    func extreme() {
        let history = (0..<30).flatMap { row in [Float](repeating: row < 15 ? -8 : 8, count: 14) }
        var features: [Float] = []
        WindowFeatures.append(endingBefore: 30, of: history, to: &features)
        #expect(features[28] > 72)
        for (value, bound) in zip(features, WindowFeatures.bounds) { #expect(Double(value.magnitude) <= bound) }
    }

    @Test("windows end at cycle 15 and every stride later, or at the last cycle")
    func selection() {
        #expect(WindowSelection.every(stride: 3).ends(cycles: 14).isEmpty)
        #expect(WindowSelection.every(stride: 3).ends(cycles: 22) == [15, 18, 21])
        #expect(WindowSelection.every(stride: 4).ends(cycles: 15) == [15])
        #expect(WindowSelection.last.ends(cycles: 7) == [7])
        #expect(WindowSelection.last.ends(cycles: 0).isEmpty)
    }
}
