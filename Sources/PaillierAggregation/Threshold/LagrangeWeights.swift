/// Integer weights that interpolate a polynomial, times Delta = N!, from its values at some holders.
///
/// weight_i(x) = Delta product over j != i of (x - j) / (i - j), always a whole number.
///
/// Source: threshold-paillier section 2
struct LagrangeWeights {
    /// N!.
    let delta: PublicInteger

    init(shareholders: Int) {
        delta = PublicInteger.product((1...UInt32(shareholders)).map { $0 }[...])
    }

    /// The weights of `holders` (different, 1 ... N) at the place `x`, in their order.
    func weights(_ holders: [Int], at x: Int = 0) -> [PublicInteger] {
        holders.map { i in
            var numerator = delta
            var denominator = PublicInteger(1)
            for j in holders where j != i {
                numerator = numerator * PublicInteger(x - j)
                denominator = denominator * PublicInteger(i - j)
            }
            return numerator / denominator
        }
    }
}

extension OpeningGroup {
    /// The products over i of vectors[i]_k^(factor weights[i]), for every k; nil when a number has no inverse.
    ///
    /// - Complexity: two squares a bit of the weights, a product in five bits of each, and one shared inversion.
    func interpolate(_ vectors: [[UInt64]], weights: [PublicInteger], factor: Int) -> [UInt64]? {
        let scaled = weights.map { $0 * PublicInteger(factor) }
        let above = product(vectors, scaled.map { $0.sign > 0 ? $0 : PublicInteger(0) })
        let below = product(vectors, scaled.map { $0.sign < 0 ? -$0 : PublicInteger(0) })
        guard let above, let below, let inverses = inverses(below) else { return nil }
        return context.products(above, inverses)
    }

    /// The product of the vectors whose weight is not 0; nil for no vectors at all.
    private func product(_ vectors: [[UInt64]], _ weights: [PublicInteger]) -> [UInt64]? {
        guard let first = vectors.first else { return nil }
        let used = vectors.indices.filter { !weights[$0].isZero }
        guard !used.isEmpty else { return context.powers(first, PublicInteger(0)) }
        return context.products(of: used.map { vectors[$0] }, exponents: used.map { weights[$0] })
    }

    /// The inverses of all numbers by one inversion; nil when one has none.
    func inverses(_ numbers: [UInt64]) -> [UInt64]? { context.inverses(numbers, modulo: modulus) }
}
