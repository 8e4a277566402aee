/// Squashing functions, four lanes at a time, to about 3e-7 of 1.
/// Source: lstm-attention section 4
enum LaneFunctions {
    /// e^x for x clamped to -87...87: 2^n times the power series of 2^f up to f^6, |f| at most one half.
    @inline(__always)
    static func exponential(_ x: SIMD4<Float>) -> SIMD4<Float> {
        // selections compile to masks; the library's clamping does not
        let limit = SIMD4<Float>(repeating: 87)
        let below = x.replacing(with: limit, where: x .> limit)
        let clamped = below.replacing(with: -limit, where: below .< -limit)
        let z = clamped * Float(1.442_695_04)
        // adding 1.5 * 2^23 leaves the nearest integer in the lowest bits
        let magic = SIMD4<Float>(repeating: 12_582_912)
        let shifted = z + magic
        let f = z - (shifted - magic)
        var series = f * Float(1.540_353e-4) + Float(1.333_355_8e-3)
        series = series * f + Float(9.618_129e-3)
        series = series * f + Float(5.550_411e-2)
        series = series * f + Float(0.240_226_51)
        series = series * f + Float(0.693_147_18)
        series = series * f + 1
        let exponent = unsafe (unsafeBitCast(shifted, to: SIMD4<Int32>.self) &+ 127) &<< 23
        return unsafe series * unsafeBitCast(exponent, to: SIMD4<Float>.self)
    }

    /// 1 / (1 + e^-x)
    @inline(__always)
    static func sigmoid(_ x: SIMD4<Float>) -> SIMD4<Float> {
        SIMD4(repeating: 1) / (exponential(-x) + 1)
    }

    /// tanh x = 2 / (1 + e^-2x) - 1
    @inline(__always)
    static func tanh(_ x: SIMD4<Float>) -> SIMD4<Float> {
        SIMD4(repeating: 2) / (exponential(x * -2) + 1) - 1
    }
}
