import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import PaillierAggregation

@Suite struct ProofMisuseTests {
    private static func limbs(_ number: PublicInteger) -> [UInt64] { number.limbs((number.bitCount + 63) / 64) }

    /// Two safe primes and the proof that an honest dealer makes for them.
    private func dealt(
        _ bits: Int, _ otherBits: Int, seed: UInt64
    ) throws -> (modulus: [UInt64], proof: BlumModulusProof, size: FactorSizeProof) {
        var source: any RandomSource = SeededRandomSource(seed: seed)
        let p = SafePrimeSearch(bits: bits).next(from: &source)
        let q = SafePrimeSearch(bits: otherBits).next(from: &source)
        let modulus = p.prime.multiplied(by: q.prime).published()
        let context = try #require(MontgomeryContext.of(modulus))
        let order = p.half.multiplied(by: q.half)
        let proof = BlumModulusProof.prove(modulus: modulus, order: order, context: context)
        let size = FactorSizeProof.prove(modulus: modulus, p: p.prime, q: q.prime, from: &source)
        return (modulus, try #require(proof), try #require(size))
    }

    @Test func honestProofsHold() throws {
        let (modulus, proof, size) = try dealt(512, 512, seed: 41)
        let context = try #require(MontgomeryContext.of(modulus))
        #expect(proof.verify(modulus: modulus, context: context))
        #expect(size.verify(modulus: modulus))
        // For another modulus, or with anything changed, they do not.
        let (other, otherProof, otherSize) = try dealt(512, 512, seed: 42)
        #expect(!otherProof.verify(modulus: modulus, context: context))
        #expect(!otherSize.verify(modulus: modulus))
        #expect(!size.verify(modulus: other))
        var signs = proof.signs
        signs[5] ^= 1
        var roots = proof.roots
        roots[0] ^= 1
        var fourthRoots = proof.fourthRoots
        fourthRoots[0] ^= 1
        for changed in [
            BlumModulusProof(
                nonResidue: proof.nonResidue, signs: signs, fourthRoots: proof.fourthRoots, roots: proof.roots),
            BlumModulusProof(
                nonResidue: proof.nonResidue, signs: proof.signs, fourthRoots: proof.fourthRoots, roots: roots),
            BlumModulusProof(
                nonResidue: proof.nonResidue, signs: proof.signs, fourthRoots: fourthRoots, roots: proof.roots),
            BlumModulusProof(
                nonResidue: proof.roots.prefix(16).map { $0 }, signs: proof.signs, fourthRoots: proof.fourthRoots,
                roots: proof.roots),
        ] {
            #expect(!changed.verify(modulus: modulus, context: context))
        }
    }

    @Test func smallFactorIsRefused() throws {
        // 192 bits of 1,280: both primes are safe, so the modulus proof holds, and only their sizes are wrong.
        let (modulus, proof, size) = try dealt(192, 1088, seed: 43)
        #expect(proof.verify(modulus: modulus, context: try #require(MontgomeryContext.of(modulus))))
        #expect(!size.verify(modulus: modulus))
    }

    @Test func trivialFactorsAreRefused() throws {
        let (modulus, _, _) = try dealt(512, 512, seed: 44)
        var source: any RandomSource = SeededRandomSource(seed: 45)
        let one = SecretLimbs(public: [1])
        let whole = SecretLimbs(public: modulus)
        for proof in [
            FactorSizeProof.prove(modulus: modulus, p: one, q: whole, from: &source),
            FactorSizeProof.prove(modulus: modulus, p: whole, q: one, from: &source),
            FactorSizeProof.prove(modulus: modulus, p: one, q: one, from: &source),
        ] {
            #expect(try #require(proof).verify(modulus: modulus) == false)
        }
    }

    @Test func primeModulusIsRefused() throws {
        var source: any RandomSource = SeededRandomSource(seed: 46)
        let prime = SafePrimeSearch(bits: 512).next(from: &source)
        let modulus = prime.prime.published()
        let context = try #require(MontgomeryContext.of(modulus))
        // For a prime everybody has all roots: y or -y is a square, and half the order is odd.
        let proof = BlumModulusProof.prove(modulus: modulus, order: prime.half, context: context)
        #expect(try #require(proof).verify(modulus: modulus, context: context) == false)
    }

    @Test func wrongKeysAreRefused() throws {
        let parameters = PaillierParameters.p2048
        let n = PublicInteger(limbs: try ThresholdParties.parties(2).key.publicKey.modulus)
        // n = 3 modulo 4, even, one bit short, a small factor, a prime, a square.
        let four = PublicInteger(4)
        let third = n - n % four + PublicInteger(3)
        var prime = PublicInteger.powerOfTwo(2047) + PublicInteger(1)
        while !prime.isProbablePrime { prime = prime + four }
        let small = (n / PublicInteger(65_521) / four * four + PublicInteger(1)) * PublicInteger(65_521)
        for bad in [third, n + PublicInteger(1), n / four / four * four + PublicInteger(1), small, prime] {
            #expect(throws: PaillierFailure.invalidPublicKey) {
                try PublicKey(modulus: bad.limbs(32), parameters: parameters)
            }
        }
    }

    @Test func knowledgeProofIsBoundToItsContext() throws {
        let parties = try ThresholdParties.parties(2)
        let key = parties.key.publicKey
        var source: any RandomSource = SeededRandomSource(seed: 47)
        let plaintexts = try parties.packing.encode((0..<100).map { Int64($0) - 50 }, for: key)
        let encryption = try Encryptor(key).encryptKeepingExponents(plaintexts, from: &source)
        let context = PlaintextKnowledgeProof.Context(session: ThresholdParties.session, round: 3, sender: 4)
        let proof = try PlaintextKnowledgeProof.prove(
            encryption, of: plaintexts, key: key, context: context, from: &source)
        try proof.verify(encryption.ciphertexts, key: key, context: context)
        #expect(try PlaintextKnowledgeProof(bytes: proof.bytes(), parameters: .p2048) == proof)
        let session = Digest(try #require(Bytes32([UInt8](repeating: 1, count: 32))))
        for other in [
            PlaintextKnowledgeProof.Context(session: context.session, round: 3, sender: 5),
            PlaintextKnowledgeProof.Context(session: context.session, round: 4, sender: 4),
            PlaintextKnowledgeProof.Context(session: session, round: 3, sender: 4),
        ] {
            #expect(throws: PaillierFailure.invalidProof(holder: Int(other.sender))) {
                try proof.verify(encryption.ciphertexts, key: key, context: other)
            }
        }
        // Copied under another rerandomisation, negated, with a ciphertext swapped, under another key.
        let copied = try Encryptor(key).rerandomise(encryption.ciphertexts, from: &source)
        let length = key.parameters.ciphertextLimbs
        let limbs = encryption.ciphertexts.limbs
        let inverse = try #require(PublicInteger(limbs: limbs[..<length]).inverse(modulo: key.nSquared)).limbs(length)
        let codec = encryption.ciphertexts.codecID
        for changed in [
            copied, CiphertextVector(trusted: inverse + limbs[length...], key: key, codecID: codec),
            CiphertextVector(
                trusted: Array(limbs[length..<2 * length] + limbs[..<length] + limbs[(2 * length)...]), key: key,
                codecID: codec),
            CiphertextVector(trusted: limbs, key: key, codecID: session),
        ] {
            #expect(throws: PaillierFailure.invalidProof(holder: 4)) {
                try proof.verify(changed, key: key, context: context)
            }
        }
        let other = try ThresholdParties.parties(6).key.publicKey
        #expect(throws: PaillierFailure.keyMismatch) {
            try proof.verify(encryption.ciphertexts, key: other, context: context)
        }
        // A proof for other plaintexts than those encrypted.
        let lie = try parties.packing.encode((0..<100).map { Int64($0) - 51 }, for: key)
        let wrong = try PlaintextKnowledgeProof.prove(encryption, of: lie, key: key, context: context, from: &source)
        #expect(throws: PaillierFailure.invalidProof(holder: 4)) {
            try wrong.verify(encryption.ciphertexts, key: key, context: context)
        }
    }
}
