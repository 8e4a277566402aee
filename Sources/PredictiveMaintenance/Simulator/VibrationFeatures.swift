internal import FederatedLearning

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The 22 numbers that describe one recording.
///
/// In order: logarithms of RMS, kurtosis, crest factor and peak; skewness; offset; logarithms of eight band energies; spectral
/// centroid; logarithms of the envelope's energy at the outer-race, inner-race and shaft rates and of the spectrum's
/// energy at multiples of shaft speed; temperature; load; speed.
/// Source: sensor-simulator section 3
struct VibrationFeatures: Sendable {
    /// Features a recording.
    static let count = 22
    /// What each feature can be expected to lie in; agreed before anybody looks at a recording.
    static let ranges: [PublicRange] =
        [(-4, 4), (0, 6), (0, 4), (-3, 6), (-4, 4), (-8, 8)].map { PublicRange(lower: $0.0, upper: $0.1) }
        + [PublicRange](repeating: PublicRange(lower: -4, upper: 16), count: bandCount)
        + [(0, 1), (-7, 7), (-7, 7), (-7, 7), (-18, 0), (-40, 160), (0, 1.2), (2, 160)].map {
            PublicRange(lower: $0.0, upper: $0.1)
        }
    private static let bandCount = 8
    private static let envelopeBlock = 8

    private let spectrum = PowerSpectrum(length: SimulatedRecording.length)
    private let envelopeSpectrum = PowerSpectrum(length: SimulatedRecording.length / envelopeBlock)

    /// Appends the features of `recording` to `output`.
    func append(_ recording: SimulatedRecording, to output: inout [Float]) {
        let samples = recording.vibration
        let length = Float(samples.count)
        let mean = samples.reduce(0, +) / length
        var square: Float = 0
        var cube: Float = 0
        var fourth: Float = 0
        var peak: Float = 0
        for sample in samples {
            let value = sample - mean
            let power = value * value
            square += power
            cube += power * value
            fourth += power * power
            peak = max(peak, abs(value))
        }
        let variance = max(square / length, 1e-12)
        let deviation = variance.squareRoot()
        output.append(log(deviation))
        output.append(log(max(fourth / length / (variance * variance), 1e-6)))
        output.append(log(max(peak / deviation, 1e-6)))
        output.append(log(max(peak, 1e-6)))
        output.append(cube / length / (variance * deviation))
        output.append(mean)
        appendSpectrum(of: recording, to: &output)
        output.append(Float(recording.temperature))
        output.append(Float(recording.load))
        output.append(Float(recording.speed))
    }

    private func appendSpectrum(of recording: SimulatedRecording, to output: inout [Float]) {
        let power = spectrum(recording.vibration)
        let width = power.count / Self.bandCount
        for band in 0..<Self.bandCount {
            output.append(log(power[band * width..<(band + 1) * width].reduce(1e-6, +) / Float(width)))
        }
        var weighted: Float = 0
        var total: Float = 1e-6
        for (bin, value) in power.enumerated() {
            weighted += Float(bin) * value
            total += value
        }
        output.append(weighted / total / Float(power.count))

        // the envelope: squared first differences, averaged over blocks
        let samples = recording.vibration
        var envelope: [Float] = []
        for block in 0..<samples.count / Self.envelopeBlock {
            var sum: Float = 0
            for index in block * Self.envelopeBlock..<(block + 1) * Self.envelopeBlock where index > 0 {
                let step = samples[index] - samples[index - 1]
                sum += step * step
            }
            envelope.append(sum)
        }
        let modulation = envelopeSpectrum(envelope)
        let turnBins = recording.speed * Double(SimulatedRecording.length) / SimulatedRecording.sampleRate
        let floor = modulation.dropFirst(2).reduce(1e-9, +) / Float(modulation.count)
        for rate in [3.58, 5.42, 1] {
            let energy =
                Self.energy(in: modulation, at: rate * turnBins) + Self.energy(in: modulation, at: 2 * rate * turnBins)
            output.append(log(energy / floor + 1e-3))
        }
        var harmonics: Float = 1e-6
        for order in [0.5, 3, 4] { harmonics += Self.energy(in: power, at: order * turnBins) }
        output.append(log(harmonics / total))
    }

    /// The largest of the three bins around the fractional bin `position`.
    private static func energy(in power: [Float], at position: Double) -> Float {
        let centre = Int(position.rounded())
        var largest: Float = 0
        for bin in centre - 1...centre + 1 where bin >= 1 && bin < power.count { largest = max(largest, power[bin]) }
        return largest
    }
}
