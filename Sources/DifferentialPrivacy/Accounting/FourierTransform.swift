#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The discrete Fourier transform of a length that is a power of two, in place, with every twiddle factor taken
/// straight from sine and cosine.
struct FourierTransform {
    let length: Int
    private let cosines: [Double]
    private let sines: [Double]

    init(length: Int) {
        precondition(length >= 2 && length & (length - 1) == 0, "a length that is no power of two")
        self.length = length
        let step = 2 * Double.pi / Double(length)
        cosines = (0..<length / 2).map { cos(step * Double($0)) }
        sines = (0..<length / 2).map { -sin(step * Double($0)) }
    }

    func forward(_ real: inout [Double], _ imaginary: inout [Double]) {
        var target = 0
        for index in 1..<length {
            var bit = length >> 1
            while target & bit != 0 {
                target ^= bit
                bit >>= 1
            }
            target |= bit
            if index < target {
                real.swapAt(index, target)
                imaginary.swapAt(index, target)
            }
        }
        var half = 1
        while half < length {
            let stride = length / (2 * half)
            var start = 0
            while start < length {
                for offset in 0..<half {
                    let c = cosines[offset * stride]
                    let s = sines[offset * stride]
                    let low = start + offset
                    let high = low + half
                    let re = real[high] * c - imaginary[high] * s
                    let im = real[high] * s + imaginary[high] * c
                    real[high] = real[low] - re
                    imaginary[high] = imaginary[low] - im
                    real[low] += re
                    imaginary[low] += im
                }
                start += 2 * half
            }
            half *= 2
        }
    }

    /// The inverse, scaled by 1/length.
    func inverse(_ real: inout [Double], _ imaginary: inout [Double]) {
        forward(&imaginary, &real)
        let scale = 1 / Double(length)
        for index in 0..<length {
            real[index] *= scale
            imaginary[index] *= scale
        }
    }
}
