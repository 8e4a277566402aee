import Foundation
import PredictiveMaintenance
import Testing

/// The signal that make_known_answers.py computes in the same way.
func testSignal() -> [Float] {
    (0..<256).map { (i: Int) -> Float in
        let noise = Double((i * 7919 + 104_729) % 1009) / 1009 - 0.5
        let swing = 0.5 * sin(1.3 * Double(i)) * (1 + 0.6 * cos(0.1 * Double(i)))
        return Float(0.3 + 0.2 * noise + swing)
    }
}

func close(_ found: [Double], _ expected: [Double], _ tolerance: Double) -> Bool {
    let size = expected.reduce(0) { max($0, $1.magnitude) }
    return found.count == expected.count
        && zip(found, expected).allSatisfy { ($0 - $1).magnitude <= tolerance * max(size, 1) }
}

struct FeatureKnownAnswerTests {
    let signal = testSignal()

    @Test("statistics equal NumPy's and SciPy's")
    func statistics() {
        let found = SignalStatistics(signal)
        let numbers = [
            found.mean, found.rootMeanSquare, found.deviation, found.skewness, found.kurtosis, found.peak,
            found.peakToPeak, found.crestFactor, found.shapeFactor, found.impulseFactor,
        ]
        #expect(close(numbers, FeatureKnownAnswers.statistics, 1e-8))
    }

    @Test("the power spectrum and its bands equal NumPy's")
    func spectrum() {
        let power = PowerSpectrum(length: 256)(signal)
        #expect(power.count == 128)
        #expect(close(stride(from: 0, to: 128, by: 4).map { Double(power[$0]) }, FeatureKnownAnswers.power, 1e-6))
        let bands = PowerSpectrum.bands(power, edges: [0, 0.25, 0.5, 0.75, 1])
        #expect(close(bands.map { Double($0) }, FeatureKnownAnswers.bands, 1e-6))
    }

    @Test("the envelope is the magnitude of SciPy's analytic signal")
    func envelope() {
        let whole = EnvelopeSpectrum(length: 256).envelope(signal)
        // SciPy keeps the last bin, at Nyquist, once; ours leaves it out
        #expect(close(stride(from: 0, to: 256, by: 8).map { Double(whole[$0]) }, FeatureKnownAnswers.envelope, 0.02))
        let band = EnvelopeSpectrum(length: 256, band: 0.25...0.75)
        let inner = band.envelope(signal)
        #expect(
            close(stride(from: 0, to: 256, by: 8).map { Double(inner[$0]) }, FeatureKnownAnswers.bandEnvelope, 1e-6))
        #expect(close(band(signal).prefix(24).map { Double($0) }, FeatureKnownAnswers.modulation, 1e-5))
    }

    @Test("wavelet energies equal PyWavelets' filters applied with NumPy", arguments: WaveletEnergies.Family.allCases)
    func wavelets(_ family: WaveletEnergies.Family) {
        let expected = family == .haar ? FeatureKnownAnswers.haar : FeatureKnownAnswers.daubechies4
        #expect(close(WaveletEnergies(family, levels: 4)(signal), expected, 1e-6))
    }
}
