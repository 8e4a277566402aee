#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The power spectrum of real windows of one fixed length, a power of two, under a Hann window.
///
/// Cost: n log2 n butterflies in Float; tables are made once.
/// Source: sensor-simulator section 3
struct PowerSpectrum: Sendable {
    /// Samples in a window.
    let length: Int
    private let window: [Float]
    private let cosines: [Float]
    private let sines: [Float]
    private let reversed: [Int32]

    /// Tables for windows of `length` samples; precondition: a power of two, 4 or more.
    init(length: Int) {
        precondition(length >= 4 && length & (length - 1) == 0, "the length of a spectrum is a power of two")
        self.length = length
        let turn = 2 * Double.pi / Double(length)
        window = (0..<length).map { Float(0.5 - 0.5 * cos(turn * Double($0))) }
        cosines = (0..<length / 2).map { Float(cos(turn * Double($0))) }
        sines = (0..<length / 2).map { Float(-sin(turn * Double($0))) }
        let bits = length.trailingZeroBitCount
        reversed = (0..<length).map { index in
            var source = index
            var target = 0
            for _ in 0..<bits {
                target = target << 1 | source & 1
                source >>= 1
            }
            return Int32(target)
        }
    }

    /// Squared magnitudes of bins 0 to length / 2 - 1 of `samples` after taking away its mean.
    func callAsFunction(_ samples: [Float]) -> [Float] {
        precondition(samples.count == length, "a spectrum takes a whole window")
        let mean = samples.reduce(0, +) / Float(length)
        var real = [Float](repeating: 0, count: length)
        var imaginary = [Float](repeating: 0, count: length)
        for index in 0..<length { real[Int(reversed[index])] = (samples[index] - mean) * window[index] }
        var half = 1
        while half < length {
            let step = length / (2 * half)
            var block = 0
            while block < length {
                for offset in 0..<half {
                    let cosine = cosines[offset * step]
                    let sine = sines[offset * step]
                    let upper = block + offset
                    let lower = upper + half
                    let realPart = real[lower] * cosine - imaginary[lower] * sine
                    let imaginaryPart = real[lower] * sine + imaginary[lower] * cosine
                    real[lower] = real[upper] - realPart
                    imaginary[lower] = imaginary[upper] - imaginaryPart
                    real[upper] += realPart
                    imaginary[upper] += imaginaryPart
                }
                block += 2 * half
            }
            half *= 2
        }
        return (0..<length / 2).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
    }
}
