#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The power spectrum of real windows of one fixed length, a power of two, under a Hann window.
///
/// Cost: one `FourierTransform`.
/// Source: vibration-features section 2
public struct PowerSpectrum: Sendable {
    /// Samples in a window.
    public var length: Int { transform.length }
    private let transform: FourierTransform
    private let window: [Float]

    /// Tables for windows of `length` samples; precondition: a power of two, 4 or more.
    public init(length: Int) {
        transform = FourierTransform(length: length)
        let turn = 2 * Double.pi / Double(length)
        window = (0..<length).map { Float(0.5 - 0.5 * cos(turn * Double($0))) }
    }

    /// Squared magnitudes of bins 0 to length / 2 - 1 of `samples` after taking away its mean; the count of samples must be
    /// `length`.
    public func callAsFunction(_ samples: [Float]) -> [Float] {
        precondition(samples.count == length, "a spectrum takes a whole window")
        let mean = samples.reduce(0, +) / Float(length)
        var real = samples
        for index in 0..<length { real[index] = (samples[index] - mean) * window[index] }
        var imaginary = [Float](repeating: 0, count: length)
        transform.forward(&real, &imaginary)
        return (0..<length / 2).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
    }

    /// Sums of bins between successive edges, as shares of the window's Nyquist frequency from 0 to 1; `edges` must rise.
    public static func bands(_ power: [Float], edges: [Double]) -> [Float] {
        precondition(edges.allSatisfy { (0...1).contains($0) }, "an edge outside the spectrum")
        return zip(edges, edges.dropFirst()).map { lower, upper in
            precondition(lower < upper, "edges rise")
            let first = Int((lower * Double(power.count)).rounded())
            let last = Int((upper * Double(power.count)).rounded())
            return power[first..<last].reduce(0, +)
        }
    }
}
