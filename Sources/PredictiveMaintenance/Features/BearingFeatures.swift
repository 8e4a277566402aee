public import FederatedLearning

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The numbers a vibration window of a rolling bearing is described by, for a shaft of known speed.
///
/// In order: logarithms of deviation, kurtosis, crest, shape and impulse factor; skewness; logarithms of the shares of eight
/// equal bands in the spectrum; for each characteristic rate, logarithms of the envelope's largest bin near its first and second
/// harmonic over the mean bin; logarithms of the shares of db4 energies by level, finest first.
/// Source: vibration-features section 6
public struct BearingFeatures: Sendable {
    /// Samples in a window, a power of two.
    public let length: Int
    /// Samples a second.
    public let sampleRate: Double
    /// What repeats, in multiples of shaft speed: such as a roller passing a pit in the outer race.
    public let rates: [Double]

    /// Bands of the spectrum, halvings of the wavelet transform.
    static let bands = 8
    static let levels = 5

    private let spectrum: PowerSpectrum
    private let envelope: EnvelopeSpectrum
    private let wavelets = WaveletEnergies(.daubechies4, levels: Self.levels)

    /// Prepares tables; `length` must be a power of two of at least 64, `sampleRate` and all rates positive. The envelope is
    /// that of the upper three quarters of the spectrum, above shaft speed and its harmonics.
    public init(length: Int, sampleRate: Double, rates: [Double]) {
        precondition(
            length >= 64 && sampleRate > 0 && rates.allSatisfy { $0 > 0 }, "a window, rate or speed out of range")
        self.length = length
        self.sampleRate = sampleRate
        self.rates = rates
        spectrum = PowerSpectrum(length: length)
        envelope = EnvelopeSpectrum(length: length, band: 0.25...1)
    }

    /// Numbers a window.
    public var count: Int { 6 + Self.bands + 2 * rates.count + Self.levels + 1 }

    /// What each number can be expected to lie in; agreed before anybody looks at a window.
    public var ranges: [PublicRange] {
        let first: [(Double, Double)] = [(-12, 6), (0, 5), (0, 4), (0, 2), (0, 5), (-6, 6)]
        let rest =
            [(Double, Double)](repeating: (-14, 0.1), count: Self.bands)
            + [(Double, Double)](repeating: (-8, 8), count: 2 * rates.count)
            + [(Double, Double)](repeating: (-14, 0.1), count: Self.levels + 1)
        return (first + rest).map { PublicRange(lower: $0.0, upper: $0.1) }
    }

    /// Appends the numbers of a window; `shaft` in turns a second. Precondition: `length` samples, a positive speed.
    public func append(_ window: [Float], shaft: Double, to output: inout [Float]) {
        precondition(window.count == length && shaft > 0, "another window or a shaft that stands still")
        let statistics = SignalStatistics(window)
        for value in [
            max(statistics.deviation, 1e-5), statistics.kurtosis, statistics.crestFactor, statistics.shapeFactor,
            statistics.impulseFactor,
        ] {
            output.append(Float(log(value)))
        }
        output.append(Float(statistics.skewness))
        let power = spectrum(window)
        let edges = (0...Self.bands).map { Double($0) / Double(Self.bands) }
        appendShares(PowerSpectrum.bands(power, edges: edges).map { Double($0) }, to: &output)
        let modulation = envelope(window)
        let bins = shaft * Double(length) / sampleRate
        let floor = modulation.dropFirst().reduce(1e-12, +) / Float(modulation.count - 1)
        for rate in rates {
            for harmonic in [1.0, 2] {
                let largest = Self.largest(in: modulation, near: harmonic * rate * bins)
                output.append(log(max(largest / floor, 1e-3)))
            }
        }
        appendShares(wavelets(window), to: &output)
    }

    private func appendShares(_ parts: [Double], to output: inout [Float]) {
        let total = max(parts.reduce(0, +), 1e-12)
        for part in parts { output.append(Float(log(max(part / total, 1e-6)))) }
    }

    /// The largest of the bins within 2 % (and at least one bin) of a fractional bin; rollers slip a little.
    private static func largest(in power: [Float], near position: Double) -> Float {
        let reach = max(1, Int((0.02 * position).rounded()))
        let centre = Int(position.rounded())
        var largest: Float = 0
        for bin in (centre - reach)...(centre + reach) where bin >= 1 && bin < power.count {
            largest = max(largest, power[bin])
        }
        return largest
    }
}
