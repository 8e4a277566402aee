internal import CryptoPrimitives

/// A random polynomial over the integers modulo a secret number, with a given constant: Shamir's scheme as Shoup uses it.
///
/// Source: threshold-paillier section 2
struct SecretPolynomial: ~Copyable {
    private let modulus: SecretLimbs
    /// Coefficients, constant first, each in the modulus' length.
    private var coefficients: SecretLimbs
    private let count: Int

    /// `threshold` coefficients below the modulus (of `bits` bits), the first one given.
    init(
        constant: borrowing SecretLimbs, threshold: Int, modulus: consuming SecretLimbs, bits: Int,
        from source: inout any RandomSource
    ) {
        let limbs = modulus.count
        precondition(constant.count == limbs, "a constant has the length of its modulus")
        var all = SecretLimbs(zeroed: threshold * limbs)
        for place in 0..<threshold {
            let value =
                place == 0
                ? constant.copy() : SecretLimbs.random(below: modulus, bits: bits, from: &source).resized(limbs)
            unsafe all.withMutableLimbs { all in
                unsafe value.withLimbs { unsafe (all + place * limbs).update(from: $0, count: limbs) }
            }
        }
        self.modulus = modulus
        coefficients = all
        count = threshold
    }

    /// The value at a small public place, by Horner's rule.
    borrowing func value(at place: Int) -> SecretLimbs {
        let limbs = modulus.count
        let factor = SecretLimbs(public: [UInt64(place)])
        var value = SecretLimbs(zeroed: limbs)
        for index in stride(from: count - 1, through: 0, by: -1) {
            let coefficient = unsafe coefficients.withLimbs {
                unsafe SecretLimbs(copying: .init(start: $0 + index * limbs, count: limbs))
            }
            value = value.multiplied(by: factor).remainder(modulo: modulus)
            value.add(coefficient, modulo: modulus)
        }
        return value
    }
}
