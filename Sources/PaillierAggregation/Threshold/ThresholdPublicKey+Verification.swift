extension ThresholdPublicKey {
    /// Checks everything that can be checked without a share.
    ///
    /// That n is the product of two primes that are 3 modulo 4, prime to phi(n), neither of them small; that all verification values
    /// lie on one polynomial of the right degree; and that the secret it shares is the one that opens.
    ///
    /// Throws `invalidThreshold`, `invalidKeyProof`, `invalidShare` (the first value off the polynomial).
    ///
    /// It does not show that the primes are safe primes, nor that the dealer forgot them: that rests on the ceremony.
    /// - Complexity: some 0.5 s at 3,072 bits for ten shareholders.
    ///
    /// Source: threshold-paillier section 4
    public func verify() throws(PaillierFailure) {
        guard Self.isAllowed(threshold: threshold, shareholders: shareholders) else {
            throw .invalidThreshold(threshold: threshold, shareholders: shareholders)
        }
        guard modulusProof.verify(modulus: publicKey.modulus, context: publicKey.ring),
            factorProof.verify(modulus: publicKey.modulus)
        else { throw .invalidKeyProof }
        for mode in OpeningMode.allCases { try verifyValues(group(mode)) }
    }

    private func verifyValues(_ group: OpeningGroup) throws(PaillierFailure) {
        guard group.values.count == shareholders * group.limbs, group.areUnits(group.values) else {
            throw .invalidKeyProof
        }
        let lagrange = LagrangeWeights(shareholders: shareholders)
        let basis = Array(1...threshold)
        for place in 0...shareholders where place == 0 || place > threshold {
            let (above, below) = halves(group, lagrange.weights(basis, at: place))
            if place == 0 {
                guard opens(group, above, below, lagrange.delta) else { throw .invalidKeyProof }
            } else {
                let value = group.context.powers(group.value(of: place), lagrange.delta)
                guard group.context.products(value, below) == above else { throw .invalidShare(holder: place) }
            }
        }
    }

    /// The products of V_1 ... V_t to the weights above zero, and to the negated weights below.
    private func halves(_ group: OpeningGroup, _ weights: [PublicInteger]) -> ([UInt64], [UInt64]) {
        let bits = weights.map(\.bitCount).max() ?? 1
        let powers = group.context.powers(
            Array(group.values[..<(threshold * group.limbs)]),
            exponents: weights.flatMap { $0.limbs((bits + 63) / 64) }, bits: bits)
        var (above, below): ([UInt64], [UInt64]) = ([], [])
        for (place, weight) in weights.enumerated() {
            let power = powers[place * group.limbs..<(place + 1) * group.limbs]
            if weight.sign < 0 { below += power } else { above += power }
        }
        return (group.context.product(of: above), group.context.product(of: below))
    }

    /// Whether above / below is V^(Delta^2 d): 2 Delta^2 encrypted without randomness, or an n-th root of V^(Delta^2).
    private func opens(
        _ group: OpeningGroup, _ above: [UInt64], _ below: [UInt64], _ delta: PublicInteger
    ) -> Bool {
        let square = delta * delta
        switch group.mode {
        case .partialDecryption:
            let n = publicKey.n
            let opened = (PublicInteger(1) + square * PublicInteger(2) % n * n).limbs(group.limbs)
            return group.context.products(below, opened) == above
        case .jointRoot:
            let powers = group.context.powers(above + below, publicKey.n)
            let right = group.context.powers(group.base, square)
            return group.context.products(right, Array(powers[group.limbs...])) == Array(powers[..<group.limbs])
        }
    }
}
