extension AggregateOpening {
    /// Combines the shares of at least `threshold` shareholders.
    ///
    /// Partial decryption verifies the proof of every share it uses before it uses it. Root opening verifies the result, and
    /// the proofs only when the result is wrong, to name who cheated. Shares beyond the threshold are not looked at, so
    /// after an `invalidProof` the caller leaves that one out and calls again.
    ///
    /// Throws `duplicateShare`, `keyMismatch`, `dimensionMismatch`, `tooFewShares`, `invalidProof` with the cheater's number,
    /// `openingRejected`.
    /// - Complexity: partial decryption: some 40 products a ciphertext and share, and the weights; root: two exponentiations modulo n
    ///   and one modulo n^2 a ciphertext.
    ///
    /// Source: threshold-paillier section 7
    public static func combine(
        _ shares: [PartialOpening], request: OpeningRequest, key: ThresholdPublicKey
    ) throws(PaillierFailure) -> AggregateOpening {
        var seen: Set<Int> = []
        for share in shares {
            try share.check(request: request, key: key)
            guard seen.insert(share.holder).inserted else { throw .duplicateShare(holder: share.holder) }
        }
        guard shares.count >= key.threshold else {
            throw .tooFewShares(needed: key.threshold, got: shares.count)
        }
        let used = Array(shares.prefix(key.threshold))
        let group = key.group(request.mode)
        let bases = group.bases(of: request.aggregate)
        switch request.mode {
        case .partialDecryption:
            for share in used { try share.verify(bases, request: request, key: key) }
            guard let opening = decrypt(used, request: request, key: key) else { throw .openingRejected }
            return opening
        case .jointRoot:
            if let opening = extract(used, bases: bases, request: request, key: key) { return opening }
            for share in used { try share.verify(bases, request: request, key: key) }
            throw .openingRejected
        }
    }

    /// The product of all shares to twice their weights: base^(4 Delta^2 secret).
    private static func interpolated(
        _ shares: [PartialOpening], _ group: OpeningGroup, _ lagrange: LagrangeWeights
    ) -> [UInt64]? {
        group.interpolate(
            shares.map(\.values), weights: lagrange.weights(shares.map(\.holder)), factor: 2)
    }

    /// m = L(c^(4 Delta^2 d)) / (4 Delta^2); nil when a power is not 1 modulo n.
    private static func decrypt(
        _ shares: [PartialOpening], request: OpeningRequest, key: ThresholdPublicKey
    ) -> AggregateOpening? {
        let (group, n) = (key.decryption, key.publicKey.n)
        let lagrange = LagrangeWeights(shareholders: key.shareholders)
        let scale = PublicInteger(4) * lagrange.delta * lagrange.delta
        guard let powers = interpolated(shares, group, lagrange), let inverse = scale.inverse(modulo: n) else {
            return nil
        }
        let limbs = key.publicKey.parameters.modulusLimbs
        let one = PublicInteger(1)
        var plaintexts: [UInt64] = []
        for start in stride(from: 0, to: powers.count, by: group.limbs) {
            let power = PublicInteger(limbs: powers[start..<start + group.limbs])
            guard power % n == one else { return nil }
            plaintexts += ((power - one) / n * inverse % n).limbs(limbs)
        }
        return AggregateOpening(
            mode: .partialDecryption, statement: request.statement, plaintexts: plaintexts, roots: [], limbs: limbs)
    }

    /// r = w^a x^b for w = x^(4 Delta^2 / n) and 4 Delta^2 a + n b = 1; m from c r^-n; nil where r^n is not c modulo n.
    private static func extract(
        _ shares: [PartialOpening], bases: [UInt64], request: OpeningRequest, key: ThresholdPublicKey
    ) -> AggregateOpening? {
        let (group, publicKey) = (key.root, key.publicKey)
        let (n, limbs) = (publicKey.n, group.limbs)
        let lagrange = LagrangeWeights(shareholders: key.shareholders)
        let scale = PublicInteger(4) * lagrange.delta * lagrange.delta
        guard let powers = interpolated(shares, group, lagrange) else { return nil }
        let (a, b) = scale.bezout(n)
        guard let left = power(powers, a, group), let right = power(bases, b, group) else { return nil }
        let roots = group.context.products(left, right)
        var wide: [UInt64] = []
        for start in stride(from: 0, to: roots.count, by: limbs) {
            wide += roots[start..<start + limbs]
            wide += [UInt64](repeating: 0, count: limbs)
        }
        let one = PublicInteger(1)
        guard let inverses = key.decryption.inverses(publicKey.ringSquared.powers(wide, n)) else { return nil }
        let quotients = publicKey.ringSquared.products(request.aggregate.limbs, inverses)
        var plaintexts: [UInt64] = []
        for start in stride(from: 0, to: quotients.count, by: 2 * limbs) {
            let quotient = PublicInteger(limbs: quotients[start..<start + 2 * limbs])
            guard quotient % n == one else { return nil }
            plaintexts += ((quotient - one) / n).limbs(limbs)
        }
        return AggregateOpening(
            mode: .jointRoot, statement: request.statement, plaintexts: plaintexts, roots: roots, limbs: limbs)
    }

    /// Powers to an exponent of either sign.
    private static func power(_ numbers: [UInt64], _ exponent: PublicInteger, _ group: OpeningGroup) -> [UInt64]? {
        guard exponent.sign < 0 else { return group.context.powers(numbers, exponent) }
        return group.inverses(group.context.powers(numbers, -exponent))
    }
}
