#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The discrete Fourier transform of complex signals of one fixed length, a power of two; tables are made once.
///
/// Cost: n / 2 log2 n butterflies in Float, no allocation a call.
/// Source: vibration-features section 2
public struct FourierTransform: Sendable {
    /// Samples of a signal.
    public let length: Int
    private let cosines: [Float]
    private let sines: [Float]
    private let reversed: [Int32]

    /// Tables for signals of `length` samples; precondition: a power of two, 4 or more.
    public init(length: Int) {
        precondition(length >= 4 && length & (length - 1) == 0, "the length of a transform is a power of two")
        self.length = length
        let turn = 2 * Double.pi / Double(length)
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

    /// In place: bin k becomes the sum over samples x_j e^(-2 pi i j k / n). Both parts must have the transform's length.
    public func forward(_ real: inout [Float], _ imaginary: inout [Float]) {
        precondition(real.count == length && imaginary.count == length, "a signal of another length")
        for index in 0..<length {
            let other = Int(reversed[index])
            if other > index {
                real.swapAt(index, other)
                imaginary.swapAt(index, other)
            }
        }
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
    }

    /// In place: undoes `forward`. Both parts must have the transform's length.
    public func inverse(_ real: inout [Float], _ imaginary: inout [Float]) {
        // exchanging the parts before and after turns the sign of the exponent
        forward(&imaginary, &real)
        let share = 1 / Float(length)
        for index in 0..<length {
            real[index] *= share
            imaginary[index] *= share
        }
    }
}
