/// The spectrum of a vibration's envelope: what repeats the ringing, such as a pit that each rolling element meets.
///
/// The analytic signal within a band comes from one transform (negative frequencies and those outside the band zero, the others
/// doubled), its magnitude is the envelope, whose power spectrum is taken under a Hann window without its mean.
/// Source: vibration-features section 3
public struct EnvelopeSpectrum: Sendable {
    /// Samples in a window.
    public var length: Int { transform.length }
    /// The first and the one after the last bin of the band.
    public let band: Range<Int>
    private let transform: FourierTransform
    private let spectrum: PowerSpectrum

    /// Tables for windows of `length` samples (a power of two, 4 or more) and a band given as shares of the Nyquist frequency,
    /// 0 <= lower < upper <= 1. The constant part is never in the band.
    public init(length: Int, band: ClosedRange<Double> = 0...1) {
        precondition(band.lowerBound >= 0 && band.upperBound <= 1, "a band outside the spectrum")
        transform = FourierTransform(length: length)
        spectrum = PowerSpectrum(length: length)
        let half = Double(length / 2)
        let first = max(1, Int((band.lowerBound * half).rounded()))
        let last = Int((band.upperBound * half).rounded())
        precondition(first < last, "a band without a bin")
        self.band = first..<last
    }

    /// The envelope of a window; the count of samples must be `length`.
    public func envelope(_ samples: [Float]) -> [Float] {
        precondition(samples.count == length, "an envelope takes a whole window")
        var real = samples
        var imaginary = [Float](repeating: 0, count: length)
        transform.forward(&real, &imaginary)
        for bin in 0..<length {
            let factor: Float = band.contains(bin) ? 2 : 0
            real[bin] *= factor
            imaginary[bin] *= factor
        }
        transform.inverse(&real, &imaginary)
        return zip(real, imaginary).map { ($0 * $0 + $1 * $1).squareRoot() }
    }

    /// The power of bins 0 to length / 2 - 1 of the envelope; the count of samples must be `length`.
    public func callAsFunction(_ samples: [Float]) -> [Float] {
        spectrum(envelope(samples))
    }
}
