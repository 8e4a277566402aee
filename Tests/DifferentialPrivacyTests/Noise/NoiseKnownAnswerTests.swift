import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

@Suite struct NoiseKnownAnswerTests {
    private static func key(_ answer: NoiseKnownAnswers.Case) throws -> NoiseKey {
        let secret = try #require(Bytes32(hexBytes(answer.secret)))
        let purpose = try #require(NoisePurpose(rawValue: answer.purpose))
        return NoiseKey(fixedSecret: secret, round: answer.round, purpose: purpose)
    }

    private static func law(_ answer: NoiseKnownAnswers.Case) throws -> NoiseLaw {
        answer.law == "gaussian"
            ? .gaussian(DiscreteGaussian(variance: try NoiseVariance(answer.numerator, over: answer.denominator)))
            : .laplace(try DiscreteLaplace(scale: answer.numerator, over: answer.denominator))
    }

    @Test(arguments: NoiseKnownAnswers.cases.indices) func keysAreDerivedAsWrittenDown(index: Int) throws {
        let answer = NoiseKnownAnswers.cases[index]
        let bytes = try Self.key(answer).withUnsafeBytes { Array($0) }
        #expect(bytes == hexBytes(answer.key))
    }

    @Test(arguments: NoiseKnownAnswers.cases.indices) func drawsAreThoseOfTheSlowProgram(index: Int) throws {
        let answer = NoiseKnownAnswers.cases[index]
        let vector = try NoiseVector(try Self.law(answer), dimension: 64, key: try Self.key(answer))
        #expect(vector.copiedValues() == answer.samples)
        #expect(vector.provenance == .fixedKey)
        #expect(vector.round == answer.round)
        #expect(vector.purpose.rawValue == answer.purpose)
    }

    /// The word after the last draw is the one that the slow program would read next.
    @Test(arguments: NoiseKnownAnswers.cases.indices) func asManyWordsAreRead(index: Int) throws {
        let answer = NoiseKnownAnswers.cases[index]
        var stream = NoiseStream(try Self.key(answer))
        var reference = NoiseStream(try Self.key(answer))
        let law = try Self.law(answer)
        for _ in 0..<64 {
            switch law {
            case .gaussian(let law): _ = law.draw(from: &stream)
            case .laplace(let law): _ = law.draw(from: &stream)
            }
        }
        for _ in 0..<answer.words { _ = reference.word() }
        #expect(stream.word() == reference.word())
    }

    @Test func fractionsInOtherTermsGiveTheSameDraws() throws {
        for factor in [UInt64(1), 3, 1024] {
            let law = DiscreteGaussian(variance: try NoiseVariance(401 * factor, over: 4 * factor))
            var stream = fixedStream(7)
            var reference = fixedStream(7)
            let plain = DiscreteGaussian(variance: try NoiseVariance(401, over: 4))
            for _ in 0..<100 { #expect(law.draw(from: &stream) == plain.draw(from: &reference)) }
        }
    }
}
