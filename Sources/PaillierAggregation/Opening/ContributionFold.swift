public import CryptoPrimitives

/// The contributions of one round multiplied together as they come, in the memory of one vector.
///
/// Source: threshold-paillier section 6
public struct ContributionFold: Sendable {
    private var digests: [(sender: UInt32, digest: Digest)] = []
    private var sum: CiphertextSum

    /// Nothing folded yet: contributions of `count` ciphertexts under one key and packing.
    public init(key: PublicKey, codecID: Digest, count: Int) {
        sum = CiphertextSum(key: key, codecID: codecID, count: count)
    }

    /// Folds one contribution in. Throws `keyMismatch`, `codecMismatch`, `dimensionMismatch`; nothing has changed then.
    ///
    /// - Complexity: one product a ciphertext.
    public mutating func add(_ ciphertexts: CiphertextVector, from sender: UInt32) throws(PaillierFailure) {
        try sum.add(ciphertexts)
        digests.append((sender, ciphertexts.contributionDigest))
    }

    /// The digests of what has been folded in.
    var folded: [Digest] { digests.map(\.digest) }

    /// The contributions by ascending sender and their product.
    ///
    /// Throws `emptySum`, `wrongContributorCount` for two of one sender or two of equal ciphertexts, `invalidCiphertext`.
    consuming func finish() throws(PaillierFailure) -> (
        contributions: [(sender: UInt32, digest: Digest)], aggregate: CiphertextVector
    ) {
        let sorted = digests.sorted { $0.sender < $1.sender }
        guard !sorted.isEmpty else { throw .emptySum }
        let distinct = min(Set(sorted.map(\.digest)).count, Set(sorted.map(\.sender)).count)
        guard distinct == sorted.count else {
            throw .wrongContributorCount(expected: sorted.count, found: Int64(distinct))
        }
        return (sorted, try sum.finish())
    }
}

extension CiphertextVector {
    /// What a contribution is remembered by.
    var contributionDigest: Digest {
        var transcript = ProofTranscript("contribution")
        transcript.append(keyID)
        transcript.append(codecID)
        transcript.append(limbs)
        return transcript.digest()
    }
}
