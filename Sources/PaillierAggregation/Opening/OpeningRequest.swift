public import CryptoPrimitives

/// What a shareholder is asked to open: the product of the contributions of one round, multiplied here and nowhere else.
///
/// A request is made from the signed contributions themselves, never from an aggregate that somebody sent, so that a server cannot
/// have a single contribution opened. Signatures, and proofs of plaintext knowledge, are checked before.
///
/// Source: threshold-paillier section 6
public struct OpeningRequest: Sendable {
    /// How to open.
    public let mode: OpeningMode
    /// The digest of the session.
    public let session: Digest
    /// The round within the session.
    public let round: UInt64
    /// Who contributed, ascending.
    public let contributors: [UInt32]
    /// The digest of each contribution's ciphertexts, in the contributors' order.
    public let contributions: [Digest]
    /// The product of all contributions.
    public let aggregate: CiphertextVector
    /// The digest of the set: contributors and contributions.
    public let set: Digest
    /// What shares and their proofs are bound to: key, mode, session, round, set.
    public let statement: Digest

    /// Multiplies the contributions of a round.
    ///
    /// Throws `emptySum`, `wrongContributorCount` for two of one sender or two of equal ciphertexts, `keyMismatch`, `codecMismatch`,
    /// `dimensionMismatch`, and `invalidCiphertext` when the aggregate is not prime to n.
    /// - Complexity: one product a ciphertext.
    public init(
        mode: OpeningMode, session: Digest, round: UInt64,
        contributions: [(sender: UInt32, ciphertexts: CiphertextVector)], key: ThresholdPublicKey
    ) throws(PaillierFailure) {
        guard let first = contributions.first else { throw .emptySum }
        var fold = ContributionFold(
            key: key.publicKey, codecID: first.ciphertexts.codecID, count: first.ciphertexts.count)
        for entry in contributions { try fold.add(entry.ciphertexts, from: entry.sender) }
        try self.init(mode: mode, session: session, round: round, fold, key: key)
    }

    /// Takes contributions that were folded in one by one. Throws `emptySum`, `wrongContributorCount`, `invalidCiphertext`.
    public init(
        mode: OpeningMode, session: Digest, round: UInt64, _ fold: consuming ContributionFold, key: ThresholdPublicKey
    ) throws(PaillierFailure) {
        let (folded, aggregate) = try fold.finish()
        var transcript = ProofTranscript("contributions")
        for entry in folded {
            transcript.append(UInt64(entry.sender))
            transcript.append(entry.digest)
        }
        let set = transcript.digest()
        var statement = ProofTranscript("opening")
        statement.append(key.id)
        statement.append(UInt64(mode.rawValue))
        statement.append(session)
        statement.append(round)
        statement.append(set)
        self.mode = mode
        self.session = session
        self.round = round
        contributors = folded.map(\.sender)
        contributions = folded.map(\.digest)
        self.aggregate = aggregate
        self.set = set
        self.statement = statement.digest()
    }
}
