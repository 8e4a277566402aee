import CryptoPrimitives
import Testing

@testable import PaillierAggregation

@Suite struct PaillierKnownAnswerTests {
    static let vectors = Result { try PaillierVectors.load() }

    @Test(arguments: [ArithmeticPath.automatic, .portable])
    func everySumBitForBit(path: ArithmeticPath) throws {
        let tests = try Self.vectors.get().tests.filter { $0.inputs.operation == "sum" }
        #expect(tests.count == 6)
        for test in tests { try check(test, path: path) }
    }

    private func check(_ test: PaillierVectors.Test, path: ArithmeticPath) throws {
        let inputs = test.inputs
        let expected = try #require(test.expected)
        let parameters = try PaillierParameters(id: inputs.preset)
        let secretKey = try secretKey(try #require(inputs.p), try #require(inputs.q), parameters, path: path)
        let key = secretKey.publicKey
        #expect(PublicInteger(limbs: key.modulus).hex == expected.modulus)
        #expect(key.id.value.hex == expected.keyId)
        #expect(PublicInteger(limbs: key.generator).hex == expected.generator)
        let packing = try PlaintextPacking(
            for: parameters, valueBound: UInt64(try #require(inputs.valueBound)) ?? 0,
            participants: try #require(inputs.participants), weightCap: UInt64(try #require(inputs.weightCap)) ?? 0)
        #expect(packing.digest.value.hex == expected.codecId)
        #expect(packing.slotBits == expected.slotBits && packing.slots == expected.slots)
        let dimension = try #require(inputs.dimension)
        let encryptor = Encryptor(key)
        var sum = CiphertextSum(
            key: key, codecID: packing.digest, count: packing.ciphertextCount(dimension: dimension))
        for contribution in try #require(inputs.contributions) {
            let plaintexts = try packing.encode(
                contribution.values.map { Int64($0) ?? 0 }, weight: UInt64(contribution.weight) ?? 0, for: key)
            #expect(plaintexts.published() == (try all(contribution.plaintexts, parameters.modulusLimbs)))
            let exponents = try all(contribution.exponents, parameters.exponentLimbs)
            let ciphertexts = try encryptor.encrypt(plaintexts, exponents: secret(exponents))
            #expect(ciphertexts.limbs == (try all(contribution.ciphertexts, parameters.ciphertextLimbs)))
            let again = try secretKey.decrypt(ciphertexts)
            #expect(again.published() == plaintexts.published())
            try sum.add(
                CiphertextVector(
                    bytes: ciphertexts.bytes(), key: key, codecID: packing.digest, count: ciphertexts.count))
        }
        let total = try sum.finish()
        #expect(total.limbs == (try all(expected.sumCiphertexts, parameters.ciphertextLimbs)))
        let opened = try secretKey.decrypt(total)
        #expect(opened.published() == (try all(expected.sumPlaintexts, parameters.modulusLimbs)))
        let decoded = try packing.decode(
            opened, dimension: dimension, expectedCount: sum.contributors, for: key)
        #expect(decoded.values.map(String.init) == expected.sum)
        #expect(String(decoded.weight) == expected.weight)
    }

    /// h_s^rho = (h^rho mod n)^n mod n^2: the randomness is what any other implementation would call r = h^rho.
    @Test func randomnessIsAPowerOfTheGenerator() throws {
        for test in try Self.vectors.get().tests where test.inputs.operation == "sum" {
            let expected = try #require(test.expected)
            let n = try #require(PublicInteger(hex: expected.modulus))
            let h = try #require(PublicInteger(hex: expected.generator))
            let contribution = try #require(test.inputs.contributions?.first)
            let rho = try #require(PublicInteger(hex: contribution.exponents[0]))
            let m = try #require(PublicInteger(hex: contribution.plaintexts[0]))
            let r = h.power(rho, modulo: n)
            let c = (PublicInteger(1) + m * n) * r.power(n, modulo: n * n) % (n * n)
            #expect(c.hex == contribution.ciphertexts[0])
        }
    }

    @Test func refusedKeys() throws {
        let tests = try Self.vectors.get().tests
        #expect(tests.count == (try Self.vectors.get().numberOfTests))
        var refused = 0
        for test in tests where test.inputs.operation == "publicKey" {
            let parameters = try PaillierParameters(id: test.inputs.preset)
            let hex = try #require(test.inputs.modulus)
            let modulus = try limbs(hex, max(parameters.modulusLimbs, (hex.count + 15) / 16))
            #expect(throws: PaillierFailure.invalidPublicKey, "\(test.comment)") {
                try PublicKey(modulus: modulus, parameters: parameters)
            }
            refused += 1
        }
        for test in tests where test.inputs.operation == "secretKey" {
            let parameters = try PaillierParameters(id: test.inputs.preset)
            let half = parameters.modulusLimbs / 2
            let encoded = try limbs(try #require(test.inputs.p), half) + limbs(try #require(test.inputs.q), half)
            var source: any RandomSource = StreamSource(9)
            #expect(throws: PaillierFailure.invalidSecretKey, "\(test.comment)") {
                _ = try SecretKey(encoded: secret(encoded), parameters: parameters, from: &source).publicKey
            }
            refused += 1
        }
        #expect(refused == 14)
    }

    private func all(_ numbers: [String], _ count: Int) throws -> [UInt64] {
        try numbers.flatMap { try limbs($0, count) }
    }
}
