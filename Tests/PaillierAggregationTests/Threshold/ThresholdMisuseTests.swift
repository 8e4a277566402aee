import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import PaillierAggregation

@Suite struct ThresholdMisuseTests {
    @Test(arguments: [(1, 3), (2, 4), (5, 10), (4, 3), (2, 1), (100, 129)])
    func thresholdsThatDoNotFit(_ threshold: Int, _ shareholders: Int) {
        var source: any RandomSource = SeededRandomSource(seed: 1)
        #expect(throws: PaillierFailure.invalidThreshold(threshold: threshold, shareholders: shareholders)) {
            try DealerCeremony.deal(
                .p2048, threshold: threshold, shareholders: shareholders, from: &source
            ) { _ in }
        }
    }

    @Test(arguments: OpeningMode.allCases)
    func cheatersAreNamed(_ mode: OpeningMode) throws {
        let parties = try ThresholdParties.parties(6)
        let group = parties.key.group(mode)
        let (vectors, sum) = try parties.contributions(3, dimension: 60, seed: 31)
        let request = try parties.request(mode, vectors)
        let good = try parties.open([1, 2, 3, 4, 5, 6, 7], request)
        func expectNamed(_ bad: PartialOpening, _ holder: Int) {
            #expect(throws: PaillierFailure.invalidProof(holder: holder)) {
                try AggregateOpening.combine([bad] + good.dropFirst(), request: request, key: parties.key)
            }
            #expect(throws: PaillierFailure.invalidProof(holder: holder)) {
                try bad.verify(for: request, key: parties.key)
            }
        }
        // A random share.
        let noise = Digest(Bytes32()).residue(below: group.modulus).limbs(group.limbs)
        expectNamed(good[0].changed(values: noise + good[0].values.dropFirst(group.limbs)), 1)
        // Two shares of the vector swapped.
        let first = Array(good[0].values[..<group.limbs])
        let second = Array(good[0].values[group.limbs..<2 * group.limbs])
        expectNamed(good[0].changed(values: second + first + good[0].values[(2 * group.limbs)...]), 1)
        // Another shareholder's share under this name, and as it was proved.
        expectNamed(good[1].changed(holder: 1), 1)
        expectNamed(good[0].changed(values: good[1].values), 1)
        // Zero, and a number that is not below the modulus.
        expectNamed(good[0].changed(values: [UInt64](repeating: 0, count: good[0].values.count)), 1)
        expectNamed(good[0].changed(values: [UInt64](repeating: .max, count: good[0].values.count)), 1)
        // A proof made by somebody with another exponent, for the shares it gives.
        var source: any RandomSource = SeededRandomSource(seed: 32)
        let exponent = SecretLimbs(randomBits: group.exponentBits, from: &source)
        let bases = group.bases(of: request.aggregate)
        let forged = group.shares(of: bases, exponent: exponent)
        let proof = EqualExponentProof.prove(
            group, holder: 1, exponent: exponent, bases: bases, shares: forged, statement: request.statement,
            from: &source)
        expectNamed(good[0].changed(values: forged, proof: proof), 1)
        // Such a proof holds against a V_1 forged for it: values come from the key alone.
        let forgedValues = group.context.powers(group.base, secret: exponent, bits: group.exponentBits)
        let forgedGroup = group.with(values: forgedValues + group.values[group.limbs...])
        let forgedProof = EqualExponentProof.prove(
            forgedGroup, holder: 1, exponent: exponent, bases: bases, shares: forged, statement: request.statement,
            from: &source)
        let answers = [forgedGroup, group].map {
            forgedProof.verify($0, holder: 1, bases: bases, shares: forged, statement: request.statement)
        }
        #expect(answers == [true, false])
        expectNamed(good[0].changed(values: forged, proof: forgedProof), 1)
        // Without the cheater the others open.
        let opening = try AggregateOpening.combine(Array(good.dropFirst()), request: request, key: parties.key)
        #expect(try opening.decode(parties.packing, dimension: 60, request: request, key: parties.key).values == sum)
    }

    @Test func replaysAndDuplicates() throws {
        let parties = try ThresholdParties.parties(2)
        let (vectors, _) = try parties.contributions(3, dimension: 20, seed: 33)
        let request = try parties.request(.partialDecryption, vectors)
        let good = try parties.open([1, 2], request)
        let other = Digest(try #require(Bytes32([UInt8](repeating: 7, count: 32))))
        // Another session, another round, another mode, another set, and a share relabelled for them.
        let requests = try [
            parties.request(.partialDecryption, vectors, session: other),
            parties.request(.partialDecryption, vectors, round: 2),
            parties.request(.partialDecryption, Array(vectors.dropLast())),
        ]
        for replayed in requests {
            #expect(throws: PaillierFailure.invalidProof(holder: 1)) {
                try AggregateOpening.combine(good, request: replayed, key: parties.key)
            }
            let relabelled = good.map { $0.changed(statement: replayed.statement) }
            #expect(throws: PaillierFailure.invalidProof(holder: 1)) {
                try AggregateOpening.combine(relabelled, request: replayed, key: parties.key)
            }
        }
        #expect(throws: PaillierFailure.invalidProof(holder: 1)) {
            try AggregateOpening.combine(good, request: parties.request(.jointRoot, vectors), key: parties.key)
        }
        #expect(throws: PaillierFailure.duplicateShare(holder: 2)) {
            try AggregateOpening.combine([good[1], good[1]], request: request, key: parties.key)
        }
        #expect(throws: PaillierFailure.invalidProof(holder: 9)) {
            try AggregateOpening.combine([good[0].changed(holder: 9), good[1]], request: request, key: parties.key)
        }
        #expect(throws: PaillierFailure.wrongContributorCount(expected: 4, found: 3)) {
            try parties.request(.partialDecryption, vectors + [vectors[0]])
        }
        let wrongSender = vectors + [(sender: UInt32(9), ciphertexts: vectors[0].ciphertexts)]
        #expect(throws: PaillierFailure.wrongContributorCount(expected: 4, found: 3)) {
            try parties.request(.partialDecryption, wrongSender)
        }
    }

    @Test func otherKeysAreRefused() throws {
        let (parties, others) = (try ThresholdParties.parties(2), try ThresholdParties.parties(6))
        let (vectors, _) = try parties.contributions(2, dimension: 5, seed: 34)
        let (foreign, _) = try others.contributions(2, dimension: 5, seed: 34)
        let request = try parties.request(.partialDecryption, vectors)
        #expect(throws: PaillierFailure.keyMismatch) { try parties.request(.partialDecryption, foreign) }
        #expect(throws: PaillierFailure.keyMismatch) { try others.share(1).share.verify(against: parties.key) }
        #expect(throws: PaillierFailure.keyMismatch) {
            _ = try KeyShare.decode(others.share(1).share.bytes(), key: parties.key)
        }
        #expect(throws: PaillierFailure.keyMismatch) { try others.open([1], request) }
        let partial = try parties.open([1], request)[0]
        #expect(throws: PaillierFailure.keyMismatch) {
            try PartialOpening(bytes: partial.bytes(), key: others.key, count: partial.count)
        }
    }

    @Test func sharesOffThePolynomialAreRefused() throws {
        let parties = try ThresholdParties.parties(2)
        let (first, second) = (parties.share(1), parties.share(2))
        let swapped = KeyShare(
            holder: 1, keyID: parties.key.id, decryption: second.share.decryption.copy(), root: first.share.root.copy())
        #expect(throws: PaillierFailure.invalidShare(holder: 1)) { try swapped.verify(against: parties.key) }
        let swappedRoot = KeyShare(
            holder: 1, keyID: parties.key.id, decryption: first.share.decryption.copy(), root: second.share.root.copy())
        #expect(throws: PaillierFailure.invalidShare(holder: 1)) { try swappedRoot.verify(against: parties.key) }
    }

    @Test func forgedVerificationValues() throws {
        let key = try ThresholdParties.parties(6).key
        func forged(_ decryption: [UInt64]? = nil, _ root: [UInt64]? = nil) -> ThresholdPublicKey {
            ThresholdPublicKey(
                publicKey: key.publicKey, threshold: 6, shareholders: 10,
                decryption: decryption ?? key.decryption.values, root: root ?? key.root.values,
                modulusProof: key.modulusProof, factorProof: key.factorProof)
        }
        try key.verify()
        let width = key.decryption.limbs
        // V_10 replaced: off the polynomial. V_1 replaced: every later one is off it, and the secret is another.
        let last = key.decryption.values.dropLast(width) + key.decryption.base
        #expect(throws: PaillierFailure.invalidShare(holder: 10)) { try forged(Array(last)).verify() }
        let first = key.decryption.base + key.decryption.values.dropFirst(width)
        #expect(throws: PaillierFailure.invalidKeyProof) { try forged(first).verify() }
        let rootFirst = key.root.base + key.root.values.dropFirst(key.root.limbs)
        #expect(throws: PaillierFailure.invalidKeyProof) { try forged(nil, rootFirst).verify() }
        // A sharing of another secret: all values on one polynomial, which opens nothing.
        let squares = key.decryption.context.squares(key.decryption.values)
        #expect(throws: PaillierFailure.invalidKeyProof) { try forged(squares).verify() }
        #expect(throws: PaillierFailure.invalidKeyProof) {
            try forged([UInt64](repeating: 0, count: 10 * width)).verify()
        }
    }
}
