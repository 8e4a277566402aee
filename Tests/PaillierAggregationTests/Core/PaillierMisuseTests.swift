import CryptoPrimitives
import Testing

@testable import PaillierAggregation

@Suite struct PaillierMisuseTests {
    struct Fixture {
        let key: PublicKey
        let packing: PlaintextPacking
        let vector: CiphertextVector

        init(_ values: [Int64] = Array(repeating: 5, count: 100)) throws {
            key = try TestKeys.key(parameters).publicKey
            packing = try PlaintextPacking(for: parameters, valueBound: 1 << 31, participants: 10)
            var source: any RandomSource = StreamSource(7)
            vector = try Encryptor(key).encrypt(packing.encode(values, for: key), from: &source)
        }
    }

    @Test func ciphertextsOutsideTheRange() throws {
        let f = try Fixture()
        let length = parameters.ciphertextLimbs
        var above = f.key.modulusSquared
        above[0] |= 2
        for number in [
            [UInt64](repeating: 0, count: length), f.key.modulusSquared, above,
            [UInt64](repeating: .max, count: length),
        ] {
            var limbs = f.vector.limbs
            limbs.replaceSubrange(length..<2 * length, with: number)
            #expect(throws: PaillierFailure.invalidCiphertext(index: 1)) {
                try CiphertextVector(limbs: limbs, key: f.key, codecID: f.packing.digest)
            }
            var bytes = f.vector.bytes()
            let start = CiphertextVector.headerBytes + 8 * length
            let little = number.flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> (8 * $0)) } }
            bytes.replaceSubrange(start..<start + 8 * length, with: little)
            #expect(throws: PaillierFailure.invalidCiphertext(index: 1)) {
                try CiphertextVector(bytes: bytes, key: f.key, codecID: f.packing.digest, count: f.vector.count)
            }
        }
        #expect(throws: PaillierFailure.malformed) {
            try CiphertextVector(limbs: Array(f.vector.limbs.dropLast()), key: f.key, codecID: f.packing.digest)
        }
    }

    @Test func ciphertextsThatShareAFactorWithTheModulus() throws {
        let f = try Fixture()
        let secretKey = try TestKeys.key(parameters)
        let p = PublicInteger(limbs: secretKey.first.prime.published())
        for factor in [f.key.n, p, p * p] {
            for position in 0..<f.vector.count {
                let length = parameters.ciphertextLimbs
                var limbs = f.vector.limbs
                limbs.replaceSubrange(position * length..<(position + 1) * length, with: factor.limbs(length))
                let bad = try CiphertextVector(limbs: limbs, key: f.key, codecID: f.packing.digest)
                #expect(throws: PaillierFailure.invalidCiphertext(index: position)) { try bad.validate(key: f.key) }
                var sum = CiphertextSum(key: f.key, codecID: f.packing.digest, count: bad.count)
                for vector in [f.vector, bad, f.vector] { try sum.add(vector) }
                #expect(throws: PaillierFailure.invalidCiphertext(index: position)) { try sum.finish() }
            }
        }
        try f.vector.validate(key: f.key)
    }

    @Test func mismatches() throws {
        let f = try Fixture()
        let other = try TestKeys.key(.p3072).publicKey
        let codec = try PlaintextPacking(for: parameters, valueBound: 1 << 30, participants: 10)
        var sum = CiphertextSum(key: f.key, codecID: f.packing.digest, count: f.vector.count)
        try sum.add(f.vector)
        let untouched = try sum.finish()
        var source: any RandomSource = StreamSource(8)
        let foreign = try Encryptor(other).encrypt(
            PlaintextPacking(for: .p3072, valueBound: 1, participants: 1).encode([1], for: other), from: &source)
        #expect(throws: PaillierFailure.keyMismatch) { try sum.add(foreign) }
        let wrongCodec = try CiphertextVector(limbs: f.vector.limbs, key: f.key, codecID: codec.digest)
        #expect(throws: PaillierFailure.codecMismatch) { try sum.add(wrongCodec) }
        let short = try Fixture([1, 2])
        #expect(throws: PaillierFailure.dimensionMismatch) { try sum.add(short.vector) }
        #expect(sum.contributors == 1)
        #expect(try sum.finish() == untouched)
        #expect(throws: PaillierFailure.keyMismatch) { try foreign.validate(key: f.key) }
        #expect(throws: PaillierFailure.keyMismatch) { try Encryptor(other).rerandomise(f.vector, from: &source) }
        #expect(throws: PaillierFailure.keyMismatch) { try f.packing.encode([1], for: other).count }
        #expect(throws: PaillierFailure.keyMismatch) {
            try Encryptor(other).encrypt(f.packing.encode([1], for: f.key), from: &source)
        }
        #expect(throws: PaillierFailure.keyMismatch) { try TestKeys.key(.p3072).decrypt(f.vector).count }
        #expect(throws: PaillierFailure.emptySum) {
            try CiphertextSum(key: f.key, codecID: f.packing.digest, count: 1).finish()
        }
    }

    @Test func bytes() throws {
        let f = try Fixture()
        let good = f.vector.bytes()
        let codec = f.packing.digest
        let count = f.vector.count
        #expect(try CiphertextVector(bytes: good, key: f.key, codecID: codec, count: count) == f.vector)
        for length in [0, 1, 2, 33, 65, 69, 70, 71, good.count - 1] {
            #expect(throws: PaillierFailure.malformed) {
                try CiphertextVector(bytes: Array(good[..<length]), key: f.key, codecID: codec, count: count)
            }
        }
        #expect(throws: PaillierFailure.malformed) {
            try CiphertextVector(bytes: good + [0], key: f.key, codecID: codec, count: count)
        }
        for (position, failure) in [
            (0, PaillierFailure.malformed), (2, .keyMismatch), (34, .codecMismatch), (66, .dimensionMismatch),
        ] {
            var bad = good
            bad[position] ^= 1
            #expect(throws: failure) { try CiphertextVector(bytes: bad, key: f.key, codecID: codec, count: count) }
        }
        let keyBytes = f.key.bytes()
        #expect(throws: PaillierFailure.malformed) { try PublicKey(bytes: Array(keyBytes.dropLast())) }
        #expect(throws: PaillierFailure.malformed) { try PublicKey(bytes: keyBytes + [0]) }
        #expect(throws: PaillierFailure.malformed) { try PublicKey(bytes: [2] + keyBytes.dropFirst()) }
        var unknown = keyBytes
        unknown[2] = 77
        #expect(throws: PaillierFailure.unknownParameters(77)) { try PublicKey(bytes: unknown) }
    }

    @Test func plaintextsThatHonestInputsCannotReach() throws {
        let f = try Fixture()
        let dimension = 100
        let packing = f.packing
        let length = parameters.modulusLimbs
        let honest = try packing.encode(Array(repeating: 5, count: dimension), for: f.key).published()
        func decode(_ change: (inout [UInt64]) -> Void, dimension: Int = 100, count: Int = 1) throws {
            var limbs = honest
            change(&limbs)
            let vector = try PlaintextVector(limbs: limbs, key: f.key, codecID: packing.digest)
            _ = try packing.decode(vector, dimension: dimension, expectedCount: count, for: f.key)
        }
        func replace(_ index: Int, _ number: PublicInteger) -> (inout [UInt64]) -> Void {
            { $0.replaceSubrange(index * length..<(index + 1) * length, with: number.limbs(length)) }
        }
        try decode({ _ in })
        for found in [0, 2, 10] {
            #expect(throws: PaillierFailure.wrongContributorCount(expected: found, found: 1)) {
                try decode({ _ in }, count: found)
            }
        }
        #expect(throws: PaillierFailure.dimensionMismatch) { try decode({ _ in }, dimension: 200) }
        // The last plaintext holds 100 + 2 - 56 = 46 slots; a value in slot 46 belongs to nobody.
        let first = PublicInteger(limbs: honest[..<length])
        #expect(throws: PaillierFailure.bitsAboveTopSlot) { try decode({ $0[2 * length - 6] ^= 1 << 63 }) }
        #expect(throws: PaillierFailure.bitsAboveTopSlot) { try decode({ _ in }, dimension: 99) }
        for top in [f.key.n / PublicInteger(2), first + PublicInteger.powerOfTwo(packing.slots * packing.slotBits)] {
            #expect(throws: PaillierFailure.bitsAboveTopSlot) { try decode(replace(0, top)) }
        }
        let slot = PublicInteger.powerOfTwo(packing.slotBits)
        #expect(throws: PaillierFailure.valueOutOfRange) { try decode(replace(0, first + slot)) }
        #expect(throws: PaillierFailure.valueOutOfRange) { try decode(replace(0, first - slot - slot)) }
        let excess = slot * slot * PublicInteger(1 << 31)
        #expect(throws: PaillierFailure.sumOutOfRange(index: 0)) { try decode(replace(0, first + excess)) }
        #expect(throws: PaillierFailure.malformed) { try decode(replace(0, f.key.n)) }
        let elsewhere = try PlaintextVector(limbs: honest, key: f.key, codecID: f.key.id)
        #expect(throws: PaillierFailure.codecMismatch) {
            try packing.decode(elsewhere, dimension: dimension, expectedCount: 1, for: f.key)
        }
    }

    @Test func encodingBounds() throws {
        let f = try Fixture()
        let bound: Int64 = 1 << 31
        for value in [bound + 1, -bound - 1, .max, .min] {
            #expect(throws: PaillierFailure.valueOutOfRange) { try f.packing.encode([0, value], for: f.key).count }
        }
        #expect(throws: PaillierFailure.valueOutOfRange) { try f.packing.encode([0], weight: 2, for: f.key).count }
        #expect(try f.packing.encode([bound, -bound], weight: 0, for: f.key).count == 1)
        #expect(throws: PaillierFailure.overflowPossible(requiredBits: 66)) {
            try PlaintextPacking(for: parameters, valueBound: 1 << 60, participants: 16)
        }
        #expect(try PlaintextPacking(for: parameters, valueBound: 1 << 58, participants: 16).slotBits == 64)
        #expect(throws: PaillierFailure.overflowPossible(requiredBits: 192)) {
            try PlaintextPacking(modulusBits: 193, valueBound: 1 << 58, participants: 16)
        }
        #expect(throws: PaillierFailure.unknownParameters(0)) { try PaillierParameters(id: 0) }
    }
}

private let parameters = PaillierParameters.p2048
