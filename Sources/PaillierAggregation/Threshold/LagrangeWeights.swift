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
    /// - Complexity: about 1.2 products a bit of the weights, and three more for one shared inversion.
    func interpolate(_ vectors: [[UInt64]], weights: [PublicInteger], factor: Int) -> [UInt64]? {
        guard let count = vectors.first?.count else { return nil }
        let one = [1] + [UInt64](repeating: 0, count: limbs - 1)
        let ones = [[UInt64]](repeating: one, count: count / limbs).flatMap { $0 }
        var (above, below) = (ones, ones)
        for (vector, weight) in zip(vectors, weights) {
            let scaled = weight * PublicInteger(factor)
            if scaled.sign < 0 {
                below = context.products(below, context.powers(vector, -scaled))
            } else {
                above = context.products(above, context.powers(vector, scaled))
            }
        }
        guard let inverses = inverses(below) else { return nil }
        return context.products(above, inverses)
    }

    /// The inverses of all numbers by one inversion; nil when one has none.
    func inverses(_ numbers: [UInt64]) -> [UInt64]? {
        let values = stride(from: 0, to: numbers.count, by: limbs).map {
            PublicInteger(limbs: numbers[$0..<$0 + limbs])
        }
        var running = PublicInteger(1)
        var before: [PublicInteger] = []
        for value in values {
            before.append(running)
            running = running * value % modulus
        }
        guard var inverse = running.inverse(modulo: modulus) else { return nil }
        var results = [[UInt64]](repeating: [], count: values.count)
        for place in values.indices.reversed() {
            results[place] = (inverse * before[place] % modulus).limbs(limbs)
            inverse = inverse * values[place] % modulus
        }
        return results.flatMap { $0 }
    }
}
