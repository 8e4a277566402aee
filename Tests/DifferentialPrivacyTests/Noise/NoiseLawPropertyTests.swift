import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct NoiseLawPropertyTests {
    static let variances: [(numerator: UInt64, denominator: UInt64)] = [
        (1, 1_000_000), (1, 3), (1, 1), (7, 2), (18, 1), (401, 4), (65_537, 64), (1 << 20, 1),
    ]
    static let draws = 400_000

    private static func samples(_ law: DiscreteGaussian, count: Int = draws, number: UInt64) -> [Int64] {
        var stream = fixedStream(number)
        return (0..<count).map { _ in law.draw(from: &stream) }
    }

    /// Small cells see the shape; few large ones see a variance that is 3 percent off.
    private static func gaussian(_ variance: Double, least: Double = 2e-4) -> ChiSquare {
        let reach = Int64(12 * variance.squareRoot()) + 8
        return ChiSquare(reach: reach, least: least) { exp(-Double($0 * $0) / (2 * variance)) }
    }

    @Test(arguments: variances.indices.dropFirst()) func gaussianDrawsFollowTheExactMasses(index: Int) throws {
        let (numerator, denominator) = Self.variances[index]
        let law = DiscreteGaussian(variance: try NoiseVariance(numerator, over: denominator))
        let samples = Self.samples(law, number: UInt64(index))
        let variance = Double(numerator) / Double(denominator)
        #expect(abs(Self.gaussian(variance).deviate(samples)) < 4)
        #expect(Self.gaussian(variance * 1.03, least: 5e-3).deviate(samples) > 6)
        #expect(Self.gaussian(variance * 0.97, least: 5e-3).deviate(samples) > 6)
    }

    @Test(arguments: [30, 40, 52, 57]) func wideGaussiansFollowTheNormalLaw(log2Variance: Int) throws {
        let law = DiscreteGaussian(variance: try NoiseVariance(1 << UInt64(log2Variance)))
        let samples = Self.samples(law, number: UInt64(100 + log2Variance))
        let sigma = exp2(Double(log2Variance) / 2)
        #expect(abs(ChiSquare(wideGaussian: sigma).deviate(samples)) < 4)
        #expect(ChiSquare(wideGaussian: sigma * 1.015).deviate(samples) > 6)
        // The lowest bits are as uniform as a smooth law leaves them.
        let low = samples.map { $0 & 15 }
        #expect(abs(ChiSquare(reach: 15, least: 1e-3) { $0 >= 0 ? 1 : 0 }.deviate(low)) < 4)
    }

    @Test(arguments: [(1, 3), (1, 1), (7, 2), (40, 1), (40, 7), (1000, 1)] as [(UInt64, UInt64)])
    func laplaceDrawsFollowTheExactMasses(numerator: UInt64, denominator: UInt64) throws {
        let law = try DiscreteLaplace(scale: numerator, over: denominator)
        var stream = fixedStream(200 + numerator)
        let samples = (0..<Self.draws).map { _ in law.draw(from: &stream) }
        let scale = Double(numerator) / Double(denominator)
        func masses(_ scale: Double, least: Double = 2e-4) -> ChiSquare {
            ChiSquare(reach: Int64(40 * scale) + 20, least: least) { exp(-Double(abs($0)) / scale) }
        }
        #expect(abs(masses(scale).deviate(samples)) < 4)
        #expect(masses(scale * 1.03, least: 5e-3).deviate(samples) > 6)
    }

    @Test(arguments: variances.indices) func momentsAndTailsAreThoseOfTheLaw(index: Int) throws {
        let (numerator, denominator) = Self.variances[index]
        let law = DiscreteGaussian(variance: try NoiseVariance(numerator, over: denominator))
        let samples = Self.samples(law, number: UInt64(300 + index))
        let parameter = Double(numerator) / Double(denominator)
        let reach = Int64(12 * parameter.squareRoot()) + 8
        var (mass, second, fourth) = (0.0, 0.0, 0.0)
        for value in -reach...reach {
            let weight = exp(-Double(value * value) / (2 * parameter))
            mass += weight
            second += weight * Double(value * value)
            fourth += weight * pow(Double(value), 4)
        }
        let (variance, kurtosis) = (second / mass, fourth / mass)
        let count = Double(samples.count)
        let mean = samples.reduce(0) { $0 + Double($1) } / count
        let square = samples.reduce(0) { $0 + Double($1 * $1) } / count
        #expect(abs(mean) <= 4 * (variance / count).squareRoot())
        #expect(abs(square - variance) <= 4 * ((kurtosis - variance * variance) / count).squareRoot() + 1e-300)
        let far = samples.filter { Double(abs($0)) > 6.5 * parameter.squareRoot() + 1 }
        #expect(far.isEmpty)
        #expect(samples.allSatisfy { abs($0) <= law.largestMagnitude })
    }

    /// What the head-room of a sum rests on: E exp(lambda X) <= exp(lambda^2 sigma^2 / 2).
    @Test(arguments: [0.05, 1.0 / 3, 1, 18, 100.25]) func theLawIsSubgaussian(parameter: Double) {
        let reach = Int64(30 * parameter.squareRoot()) + 60
        for slope in [0.01, 0.1, 0.5, 1, 2, 3.3] where slope * slope * parameter < 400 {
            var (mass, tilted) = (0.0, 0.0)
            for value in -reach...reach {
                let exponent = -Double(value * value) / (2 * parameter)
                mass += exp(exponent)
                tilted += exp(exponent + slope * Double(value))
            }
            #expect(log(tilted / mass) <= slope * slope * parameter / 2 * (1 + 1e-12) + 1e-15)
        }
    }

    @Test func varianceRangeIsTheProofs() throws {
        #expect(throws: NoiseRefusal.varianceOutOfRange) { try NoiseVariance(0) }
        #expect(throws: NoiseRefusal.varianceOutOfRange) { try NoiseVariance(1, over: 0) }
        #expect(throws: NoiseRefusal.varianceOutOfRange) { try NoiseVariance(1 << 58) }
        #expect(throws: NoiseRefusal.varianceOutOfRange) { try NoiseVariance(1, over: (1 << 58) + 1) }
        #expect(throws: NoiseRefusal.varianceOutOfRange) { try NoiseVariance(.max, over: .max - 1) }
        #expect(throws: NoiseRefusal.scaleOutOfRange) { try DiscreteLaplace(scale: 0) }
        #expect(throws: NoiseRefusal.scaleOutOfRange) { try DiscreteLaplace(scale: 1, over: (1 << 32) + 1) }
        let largest = try NoiseVariance((1 << 58) - (1 << 30))
        #expect(largest.isAtLeast(1 << 57))
        let finest = try NoiseVariance((1 << 58) - 1, over: 1 << 58)
        var stream = fixedStream(400)
        for law in [DiscreteGaussian(variance: largest), DiscreteGaussian(variance: finest)] {
            for _ in 0..<10_000 { #expect(abs(law.draw(from: &stream)) <= law.largestMagnitude) }
        }
        #expect(try NoiseVariance(36, over: 2).isAtLeast(18))
        #expect(try !NoiseVariance(1151, over: 64).isAtLeast(18))
    }
}
