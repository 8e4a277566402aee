public import CryptoPrimitives

/// Makes a threshold key on the dealer's machine and hands out its shares one by one.
///
/// The ceremony: (1) the companies register their signing keys; (2) the dealer's machine is offline and used for nothing
/// else, witnesses sign the digest of its program and of the transcript; (3) `deal` runs; (4) every company checks
/// `ThresholdPublicKey.verify()` and its own share, and signs its acceptance of `ThresholdPublicKey.id`; (5) the companies open
/// a sum of random numbers together; (6) the dealer's machine is wiped; (7) the key expires, and is dealt anew, with every
/// change of the consortium.
///
/// > Important: Confidentiality of individual updates holds unless (a) t shareholders collude with someone holding
/// > individual ciphertexts, or (b) the key dealer kept the primes and sees individual ciphertexts. Dealer deletion
/// > cannot be verified. Recorded ciphertexts fall to a future quantum computer.
///
/// Source: threshold-paillier section 5
public enum DealerCeremony {
    /// Deals a key to shareholders 1 ... `shareholders`, any `threshold` of whom can open.
    ///
    /// `handOut` gets each share once, in order, and seals it for its holder; a share is kept nowhere else, and the primes
    /// are wiped before the key is returned. Throws `invalidThreshold`.
    /// - Complexity: 10 s on average at 3,072 bits, varying with luck, most of it for two safe primes.
    public static func deal(
        _ parameters: PaillierParameters, threshold: Int, shareholders: Int, from source: inout any RandomSource,
        handOut: (consuming KeyShare) -> Void
    ) throws(PaillierFailure) -> ThresholdPublicKey {
        guard ThresholdPublicKey.isAllowed(threshold: threshold, shareholders: shareholders) else {
            throw .invalidThreshold(threshold: threshold, shareholders: shareholders)
        }
        let search = SafePrimeSearch(bits: parameters.modulusBits / 2)
        let first = search.next(from: &source)
        let second = search.next(from: &source)
        let n = first.prime.multiplied(by: second.prime)
        let key = try PublicKey(modulus: n.published(), parameters: parameters)
        let order = first.half.multiplied(by: second.half)
        guard let inverse = order.inverse(modulo: n),
            let proof = BlumModulusProof.prove(modulus: key.modulus, order: order, context: key.ring),
            let size = FactorSizeProof.prove(
                modulus: key.modulus, p: first.prime, q: second.prime, from: &source),
            let rootConstant = SecretLimbs(public: key.modulus).inverse(modulo: order)
        else { throw .invalidSecretKey }
        let delta = LagrangeWeights(shareholders: shareholders).delta
        let decryption = dealing(
            order.multiplied(by: inverse), modulus: n.multiplied(by: order),
            group: OpeningGroup(key, mode: .partialDecryption), delta: delta, threshold: threshold, from: &source)
        let root = dealing(
            rootConstant, modulus: order.copy(), group: OpeningGroup(key, mode: .jointRoot), delta: delta,
            threshold: threshold, from: &source)
        let result = ThresholdPublicKey(
            publicKey: key, threshold: threshold, shareholders: shareholders,
            decryption: values(decryption, OpeningGroup(key, mode: .partialDecryption), shareholders),
            root: values(root, OpeningGroup(key, mode: .jointRoot), shareholders),
            modulusProof: proof, factorProof: size)
        for holder in 1...shareholders {
            handOut(
                KeyShare(
                    holder: holder, keyID: result.id, decryption: decryption.value(at: holder),
                    root: root.value(at: holder)))
        }
        return result
    }

    /// A polynomial with the constant Delta times the given one.
    private static func dealing(
        _ constant: borrowing SecretLimbs, modulus: consuming SecretLimbs, group: OpeningGroup, delta: PublicInteger,
        threshold: Int, from source: inout any RandomSource
    ) -> SecretPolynomial {
        let factor = SecretLimbs(public: delta.limbs((delta.bitCount + 63) / 64))
        let scaled = constant.multiplied(by: factor).remainder(modulo: modulus)
        return SecretPolynomial(
            constant: scaled, threshold: threshold, modulus: modulus, bits: group.exponentBits, from: &source)
    }

    private static func values(
        _ polynomial: borrowing SecretPolynomial, _ group: OpeningGroup, _ shareholders: Int
    ) -> [UInt64] {
        var values: [UInt64] = []
        for holder in 1...shareholders {
            values += group.context.powers(
                group.base, secret: polynomial.value(at: holder), bits: group.exponentBits)
        }
        return values
    }
}
