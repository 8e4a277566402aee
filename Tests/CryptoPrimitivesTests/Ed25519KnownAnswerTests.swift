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
        let file = try Wycheproof.load("ed25519_test.json")
        var checked = 0
        for group in file.groups {
            let publicKey = try #require(group["publicKey"] as? [String: Any])
            let key = VerifyingKey(bytes32(try #require(publicKey["pk"] as? String)))
            for test in try Wycheproof.tests(of: group) {
                let message = try Wycheproof.bytes("msg", of: test)
                let verdict = Signature(try Wycheproof.bytes("sig", of: test)).map { key.isValid($0, for: message) }
                #expect((verdict ?? false) == Wycheproof.isValid(test), "case \(Wycheproof.identifier(of: test))")
                checked += 1
            }
        }
        #expect(checked == file.count)
    }
}
