internal import CryptoPrimitives

/// A group of prime order Q = (P - 1) / 2 in which numbers are committed to as g^x h^r, for proofs about their size.
///
/// P is a safe prime of RFC 3526, g = 4, and h a hashed square: nobody knows the logarithm of h.
///
/// Source: paillier-proofs section 4
struct ProofGroup {
    /// P.
    let prime: PublicInteger
    /// Q.
    let order: PublicInteger
    let limbs: Int
    let context: MontgomeryContext
    /// g, little-endian limbs.
    let first: [UInt64]
    /// h, little-endian limbs.
    let second: [UInt64]

    /// The smallest of the groups in which products of two proved numbers of an n of so many bits cannot wrap; nil when none is.
    init?(modulusBits: Int) {
        guard let entry = Self.primes.first(where: { $0.bits >= modulusBits + 520 }),
            let prime = PublicInteger(hex: entry.digits)
        else { return nil }
        let count = entry.bits / 64
        guard let context = MontgomeryContext.of(prime.limbs(count)) else { return nil }
        var transcript = ProofTranscript("group h")
        transcript.append(prime.limbs(count))
        let root = transcript.digest().residue(below: prime)
        self.prime = prime
        order = (prime - PublicInteger(1)) / PublicInteger(2)
        limbs = count
        self.context = context
        first = PublicInteger(4).limbs(count)
        second = (root * root % prime).limbs(count)
    }

    /// Secret powers of two public numbers multiplied: left^a right^b, a public number in the end.
    func commit(
        _ left: [UInt64], _ a: borrowing SecretLimbs, _ right: [UInt64], _ b: borrowing SecretLimbs
    ) -> [UInt64] {
        var product = SecretLimbs(public: left).power(a, in: context)
        let other = SecretLimbs(public: right).power(b, in: context)
        unsafe product.withMutableLimbs { product in
            unsafe other.withLimbs { other in unsafe context.multiply(product, product, other, count: 1) }
        }
        return product.published()
    }

    /// left^a right^b base^-e for public numbers; nil when base has no inverse.
    func recompute(
        _ left: [UInt64], _ a: PublicInteger, _ right: [UInt64], _ b: PublicInteger, _ base: PublicInteger,
        _ e: PublicInteger
    ) -> [UInt64]? {
        guard let inverse = base.inverse(modulo: prime) else { return nil }
        let powers = context.powers(left, a) + context.powers(right, b) + context.powers(inverse.limbs(limbs), e)
        return context.product(of: powers)
    }
}
