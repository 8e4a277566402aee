internal import CGMP
internal import CryptoPrimitives
internal import WireFormat

/// A proof that n is a product of two different primes, both 3 mod 4, with gcd(n, phi(n)) = 1.
///
/// The prover answers 128 hashed challenges y with an n-th root of y and a fourth root of one of y, -y, wy, -wy, where w has Jacobi
/// symbol -1. Any other modulus lacks one of them for at least half of all y.
///
/// Soundness error: 2^-128 a hash evaluation, in the random-oracle model.
///
/// Source: paillier-proofs section 3
struct BlumModulusProof: Sendable, Equatable {
    static let rounds = 128

    /// A number with Jacobi symbol -1.
    let nonResidue: [UInt64]
    /// For each challenge: bit 0 whether it is negated, bit 1 whether it is multiplied by w.
    let signs: [UInt8]
    /// Fourth roots, one after another.
    let fourthRoots: [UInt64]
    /// n-th roots, one after another.
    let roots: [UInt64]

    /// Proves for n = (2 p' + 1)(2 q' + 1) and `order` = p' q'.
    static func prove(
        modulus: [UInt64], order: borrowing SecretLimbs, context: MontgomeryContext
    ) -> BlumModulusProof? {
        let limbs = modulus.count
        let number = PublicInteger(limbs: modulus)
        let nonResidue = nonResidue(number)
        let challenges = challenges(number, nonResidue, limbs: limbs)
        guard let quarter = SecretLimbs(public: [4]).inverse(modulo: order),
            var root = SecretLimbs(public: modulus).inverse(modulo: order)
        else { return nil }
        // The inverse of n modulo twice the order is the odd one of e and e + order.
        let isEven = unsafe root.withLimbs { unsafe 1 &- ($0[0] & 1) }
        root.addIf(isEven, order)
        let signs = signs(
            challenges + nonResidue.limbs(limbs), order: order, modulus: modulus, context: context)
        var residues: [UInt64] = []
        for round in 0..<rounds {
            let y = PublicInteger(limbs: challenges[round * limbs..<(round + 1) * limbs])
            residues += signed(y, signs[round], nonResidue, number).limbs(limbs)
        }
        let bits = 64 * limbs
        return BlumModulusProof(
            nonResidue: nonResidue.limbs(limbs), signs: signs,
            fourthRoots: context.powers(residues, secret: quarter, bits: bits),
            roots: context.powers(challenges, secret: root, bits: bits))
    }

    /// Whether the proof holds for an odd composite n.
    ///
    /// - Complexity: 128 exponentiations modulo n.
    func verify(modulus: [UInt64], context: MontgomeryContext) -> Bool {
        let limbs = modulus.count
        let number = PublicInteger(limbs: modulus)
        let nonResidue = PublicInteger(limbs: self.nonResidue)
        guard number.isOdd, !number.isProbablePrime,
            self.nonResidue.count == limbs, nonResidue == Self.nonResidue(number),
            signs.count == Self.rounds, signs.allSatisfy({ $0 < 4 }),
            fourthRoots.count == Self.rounds * limbs, roots.count == Self.rounds * limbs
        else { return false }
        let challenges = Self.challenges(number, nonResidue, limbs: limbs)
        guard context.powers(roots, number) == challenges else { return false }
        let fourthPowers = context.squares(context.squares(fourthRoots))
        for round in 0..<Self.rounds {
            let range = round * limbs..<(round + 1) * limbs
            let y = PublicInteger(limbs: challenges[range])
            guard Self.signed(y, signs[round], nonResidue, number).limbs(limbs) == Array(fourthPowers[range]) else {
                return false
            }
        }
        return true
    }

    /// The first number of a hashed sequence with Jacobi symbol -1; a square has none, hence the end of the search.
    private static func nonResidue(_ modulus: PublicInteger) -> PublicInteger {
        var transcript = ProofTranscript("modulus w")
        transcript.append(modulus.limbs((modulus.bitCount + 63) / 64))
        let seed = transcript.digest()
        var stream: UInt64 = 0
        while stream < 256 {
            let candidate = seed.residue(stream: stream, below: modulus)
            if candidate.jacobi(modulus) == -1 { return candidate }
            stream += 1
        }
        return PublicInteger(0)
    }

    private static func challenges(_ modulus: PublicInteger, _ nonResidue: PublicInteger, limbs: Int) -> [UInt64] {
        var transcript = ProofTranscript("modulus y")
        transcript.append(modulus.limbs(limbs))
        transcript.append(nonResidue.limbs(limbs))
        let seed = transcript.digest()
        return (0..<rounds).flatMap { seed.residue(stream: UInt64($0), below: modulus).limbs(limbs) }
    }

    private static func signed(
        _ y: PublicInteger, _ sign: UInt8, _ nonResidue: PublicInteger, _ modulus: PublicInteger
    ) -> PublicInteger {
        let product = sign & 2 != 0 ? y * nonResidue : y
        return (sign & 1 != 0 ? -product : product) % modulus
    }

    /// Which of y, -y, wy, -wy is a square: y^order is then 1, -1, w^order, -w^order. The powers are square roots of 1 that
    /// would betray the factors, so they stay in guarded memory.
    private static func signs(
        _ numbers: [UInt64], order: borrowing SecretLimbs, modulus: [UInt64], context: MontgomeryContext
    ) -> [UInt8] {
        let limbs = context.limbs
        var powers = SecretLimbs(zeroed: numbers.count)
        unsafe powers.withMutableLimbs { powers in
            unsafe order.withLimbs { order in
                unsafe numbers.withUnsafeBufferPointer { numbers in
                    guard let base = numbers.baseAddress else { return }
                    unsafe context.power(
                        powers, base, exponent: order, exponentBits: 64 * limbs, sharedExponent: true,
                        count: numbers.count / limbs)
                }
            }
        }
        let whole = SecretLimbs(public: modulus)
        func number(_ place: Int) -> SecretLimbs {
            unsafe powers.withLimbs { unsafe SecretLimbs(copying: .init(start: $0 + place * limbs, count: limbs)) }
        }
        let minusOne = whole.minusOne()
        let nonResidue = number(rounds)
        var minusNonResidue = whole.copy()
        minusNonResidue.subtract(nonResidue)
        return (0..<rounds).map { round in
            let power = number(round)
            let flags =
                power.equals(minusOne) | power.equals(nonResidue) &* 2 | power.equals(minusNonResidue) &* 3
            return UInt8(truncatingIfNeeded: secagg_published(flags))
        }
    }
}

extension BlumModulusProof {
    func write(to writer: inout ByteWriter) {
        writer.limbs(nonResidue)
        writer.raw(signs)
        writer.limbs(fourthRoots)
        writer.limbs(roots)
    }

    init(reading reader: inout ByteReader, limbs: Int) throws(DecodingFailure) {
        nonResidue = try reader.littleEndianLimbs(limbs)
        signs = Array(try reader.raw(Self.rounds))
        fourthRoots = try reader.littleEndianLimbs(Self.rounds * limbs)
        roots = try reader.littleEndianLimbs(Self.rounds * limbs)
    }
}
