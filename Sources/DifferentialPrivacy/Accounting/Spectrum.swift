#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The transforms of two real vectors, in the bit-reversed order of one complex transform of both.
///
/// Only one of each pair of conjugate coefficients is kept: places 0 and 1, then the lower half of every block [2^b,
/// 2^(b+1)).
struct Spectrum {
    /// What a coefficient set to nothing may have been, relative to a transform of norm one, squared sum included.
    static let dropped = 1e-24

    private let length: Int
    /// First vector, then second; real and imaginary parts.
    private var first: (re: [Double], im: [Double])
    private var second: (re: [Double], im: [Double])

    /// From the transform of (first + i second), each coefficient raised to a power.
    init(_ real: [Double], _ imaginary: [Double], power: Int) {
        length = real.count
        first = (real, imaginary)
        second = (real, imaginary)
        // Below this square modulus the power is under the square of 1e-30 / length.
        let floor = exp(-2 * (69.1 + log(Double(length))) / Double(power))
        forEach { place, partner in
            let (a, b, c, d) = (real[place], imaginary[place], real[partner], imaginary[partner])
            let one = Self.power((0.5 * (a + c), 0.5 * (b - d)), power, floor)
            let two = Self.power((0.5 * (b + d), 0.5 * (c - a)), power, floor)
            (first.re[place], first.im[place]) = one
            (second.re[place], second.im[place]) = two
        }
    }

    private func forEach(_ body: (Int, Int) -> Void) {
        body(0, 0)
        body(1, 1)
        var block = 2
        while block < length {
            for offset in 0..<block / 2 { body(block + offset, 2 * block - 1 - offset) }
            block *= 2
        }
    }

    private static func power(_ value: (Double, Double), _ count: Int, _ floor: Double) -> (Double, Double) {
        if value.0 * value.0 + value.1 * value.1 < floor { return (0, 0) }
        var base = value
        var result = (1.0, 0.0)
        var rest = count
        while rest > 0 {
            if rest & 1 == 1 {
                result = (result.0 * base.0 - result.1 * base.1, result.0 * base.1 + result.1 * base.0)
            }
            rest >>= 1
            if rest > 0 { base = (base.0 * base.0 - base.1 * base.1, 2 * base.0 * base.1) }
        }
        return result
    }

    mutating func multiply(_ other: Self) {
        for place in 0..<length {
            let (a, b, c, d) = (first.re[place], first.im[place], other.first.re[place], other.first.im[place])
            (first.re[place], first.im[place]) = (a * c - b * d, a * d + b * c)
            let (e, f, g, h) = (second.re[place], second.im[place], other.second.re[place], other.second.im[place])
            (second.re[place], second.im[place]) = (e * g - f * h, e * h + f * g)
        }
    }

    /// The transform of (first + i second).
    func joined() -> (real: [Double], imaginary: [Double]) {
        var real = [Double](repeating: 0, count: length)
        var imaginary = real
        forEach { place, partner in
            let (a, b) = (first.re[place], first.im[place])
            let (c, d) = (second.re[place], second.im[place])
            real[place] = a - d
            imaginary[place] = b + c
            real[partner] = a + d
            imaginary[partner] = c - b
        }
        return (real, imaginary)
    }
}
