internal import CryptoPrimitives

/// Whole vectors of public numbers: `limbs` limbs each, one after another.
extension MontgomeryContext {
    /// The square of each number.
    func squares(_ numbers: [UInt64]) -> [UInt64] {
        var out = [UInt64](repeating: 0, count: numbers.count)
        unsafe withAddresses(&out, numbers) { out, numbers, count in
            unsafe square(out, numbers, count: count)
        }
        return out
    }

    /// The product of each number with the one at its place.
    func products(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        precondition(left.count == right.count, "vectors of different lengths")
        var out = [UInt64](repeating: 0, count: left.count)
        unsafe withAddresses(&out, left) { out, left, count in
            unsafe right.withUnsafeBufferPointer { right in
                guard let right = right.baseAddress else { return }
                unsafe multiply(out, left, right, count: count)
            }
        }
        return out
    }

    /// Each number to one secret power of `bits` bits; time depends on the counts alone.
    func powers(_ bases: [UInt64], secret exponent: borrowing SecretLimbs, bits: Int) -> [UInt64] {
        precondition((bits + 63) / 64 == exponent.count, "an exponent of another length")
        var out = [UInt64](repeating: 0, count: bases.count)
        unsafe exponent.withLimbs { exponent in
            unsafe withAddresses(&out, bases) { out, bases, count in
                unsafe power(
                    out, bases, exponent: exponent, exponentBits: bits, sharedExponent: true, count: count)
            }
        }
        return out
    }

    /// Each number to one public power, which is not negative.
    func powers(_ bases: [UInt64], _ exponent: PublicInteger) -> [UInt64] {
        precondition(exponent.sign >= 0, "a negative exponent")
        let bits = max(exponent.bitCount, 1)
        return powers(bases, exponents: exponent.limbs((bits + 63) / 64), bits: bits, shared: true)
    }

    /// Each number to a public power of its own.
    func powers(_ bases: [UInt64], exponents: [UInt64], bits: Int, shared: Bool = false) -> [UInt64] {
        let each = (bits + 63) / 64
        precondition(exponents.count == (shared ? 1 : bases.count / limbs) * each, "exponents of another length")
        var out = [UInt64](repeating: 0, count: bases.count)
        unsafe withAddresses(&out, bases) { out, bases, count in
            unsafe exponents.withUnsafeBufferPointer { exponents in
                guard let exponents = exponents.baseAddress else { return }
                unsafe power(
                    out, bases, exponent: exponents, exponentBits: bits, sharedExponent: shared, count: count)
            }
        }
        return out
    }

    /// The product of all numbers, by halves; 1 for none.
    func product(of numbers: [UInt64]) -> [UInt64] {
        var rest = numbers
        guard !rest.isEmpty else { return [1] + [UInt64](repeating: 0, count: limbs - 1) }
        while rest.count > limbs {
            let half = rest.count / limbs / 2 * limbs
            let odd = rest.count - 2 * half
            rest = products(Array(rest[..<half]), Array(rest[half..<2 * half])) + rest.suffix(odd)
        }
        return rest
    }

    /// The product of all numbers, each to its weight of 128 bits.
    ///
    /// - Complexity: 160 products a number, eight at once with AVX512-IFMA.
    func product(of numbers: [UInt64], weights: [UInt64]) -> [UInt64] {
        product(of: powers(numbers, exponents: weights, bits: 128))
    }

    private func withAddresses(
        _ out: inout [UInt64], _ numbers: [UInt64],
        _ body: (UnsafeMutablePointer<UInt64>, UnsafePointer<UInt64>, Int) -> Void
    ) {
        precondition(numbers.count % limbs == 0, "a number cut short")
        let count = numbers.count / limbs
        unsafe out.withUnsafeMutableBufferPointer { out in
            unsafe numbers.withUnsafeBufferPointer { numbers in
                guard let out = out.baseAddress, let numbers = numbers.baseAddress else { return }
                unsafe body(out, numbers, count)
            }
        }
    }
}
