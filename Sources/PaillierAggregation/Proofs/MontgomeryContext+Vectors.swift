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
        products(of: [bases], exponents: [exponent])
    }

    /// The product over all vectors of what stands at one place, each vector to a public power that is not negative.
    ///
    /// - Complexity: one square a bit of the longest power, and about a product in six bits of each.
    func products(of vectors: [[UInt64]], exponents: [PublicInteger]) -> [UInt64] {
        precondition(!vectors.isEmpty && vectors.count == exponents.count, "an exponent for every vector")
        precondition(exponents.allSatisfy { $0.sign >= 0 }, "a negative exponent")
        let stride = vectors[0].count
        precondition(vectors.allSatisfy { $0.count == stride }, "vectors of different lengths")
        let bits = max(exponents.map(\.bitCount).max() ?? 0, 1)
        let powers = exponents.flatMap { $0.limbs((bits + 63) / 64) }
        let bases = vectors.count == 1 ? vectors[0] : vectors.flatMap { $0 }
        var out = [UInt64](repeating: 0, count: stride)
        unsafe withAddresses(&out, bases) { out, bases, _ in
            unsafe powers.withUnsafeBufferPointer { powers in
                guard let powers = powers.baseAddress else { return }
                unsafe multiply(
                    out, powersOf: bases, stride: stride, exponent: powers, exponentBits: bits,
                    terms: vectors.count, count: stride / limbs)
            }
        }
        return out
    }

    /// Each number to a public power of its own.
    func powers(_ bases: [UInt64], exponents: [UInt64], bits: Int) -> [UInt64] {
        precondition(exponents.count == bases.count / limbs * ((bits + 63) / 64), "exponents of another length")
        var out = [UInt64](repeating: 0, count: bases.count)
        unsafe withAddresses(&out, bases) { out, bases, count in
            unsafe exponents.withUnsafeBufferPointer { exponents in
                guard let exponents = exponents.baseAddress else { return }
                unsafe power(
                    out, bases, exponent: exponents, exponentBits: bits, sharedExponent: false, count: count)
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

    /// The product of all numbers, each to its public weight of 128 bits.
    ///
    /// - Complexity: some 20 products a number for a thousand of them, 160 for a few; eight at once with AVX512-IFMA.
    func product(of numbers: [UInt64], weights: [UInt64]) -> [UInt64] {
        let count = numbers.count / limbs
        precondition(weights.count == 2 * count, "a weight for every number")
        guard weighsFaster(exponentBits: 128, count: count) else {
            return product(of: powers(numbers, exponents: weights, bits: 128))
        }
        var out = [UInt64](repeating: 0, count: limbs)
        unsafe withAddresses(&out, numbers) { out, numbers, count in
            unsafe weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                unsafe weigh(out, numbers, exponent: weights, exponentBits: 128, count: count)
            }
        }
        return out
    }

    /// The products of 128 public subsets: of the numbers whose weight (of 128 bits) has bit k, for every k.
    ///
    /// - Complexity: some 20 products a number for a thousand of them; eight at once with AVX512-IFMA.
    func subsetProducts(of numbers: [UInt64], weights: [UInt64]) -> [UInt64] {
        precondition(weights.count == 2 * (numbers.count / limbs), "a weight for every number")
        var out = [UInt64](repeating: 0, count: 128 * limbs)
        unsafe withAddresses(&out, numbers) { out, numbers, count in
            unsafe weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                unsafe subsets(out, numbers, exponent: weights, exponentBits: 128, count: count)
            }
        }
        return out
    }

    /// The inverses of all numbers by one inversion modulo `modulus`, which is this context's; nil when one has none.
    ///
    /// - Complexity: three products a number, eight at once with AVX512-IFMA, and one inversion.
    func inverses(_ numbers: [UInt64], modulo modulus: PublicInteger) -> [UInt64]? {
        guard numbers.count > limbs else {
            if numbers.isEmpty { return [] }
            return PublicInteger(limbs: numbers).inverse(modulo: modulus).map { $0.limbs(limbs) }
        }
        // Two halves and their product: its inverse times the one is the inverse of the other.
        let count = numbers.count / limbs
        let half = (count + 1) / 2 * limbs
        let one = [1] + [UInt64](repeating: 0, count: limbs - 1)
        let (left, right) = (Array(numbers[..<half]), numbers[half...] + (count % 2 == 1 ? one : []))
        guard let inverses = inverses(products(left, Array(right)), modulo: modulus) else { return nil }
        return products(inverses, Array(right)) + products(inverses, left).prefix(numbers.count - half)
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
