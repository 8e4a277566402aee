import CryptoPrimitives
import Testing

@testable import PaillierAggregation

@Suite struct PaillierPropertyTests {
    @Test(arguments: PaillierParameters.all, [3, 10, 50])
    func sumsAreExact(parameters: PaillierParameters, participants: Int) throws {
        var source: any RandomSource = StreamSource(UInt8(participants))
        let secretKey = try TestKeys.key(parameters)
        let key = secretKey.publicKey
        let bound: Int64 = (1 << 31) - 1
        let cap: UInt64 = participants == 10 ? 9 : 1
        let packing = try PlaintextPacking(
            for: parameters, valueBound: UInt64(bound), participants: participants, weightCap: cap)
        let dimension = 2 * packing.slots - 1
        let encryptor = Encryptor(key)
        var sum = CiphertextSum(
            key: key, codecID: packing.digest, count: packing.ciphertextCount(dimension: dimension))
        var plain = [Int64](repeating: 0, count: dimension)
        var weights: UInt64 = 0
        for participant in 0..<participants {
            let reach = bound * Int64(cap)
            var values = (0..<dimension).map { _ in Int64.random(in: -reach...reach) }
            // Extremes in every position that could carry into a neighbour.
            for i in 0..<8 { values[i] = i.isMultiple(of: 2) ? reach : -reach }
            let weight = UInt64(participant) % (cap + 1)
            let plaintexts = try packing.encode(values, weight: weight, for: key)
            try sum.add(encryptor.encrypt(plaintexts, from: &source))
            for i in 0..<dimension { plain[i] += values[i] }
            weights += weight
        }
        let opened = try secretKey.decrypt(sum.finish())
        let decoded = try packing.decode(
            opened, dimension: dimension, expectedCount: participants, for: key)
        #expect(decoded.values == plain)
        #expect(decoded.weight == weights)
    }

    @Test(arguments: PaillierParameters.all)
    func generatedKeysHaveTheProperties(parameters: PaillierParameters) throws {
        let secretKey = try TestKeys.key(parameters)
        let key = secretKey.publicKey
        let p = PublicInteger(limbs: secretKey.first.prime.published())
        let q = PublicInteger(limbs: secretKey.second.prime.published())
        let one = PublicInteger(1)
        #expect(p.isProbablePrime && q.isProbablePrime && p * q == key.n)
        #expect(key.n.bitCount == parameters.modulusBits)
        #expect(key.n % PublicInteger(4) == one)
        #expect(p % PublicInteger(4) == PublicInteger(3) && q % PublicInteger(4) == PublicInteger(3))
        #expect((p - one).greatestCommonDivisor(q - one) == PublicInteger(2))
        #expect(((p - one) * (q - one)).greatestCommonDivisor(key.n) == one)
        let h = PublicInteger(limbs: key.generator)
        #expect(h.jacobi(key.n) == 1)
        // -h is a square: Euler's criterion modulo each prime.
        for prime in [p, q] {
            #expect((key.n - h).power((prime - one) / PublicInteger(2), modulo: prime) == one)
        }
        #expect(h.power(key.n, modulo: key.nSquared).limbs(parameters.ciphertextLimbs) == key.generatorPower)
        #expect(key.comb.tableBytes <= FixedBaseComb.tableLimit)
        var source: any RandomSource = StreamSource(1)
        let restored = try SecretKey(encoded: secretKey.encoded(), parameters: parameters, from: &source)
        #expect(restored.publicKey == key)
        #expect(try PublicKey(bytes: key.bytes()) == key)
    }

    @Test func portableAndVectorPathsAgree() throws {
        let parameters = PaillierParameters.p3072
        let secretKey = try TestKeys.key(parameters)
        let portable = try PublicKey(modulus: secretKey.publicKey.modulus, parameters: parameters, path: .portable)
        let packing = try PlaintextPacking(for: parameters, valueBound: 1 << 20, participants: 5)
        let values = (0..<300).map { Int64($0 * 977 % 4001 - 2000) }
        let plaintexts = try packing.encode(values, for: portable)
        let exponents = SecretLimbs(public: (0..<UInt64(plaintexts.count * 24)).map { $0 &* 0x9E37_79B9_7F4A_7C15 })
        let bytes = secret(exponents.published())
        let fast = try Encryptor(secretKey.publicKey).encrypt(plaintexts, exponents: bytes)
        let slow = try Encryptor(portable).encrypt(plaintexts, exponents: bytes)
        #expect(fast.bytes() == slow.bytes())
        var sums = (
            CiphertextSum(key: secretKey.publicKey, codecID: packing.digest, count: fast.count),
            CiphertextSum(key: portable, codecID: packing.digest, count: fast.count)
        )
        for _ in 0..<5 {
            try sums.0.add(fast)
            try sums.1.add(slow)
        }
        #expect(try sums.0.finish() == sums.1.finish())
    }

    @Test func poolsAndRerandomisationKeepThePlaintext() throws {
        let parameters = PaillierParameters.p3072ShortExponent
        var source: any RandomSource = StreamSource(5)
        let secretKey = try TestKeys.key(parameters)
        let encryptor = Encryptor(secretKey.publicKey)
        let packing = try PlaintextPacking(for: parameters, valueBound: 1 << 31, participants: 10)
        let values = (0..<200).map { Int64($0) - 100 }
        let plaintexts = try packing.encode(values, for: secretKey.publicKey)
        var pool = EncryptionPool(secretKey.publicKey, count: 2 * plaintexts.count + 1, from: &source)
        let first = try encryptor.encrypt(plaintexts, from: &pool)
        let second = try encryptor.encrypt(plaintexts, from: &pool)
        #expect(pool.remaining == 1)
        #expect(throws: PaillierFailure.poolExhausted) { try encryptor.encrypt(plaintexts, from: &pool) }
        #expect(pool.remaining == 1)
        let third = try encryptor.rerandomise(first, from: &source)
        let all = [first, second, third]
        for i in 0..<3 {
            for j in 0..<3 where i != j {
                for k in 0..<first.count { #expect(all[i].ciphertext(k) != all[j].ciphertext(k)) }
            }
            let opened = try secretKey.decrypt(all[i])
            let decoded = try packing.decode(opened, dimension: 200, expectedCount: 1, for: secretKey.publicKey)
            #expect(decoded.values == values)
        }
    }

    @Test func keptExponentsReproduceTheCiphertexts() throws {
        let parameters = PaillierParameters.p2048
        var source: any RandomSource = StreamSource(6)
        let key = try TestKeys.key(parameters).publicKey
        let packing = try PlaintextPacking(for: parameters, valueBound: 100, participants: 10)
        let plaintexts = try packing.encode([1, -2, 3], for: key)
        let encryption = try Encryptor(key).encryptKeepingExponents(plaintexts, from: &source)
        let again = try Encryptor(key).encrypt(plaintexts, exponents: encryption.exponents)
        #expect(again == encryption.ciphertexts)
    }

    @Test(arguments: [8, 9, 31, 36, 63, 64])
    func packingAgreesWithPlainIntegers(bits: Int) throws {
        let parameters = PaillierParameters.p2048
        let key = try TestKeys.key(parameters).publicKey
        let bound = UInt64(1) << UInt64(bits - 2)
        let packing = try PlaintextPacking(for: parameters, valueBound: bound == 64 ? 127 : bound, participants: 1)
        let reach = Int64(packing.valueBound)
        let values =
            [-reach, reach] + (0..<packing.slots).map { _ in Int64.random(in: -reach...reach) }
        let plaintexts = try packing.encode(values, weight: 1, for: key)
        let slots = [1, 1] + values
        let numbers = plaintexts.published()
        for index in 0..<plaintexts.count {
            var expected = PublicInteger(0)
            for slot in stride(from: min(packing.slots, slots.count - index * packing.slots) - 1, through: 0, by: -1) {
                expected =
                    expected * PublicInteger.powerOfTwo(packing.slotBits)
                    + PublicInteger(Int(slots[index * packing.slots + slot]))
            }
            let found = PublicInteger(limbs: numbers[index * 32..<index * 32 + 32])
            #expect(found == expected % key.n)
        }
        #expect(try packing.decode(plaintexts, dimension: values.count, expectedCount: 1, for: key).values == values)
    }
}
