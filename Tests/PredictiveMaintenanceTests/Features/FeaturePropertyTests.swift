import FederatedLearning
import Foundation
import PredictiveMaintenance
import Testing

struct FeaturePropertyTests {
    static func noise(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(generator.gaussian()) }
    }

    @Test("the transform equals the slow sum, and its inverse undoes it", arguments: [4, 8, 64])
    func transform(_ length: Int) {
        let transform = FourierTransform(length: length)
        let (x, y) = (Self.noise(length, seed: 1), Self.noise(length, seed: 2))
        var (real, imaginary) = (x, y)
        transform.forward(&real, &imaginary)
        for bin in 0..<length {
            var (a, b) = (0.0, 0.0)
            for j in 0..<length {
                let angle = -2 * Double.pi * Double(bin * j % length) / Double(length)
                a += Double(x[j]) * cos(angle) - Double(y[j]) * sin(angle)
                b += Double(x[j]) * sin(angle) + Double(y[j]) * cos(angle)
            }
            #expect((Double(real[bin]) - a).magnitude < 1e-4)
            #expect((Double(imaginary[bin]) - b).magnitude < 1e-4)
        }
        transform.inverse(&real, &imaginary)
        #expect(zip(real, x).allSatisfy { ($0 - $1).magnitude < 1e-5 })
        #expect(zip(imaginary, y).allSatisfy { ($0 - $1).magnitude < 1e-5 })
    }

    @Test("wavelet energies add up, and db4 is blind to cubic trends", arguments: WaveletEnergies.Family.allCases)
    func wavelets(_ family: WaveletEnergies.Family) {
        let x = Self.noise(64, seed: 3)
        let energies = WaveletEnergies(family, levels: 6)(x)
        #expect(energies.count == 7)
        let total = x.reduce(0) { $0 + Double($1) * Double($1) }
        #expect((energies.reduce(0, +) - total).magnitude < 1e-4)
        // inside a cubic, away from the seam where it wraps: detail at the seam only
        let cubic = (0..<64).map { Float(pow(Double($0) / 32 - 1, 3)) }
        var bump = cubic
        bump[30] += 0.5
        let (smooth, broken) = (
            WaveletEnergies(family, levels: 1)(cubic)[0], WaveletEnergies(family, levels: 1)(bump)[0]
        )
        let seam = WaveletEnergies(family, levels: 1)(
            (0..<64).map { Float($0 < 32 ? cubic[$0 + 32] : cubic[$0 - 32]) })[0]
        if family == .daubechies4 {
            // moving the seam to the middle changes nothing: all detail sits there
            #expect((smooth - seam).magnitude < 1e-5)
            #expect(broken > smooth + 0.05)
        } else {
            #expect(smooth > 1e-4)
        }
    }

    @Test("the envelope spectrum of ringing impulses peaks at their rate, the plain spectrum at the ringing")
    func impulses() {
        let length = 2048
        var samples = Self.noise(length, seed: 4).map { 0.05 * $0 }
        for start in stride(from: 0, to: length, by: 64) {
            for j in 0..<min(48, length - start) {
                samples[start + j] += Float(exp(-0.12 * Double(j)) * sin(2 * Double.pi * 0.3 * Double(j)))
            }
        }
        let power = PowerSpectrum(length: length)(samples)
        let loudest = power.indices.max { power[$0] < power[$1] } ?? 0
        #expect(abs(loudest - 614) < 40)
        let modulation = EnvelopeSpectrum(length: length, band: 0.25...1)(samples)
        let strongest = modulation.indices.max { modulation[$0] < modulation[$1] } ?? 0
        #expect(strongest == 32)
        #expect(power[32] < 0.05 * power[loudest])
    }

    @Test("bearing features: as many as promised, within their ranges, the fault's own rate highest")
    func bearing() {
        let rates = [3.58, 5.42, 4.71]
        let recipe = BearingFeatures(length: 2048, sampleRate: 12_000, rates: rates)
        let shaft = 29.5
        for (own, rate) in rates.enumerated() {
            var samples = Self.noise(2048, seed: 5).map { 0.05 * $0 }
            var position = 3.0
            while position < 2048 {
                for j in 0..<40 where Int(position) + j < 2048 {
                    samples[Int(position) + j] += Float(exp(-0.15 * Double(j)) * sin(2 * Double.pi * 0.28 * Double(j)))
                }
                position += 12_000 / (rate * shaft)
            }
            var features: [Float] = []
            recipe.append(samples, shaft: shaft, to: &features)
            #expect(features.count == recipe.count)
            #expect(recipe.ranges.count == recipe.count)
            for (value, range) in zip(features, recipe.ranges) {
                #expect(Double(value) >= range.lower && Double(value) <= range.upper)
            }
            let strengths = (0..<3).map { features[14 + 2 * $0] }
            #expect(strengths.indices.max { strengths[$0] < strengths[$1] } == own)
            #expect(strengths[own] > 2)
        }
        var silent: [Float] = []
        recipe.append([Float](repeating: 0, count: 2048), shaft: shaft, to: &silent)
        #expect(silent.allSatisfy { $0.isFinite })
    }

    @Test("a flat window has defined statistics")
    func flat() {
        let statistics = SignalStatistics([Float](repeating: 0.1, count: 9))
        #expect(statistics.kurtosis == 3)
        #expect(statistics.crestFactor == 1)
        #expect(statistics.peakToPeak == 0)
        #expect(statistics.deviation == 0)
    }

    @Test("windows of a stream are those of the slow way", arguments: [(8, 3), (5, 5), (4, 7), (1, 1), (16, 1)])
    func stream(_ length: Int, _ hop: Int) {
        let samples = Self.noise(200, seed: 6)
        var buffer = WindowBuffer(length: length, hop: hop)
        var window = [Float](repeating: 0, count: length)
        var found: [[Float]] = []
        for sample in samples where buffer.append(sample) {
            buffer.copy(into: &window)
            found.append(window)
        }
        let expected = stride(from: length, through: samples.count, by: hop).map { Array(samples[$0 - length..<$0]) }
        #expect(found == expected)
        buffer.reset()
        let ends = samples.prefix(length).map { (sample: Float) -> Bool in buffer.append(sample) }
        #expect(ends == [Bool](repeating: false, count: length - 1) + [true])
    }

    @Test("a sensor's fault is bridged and counted")
    func gaps() {
        var buffer = WindowBuffer(length: 4, hop: 4)
        var window = [Float](repeating: 9, count: 4)
        let ends = [Float.nan, 1, .infinity, 2].map { (sample: Float) -> Bool in buffer.append(sample) }
        #expect(ends == [false, false, false, true])
        buffer.copy(into: &window)
        #expect(window == [0, 1, 1, 2])
        #expect(buffer.gaps == 2)
    }
}
