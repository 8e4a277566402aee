import CryptoPrimitives
import Testing

@Suite struct RistrettoKnownAnswerTests {
    private func scalar(_ hex: String) throws(CryptoFailure) -> SecretScalar {
        try withBytes(bytes(hex)) { (bytes) throws(CryptoFailure) in try SecretScalar(canonical: bytes) }
    }

    private func small(_ value: Int) throws(CryptoFailure) -> SecretScalar {
        try scalar(hex([UInt8(value)] + [UInt8](repeating: 0, count: 31)))
    }

    @Test func smallMultiples() throws {
        for (multiple, encoding) in KnownAnswers.ristrettoMultiples.enumerated() where multiple > 0 {
            let factor = try small(multiple)
            #expect(factor.publicElement().value.hex == encoding)
            let decoded = try GroupElement(bytes32(encoding))
            #expect(decoded == factor.publicElement())
            // k times (j G) is (k j) G where the table reaches that far.
            for other in 1..<16 where multiple * other < 16 {
                let shared = try small(other).sharedSecret(with: decoded)
                #expect(reveal(shared) == KnownAnswers.ristrettoMultiples[multiple * other])
            }
        }
    }

    @Test func badEncodingsAndTheIdentityAreRefused() {
        for encoding in KnownAnswers.ristrettoBadEncodings + [KnownAnswers.ristrettoMultiples[0]] {
            #expect(throws: CryptoFailure.invalidPoint) { try GroupElement(bytes32(encoding)) }
        }
        #expect(KnownAnswers.ristrettoBadEncodings.count == 29)
    }

    @Test func agreementOnIntegers() throws {
        for (index, row) in KnownAnswers.ristrettoAgreement.enumerated() {
            var source = seeded(100 + UInt64(index))
            let first = SecretScalar(random: &source)
            let second = SecretScalar(random: &source)
            #expect(reveal(first) == row.a)
            #expect(reveal(second) == row.b)
            #expect(first.publicElement().value.hex == row.pointA)
            #expect(second.publicElement().value.hex == row.pointB)
            let one = try first.sharedSecret(with: second.publicElement())
            let other = try second.sharedSecret(with: first.publicElement())
            #expect(reveal(one) == row.shared)
            #expect(reveal(other) == row.shared)
            let same = one.isEqual(to: other)
            #expect(same)
        }
    }

    @Test func onlyCanonicalScalarsAreTaken() {
        for row in KnownAnswers.scalars {
            let isCanonical = bytes(row.bytes).withUnsafeBytes { Shamir.isCanonical($0) }
            #expect(isCanonical == row.isCanonical)
            let isZero = !bytes(row.bytes).contains { $0 != 0 }
            do {
                let taken = try scalar(row.bytes)
                #expect(row.isCanonical && !isZero)
                #expect(reveal(taken) == row.bytes)
            } catch {
                #expect(error == .nonCanonicalScalar)
                #expect(!row.isCanonical || isZero)
            }
        }
        for count in [0, 31, 33, 64] {
            do {
                _ = try scalar(hex(pattern(count)))
                Issue.record("a scalar of \(count) bytes was taken")
            } catch {
                #expect(error == .nonCanonicalScalar)
            }
        }
    }

    @Test func aZeroScalarIsDrawnAgain() {
        // Zero, then L itself (zero after the reduction), then two.
        let order = bytes(KnownAnswers.scalars[3].bytes) + [UInt8](repeating: 0, count: 32)
        let two = [2] + [UInt8](repeating: 0, count: 63)
        var source: any RandomSource = ScriptedSource([UInt8](repeating: 0, count: 64) + order + two)
        let scalar = SecretScalar(random: &source)
        #expect(reveal(scalar) == hex(two.prefix(32)))
        #expect((source as? ScriptedSource)?.remaining == 0)
    }
}
