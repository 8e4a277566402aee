internal import CryptoPrimitives

/// The squares in which one mode's shares live, with the values against which the shares are verified.
///
/// `partialDecryption`: modulo n^2, base V = ((1 + n) x^n)^2 for a hashed x. `jointRoot`: modulo n, base x^2. The value
/// of holder i is V^(E_i). That V encrypts 2 is known on purpose: the dealer's sharing can then be checked from public data.
///
/// Source: threshold-paillier section 3
struct OpeningGroup: Sendable {
    let mode: OpeningMode
    /// n, little-endian limbs.
    let keyModulus: [UInt64]
    let modulus: PublicInteger
    let context: MontgomeryContext
    let limbs: Int
    /// Bits of a share of the exponent.
    let exponentBits: Int
    /// V, little-endian limbs.
    let base: [UInt64]
    /// V_1 ... V_N, one after another.
    let values: [UInt64]

    /// Without values: for the dealer.
    init(_ key: PublicKey, mode: OpeningMode, values: [UInt64] = []) {
        var transcript = ProofTranscript("share base")
        transcript.append(UInt64(mode.rawValue))
        transcript.append(key.modulus)
        let x = transcript.digest().residue(below: key.n)
        let base: PublicInteger
        switch mode {
        case .partialDecryption:
            modulus = key.nSquared
            context = key.ringSquared
            exponentBits = 2 * key.parameters.modulusBits - 2
            base = (PublicInteger(1) + key.n) * x.power(key.n, modulo: key.nSquared)
        case .jointRoot:
            modulus = key.n
            context = key.ring
            exponentBits = key.parameters.modulusBits - 2
            base = x
        }
        self.mode = mode
        keyModulus = key.modulus
        limbs = context.limbs
        self.base = (base * base % modulus).limbs(limbs)
        self.values = values
    }

    /// The same with values.
    func with(values: [UInt64]) -> OpeningGroup { OpeningGroup(copying: self, values: values) }

    private init(copying group: OpeningGroup, values: [UInt64]) {
        mode = group.mode
        keyModulus = group.keyModulus
        modulus = group.modulus
        context = group.context
        limbs = group.limbs
        exponentBits = group.exponentBits
        base = group.base
        self.values = values
    }

    /// The value of a holder, counted from 1.
    func value(of holder: Int) -> [UInt64] {
        Array(values[(holder - 1) * limbs..<holder * limbs])
    }

    /// Whether all numbers lie in 1 ..< modulus and are prime to n.
    func areUnits(_ numbers: [UInt64]) -> Bool {
        guard numbers.count % limbs == 0 else { return false }
        for start in stride(from: 0, to: numbers.count, by: limbs) {
            guard PublicInteger(limbs: numbers[start..<start + limbs]) < modulus else { return false }
        }
        let product = PublicInteger(limbs: context.product(of: numbers))
        return product.greatestCommonDivisor(PublicInteger(limbs: keyModulus)) == PublicInteger(1)
    }

    /// What the shares of a vector of ciphertexts are made of: the ciphertexts, or their remainders modulo n.
    func bases(of ciphertexts: CiphertextVector) -> [UInt64] {
        guard mode == .jointRoot else { return ciphertexts.limbs }
        var bases: [UInt64] = []
        bases.reserveCapacity(ciphertexts.count * limbs)
        for index in 0..<ciphertexts.count {
            bases += (PublicInteger(limbs: ciphertexts.ciphertext(index)) % modulus).limbs(limbs)
        }
        return bases
    }

    /// The shares that an exponent makes of bases: base^(2 E), all eight lanes busy with one exponent.
    ///
    /// - Complexity: about 1.2 `exponentBits` products a base; time depends on counts alone.
    func shares(of bases: [UInt64], exponent: borrowing SecretLimbs) -> [UInt64] {
        context.powers(context.squares(bases), secret: exponent, bits: exponentBits)
    }
}
