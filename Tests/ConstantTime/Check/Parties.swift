import CryptoPrimitives

@testable import PaillierAggregation

/// A threshold key over a given modulus, whose shares are random exponents: enough to open, not to decrypt.
struct Shareholders {
    let key: ThresholdPublicKey
    static let codec = Digest(Bytes32())

    init(_ publicKey: PublicKey, decryption: borrowing SecretLimbs, root: borrowing SecretLimbs) {
        let (first, second) = (
            OpeningGroup(publicKey, mode: .partialDecryption), OpeningGroup(publicKey, mode: .jointRoot)
        )
        key = ThresholdPublicKey(
            publicKey: publicKey, threshold: 2, shareholders: 2,
            decryption: Self.twice(first.context.powers(first.base, secret: decryption, bits: first.exponentBits)),
            root: Self.twice(second.context.powers(second.base, secret: root, bits: second.exponentBits)),
            modulusProof: BlumModulusProof(nonResidue: [], signs: [], fourthRoots: [], roots: []),
            factorProof: FactorSizeProof(commitment: [], challenge: [], factors: [], blinds: []))
    }

    func share(_ decryption: borrowing SecretLimbs, _ root: borrowing SecretLimbs) -> KeyShare {
        KeyShare(holder: 1, keyID: key.id, decryption: decryption.copy(), root: root.copy())
    }

    func request(_ mode: OpeningMode, _ ciphertexts: CiphertextVector) throws -> OpeningRequest {
        try OpeningRequest(
            mode: mode, session: Self.codec, round: 1, contributions: [(sender: 1, ciphertexts: ciphertexts)], key: key)
    }

    private static func twice(_ values: [UInt64]) -> [UInt64] {
        Taint.show(values)
        return values + values
    }
}

/// Random plaintexts below n, hidden once they are made.
func plaintexts(_ count: Int, key: PublicKey, from source: inout CheckSource) -> PlaintextVector {
    var vector = PlaintextVector(zeroed: count, key: key, codecID: Shareholders.codec)
    let limbs = key.parameters.modulusLimbs
    vector.withMutableLimbs { target in
        for i in 0..<count * limbs { target[i] = i % limbs == limbs - 1 ? 0 : source.word() }
    }
    return vector
}

extension PlaintextVector {
    /// The limbs, published.
    borrowing func shown() -> [UInt64] {
        let limbs = published()
        Taint.show(limbs)
        return limbs
    }
}
