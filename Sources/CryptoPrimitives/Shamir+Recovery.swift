internal import CSodium

extension Shamir {
    /// The Lagrange weights at zero of a set of holders: public, and the same for every secret that the set recovers.
    ///
    /// Source: shamir section 2
    public struct Weights: Sendable {
        /// The holders, in the order in which their shares are combined.
        public let holders: [UInt32]

        /// The weight of each holder, a little-endian scalar.
        let values: [Bytes32]

        /// The weights of `holders`, in their order.
        ///
        /// - Throws: `noHolders` for an empty list, `duplicateHolder` when one is listed twice.
        /// - Complexity: the square of the number of holders in scalar multiplications, less where the identifiers are
        ///   small, and one inversion.
        public init(holders: [UInt32]) throws(ShamirFailure) {
            guard !holders.isEmpty else { throw .noHolders }
            let sorted = holders.sorted()
            for (left, right) in zip(sorted, sorted.dropFirst()) where left == right {
                throw .duplicateHolder(left)
            }
            Sodium.require()
            self.holders = holders
            values = Self.weights(at: holders.map(Shamir.point(of:)))
        }

        /// weight_k = product of all points / (x_k * product over j other than k of (x_j - x_k)).
        private static func weights(at points: [UInt64]) -> [Bytes32] {
            var everything = PublicProduct()
            for point in points { everything.multiply(by: point, isNegative: false) }
            let numerator = everything.value()
            let denominators = points.map { own in
                var product = PublicProduct()
                product.multiply(by: own, isNegative: false)
                for other in points where other != own {
                    product.multiply(by: other > own ? other - own : own - other, isNegative: other < own)
                }
                return product.value()
            }
            return PublicProduct.inverses(of: denominators).map { PublicProduct.product($0, numerator) }
        }
    }

    /// The secret of which `shares` holds one share a slot, slot k that of `weights.holders[k]`.
    ///
    /// As many slots of 32 bytes as holders; anything else is the caller's error. Whether the holders are as many as
    /// the threshold cannot be seen here: compare the result's public element with the commitment.
    ///
    /// - Throws: `nonCanonicalScalar` when a share is not below the group order, or the secret is zero.
    /// - Complexity: one scalar multiplication a holder and two guarded allocations.
    ///
    /// Source: shamir section 2
    public static func combine(
        _ shares: borrowing SecretSlab, weights: Weights
    ) throws(CryptoFailure) -> SecretScalar {
        var scratch = SecretSlab(slotCount: 2, slotBytes: shareBytes)
        return try combine(shares, weights: weights, scratch: &scratch)
    }

    /// The same with two slots of 32 bytes to work in, which are left as they are: for many secrets in a row.
    package static func combine(
        _ shares: borrowing SecretSlab, weights: Weights, scratch: inout SecretSlab
    ) throws(CryptoFailure) -> SecretScalar {
        precondition(shares.slotBytes == shareBytes, "a share has 32 bytes")
        precondition(shares.slotCount == weights.holders.count, "one share for each holder")
        precondition(scratch.slotBytes == shareBytes && scratch.slotCount == 2, "two slots to work in")
        scratch.wipeAll()
        var areCanonical = true
        unsafe shares.withAllBytes { shares in
            unsafe scratch.withAllMutableBytes { scratch in
                let sum = unsafe scratch.bytePointer
                let term = unsafe sum + shareBytes
                for (position, weight) in weights.values.enumerated() {
                    let start = position * shareBytes
                    let share = unsafe UnsafeRawBufferPointer(rebasing: shares[start..<start + shareBytes])
                    guard unsafe isCanonical(share) else {
                        areCanonical = false
                        return
                    }
                    unsafe weight.withBytePointer { weight in
                        unsafe crypto_core_ristretto255_scalar_mul(term, share.bytePointer, weight)
                    }
                    unsafe crypto_core_ristretto255_scalar_add(sum, sum, term)
                }
            }
        }
        guard areCanonical else { throw .nonCanonicalScalar }
        return try unsafe scratch.withSlot(0) { (sum) throws(CryptoFailure) in
            try unsafe SecretScalar(canonical: sum)
        }
    }
}
