public import CryptoPrimitives

/// The running product of ciphertext vectors, which encrypts the sum of their plaintexts.
///
/// One Montgomery product a ciphertext; the sum of vectors needs the memory of one.
///
/// Source: paillier section 8
public struct CiphertextSum: Sendable {
    /// The key.
    public let key: PublicKey
    /// The digest of the packing.
    public let codecID: Digest
    /// Ciphertexts of each vector.
    public let count: Int
    /// Vectors added so far.
    public private(set) var contributors = 0
    private var limbs: [UInt64] = []

    /// An empty sum of vectors of `count` ciphertexts.
    public init(key: PublicKey, codecID: Digest, count: Int) {
        precondition(count >= 0, "a negative count")
        self.key = key
        self.codecID = codecID
        self.count = count
    }

    /// Adds a vector. Throws `keyMismatch`, `codecMismatch`, `dimensionMismatch`; the sum is then unchanged.
    ///
    /// - Complexity: some 1 us a ciphertext at 3,072 bits with AVX512-IFMA.
    public mutating func add(_ vector: CiphertextVector) throws(PaillierFailure) {
        try vector.check(key: key, codecID: codecID, count: count)
        if contributors == 0 {
            limbs = vector.limbs
        } else {
            unsafe limbs.withUnsafeMutableBufferPointer { sum in
                unsafe vector.limbs.withUnsafeBufferPointer { terms in
                    guard let sum = sum.baseAddress, let terms = terms.baseAddress else { return }
                    unsafe key.ringSquared.accumulate(sum, terms, count: count)
                }
            }
        }
        contributors += 1
    }

    /// The sum, after one greatest common divisor that covers every ciphertext of every vector.
    ///
    /// Throws `emptySum`, and `invalidCiphertext` with the position at which some vector's ciphertext shares a factor with
    /// n; `CiphertextVector.validate` on each vector then tells whose.
    public consuming func finish() throws(PaillierFailure) -> CiphertextVector {
        guard contributors > 0 else { throw .emptySum }
        let folds = contributors - 1
        if folds > 0 {
            unsafe limbs.withUnsafeMutableBufferPointer { sum in
                guard let sum = sum.baseAddress else { return }
                unsafe key.ringSquared.finishAccumulating(sum, folds: folds, count: count)
            }
        }
        let sum = CiphertextVector(trusted: limbs, key: key, codecID: codecID)
        try sum.validate(key: key)
        return sum
    }
}

extension CiphertextVector {
    /// Checks that every ciphertext is prime to n, by one greatest common divisor of n and their product.
    ///
    /// Throws `keyMismatch`, and `invalidCiphertext` with the first position that fails.
    /// - Complexity: one Montgomery product a ciphertext and one greatest common divisor.
    public func validate(key: PublicKey) throws(PaillierFailure) {
        guard keyID == key.id else { throw .keyMismatch }
        guard count > 0 else { return }
        let length = limbsPerCiphertext
        var product = limbs
        unsafe product.withUnsafeMutableBufferPointer { product in
            guard let base = product.baseAddress else { return }
            var left = count
            while left > 1 {
                // Folding the upper half onto the lower one; powers of R are units and stay in.
                let kept = (left + 1) / 2
                unsafe key.ringSquared.accumulate(base, base + kept * length, count: left - kept)
                left = kept
            }
        }
        let one = PublicInteger(1)
        if PublicInteger(limbs: product[..<length]).greatestCommonDivisor(key.n) == one { return }
        for index in 0..<count
        where PublicInteger(limbs: ciphertext(index)).greatestCommonDivisor(key.n) != one {
            throw .invalidCiphertext(index: index)
        }
    }
}
