public import CryptoPrimitives

/// The two primes of a modulus, held by one party that everybody trusts to decrypt nothing but sums.
///
/// > Warning: The holder can read every single ciphertext. Companies that do not trust one another deal a threshold key
/// > instead; this type is for tests, for measurements and for a consortium with a trusted decryptor.
///
/// > Important: wiped with its owner; never copied unasked.
///
/// Source: paillier section 7
public struct SecretKey: ~Copyable, Sendable {
    /// The public half.
    public let publicKey: PublicKey
    let first: PrimeBranch
    let second: PrimeBranch
    /// q^-1 mod p.
    let secondInverse: SecretLimbs

    /// A new key.
    ///
    /// - Complexity: on average some 0.2 s at 2,048 and 0.5 s at 3,072 bits with AVX512-IFMA, varying with luck.
    public static func generate(
        _ parameters: PaillierParameters = .p3072, from source: inout any RandomSource
    ) -> SecretKey {
        while true {
            let p = SecretPrime.generate(bits: parameters.modulusBits / 2, from: &source)
            let q = SecretPrime.generate(bits: parameters.modulusBits / 2, from: &source)
            // A quarter of the pairs share a divisor of p - 1 and q - 1 and is thrown away.
            if let key = try? SecretKey(testedPrimes: p, q, parameters: parameters) { return key }
        }
    }

    /// A key from the bytes that `encoded()` gave: p and q, little-endian, half the modulus' length each.
    ///
    /// Throws `invalidSecretKey` unless both are prime and 3 modulo 4, their product has exactly the preset's length, they
    /// differ by more than 2^(bits / 2 - 100), and p - 1 and q - 1 share no divisor but 2 (with equal lengths this also
    /// makes n prime to (p - 1)(q - 1)).
    public init(
        encoded: borrowing SecretBytes, parameters: PaillierParameters, from source: inout any RandomSource
    ) throws(PaillierFailure) {
        let limbs = parameters.modulusLimbs / 2
        guard encoded.count == 16 * limbs else { throw .invalidSecretKey }
        var p = SecretLimbs(zeroed: limbs)
        var q = SecretLimbs(zeroed: limbs)
        unsafe encoded.withUnsafeBytes { bytes in
            unsafe p.withMutableLimbs { unsafe Self.load($0, bytes, at: 0, count: limbs) }
            unsafe q.withMutableLimbs { unsafe Self.load($0, bytes, at: 8 * limbs, count: limbs) }
        }
        guard SecretPrime.isProbablePrime(p, rounds: SecretPrime.rounds, from: &source),
            SecretPrime.isProbablePrime(q, rounds: SecretPrime.rounds, from: &source)
        else { throw .invalidSecretKey }
        try self.init(testedPrimes: p, q, parameters: parameters)
    }

    /// The caller has tested that both are prime and 3 modulo 4; everything else is checked here.
    init(
        testedPrimes p: borrowing SecretLimbs, _ q: borrowing SecretLimbs, parameters: PaillierParameters,
        path: ArithmeticPath = .automatic
    ) throws(PaillierFailure) {
        let limbs = parameters.modulusLimbs / 2
        guard p.count == limbs, q.count == limbs, Self.areFarApart(p, q) else { throw .invalidSecretKey }
        guard p.halved().inverse(modulo: q.halved()) != nil else { throw .invalidSecretKey }
        guard let inverseOfQ = q.inverse(modulo: p), let inverseOfP = p.inverse(modulo: q) else {
            throw .invalidSecretKey
        }
        let modulus = p.multiplied(by: q).published()
        // Whatever throws comes before the first assignment, as a noncopyable value wants it.
        let key = try PublicKey(modulus: modulus, parameters: parameters, path: path)
        let branchOfP = try PrimeBranch(prime: p, inverseOfOther: inverseOfQ, path: path)
        let branchOfQ = try PrimeBranch(prime: q, inverseOfOther: inverseOfP, path: path)
        publicKey = key
        first = branchOfP
        second = branchOfQ
        secondInverse = inverseOfQ
    }

    /// p and q, little-endian, half the modulus' length each. Store it sealed only.
    public borrowing func encoded() -> SecretBytes {
        let limbs = first.prime.count
        var bytes = SecretBytes(zeroed: 16 * limbs)
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe first.prime.withLimbs { unsafe Self.store($0, bytes, at: 0, count: limbs) }
            unsafe second.prime.withLimbs { unsafe Self.store($0, bytes, at: 8 * limbs, count: limbs) }
        }
        return bytes
    }

    private static func load(
        _ limbs: UnsafeMutablePointer<UInt64>, _ bytes: UnsafeRawBufferPointer, at start: Int, count: Int
    ) {
        for i in 0..<count {
            unsafe limbs[i] = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * i, as: UInt64.self))
        }
    }

    private static func store(
        _ limbs: UnsafePointer<UInt64>, _ bytes: UnsafeMutableRawBufferPointer, at start: Int, count: Int
    ) {
        for i in 0..<count {
            unsafe bytes.storeBytes(of: limbs[i].littleEndian, toByteOffset: start + 8 * i, as: UInt64.self)
        }
    }

    /// Whether |p - q| is at least 2^(bits - 100) for numbers of `bits` bits.
    private static func areFarApart(_ p: borrowing SecretLimbs, _ q: borrowing SecretLimbs) -> Bool {
        let limbs = p.count
        var difference = p.copy()
        let borrow = difference.subtract(q)
        let zero = SecretLimbs(zeroed: limbs)
        var opposite = zero.copy()
        opposite.subtract(difference)
        // |p - q| is the difference, or its opposite where it borrowed.
        let mask = 0 &- borrow
        let top = unsafe difference.withLimbs { difference in
            unsafe opposite.withLimbs { opposite in
                let high = unsafe (difference[limbs - 1] & ~mask) | (opposite[limbs - 1] & mask)
                let next = unsafe (difference[limbs - 2] & ~mask) | (opposite[limbs - 2] & mask)
                return high | next >> 28
            }
        }
        return !disclosed(top.isZeroBit, .refusal)
    }
}
