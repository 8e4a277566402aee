import CryptoPrimitives
import Testing

@Suite struct Ed25519KnownAnswerTests {
    @Test func agreesWithTheStandard() {
        for row in KnownAnswers.ed25519 {
            let key = SigningKey(seed: secret(bytes(row.seed)))
            #expect(key.verifyingKey.value.hex == row.key)
            let signature = key.sign(bytes(row.message))
            #expect(hex(signature.bytes) == row.signature)
            #expect(key.verifyingKey.isValid(signature, for: bytes(row.message)))
            let seed = key.withSeed { hex($0) }
            #expect(seed == row.seed)
        }
    }

    @Test func everyChangedBitIsRefused() throws {
        var source = seeded(11)
        let key = SigningKey(from: &source)
        let message = pattern(20)
        let signature = key.sign(message)
        #expect(key.verifyingKey.isValid(signature, for: message[...]))
        #expect(!key.verifyingKey.isValid(signature, for: message.dropLast()))
        for bit in 0..<512 {
            var changed = signature.bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            let forged = try #require(Signature(changed))
            #expect(!key.verifyingKey.isValid(forged, for: message))
        }
        for bit in 0..<160 {
            var changed = message
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.verifyingKey.isValid(signature, for: changed))
        }
        let other = SigningKey(from: &source)
        #expect(!other.verifyingKey.isValid(signature, for: message))
    }

    @Test(.enabled(if: Wycheproof.isPresent)) func wycheproofVerdicts() throws {
        for test in try Wycheproof.signatures() {
            let verdict = test.signature.map { test.key.isValid($0, for: test.message) }
            #expect((verdict ?? false) == test.isValid, "case \(test.identifier)")
        }
    }
}
