/// Why a key, a ciphertext, a share, a proof or an opening was refused; payloads are positions and sizes, never values.
public enum PaillierFailure: Error, Equatable, Sendable {
    // MARK: Keys

    /// No preset has this number.
    case unknownParameters(UInt16)
    /// The modulus is even, of another length, prime, a power, 3 modulo 4, or has a factor below 2^16.
    case invalidPublicKey
    /// The primes do not have the properties that a key needs, or are not prime.
    case invalidSecretKey
    /// Something made under one key was used with another.
    case keyMismatch

    // MARK: Encoding

    /// Something packed by one codec was used with another.
    case codecMismatch
    /// A slot of the sum needs this many bits, more than 64 or than the modulus has.
    case overflowPossible(requiredBits: Int)
    /// A value or weight above the codec's bound; which one is not said.
    case valueOutOfRange
    /// Vectors of different lengths.
    case dimensionMismatch
    /// The sum holds another number of contributions than the signed set names.
    case wrongContributorCount(expected: Int, found: Int64)
    /// A plaintext with bits above its top slot, or values in slots that hold none.
    case bitsAboveTopSlot
    /// A slot of the sum holds more than honest contributors can add up to; the position counts coordinates.
    case sumOutOfRange(index: Int)

    // MARK: Ciphertexts

    /// A ciphertext that is zero, not below n^2, or not prime to n; the position counts ciphertexts.
    case invalidCiphertext(index: Int)
    /// Bytes that are no ciphertext vector: truncated, too long, or another version.
    case malformed
    /// A sum of no vectors.
    case emptySum
    /// More precomputed randomness was asked for than is left.
    case poolExhausted

    // MARK: Opening

    /// The share of this shareholder (index from 1) is not on its polynomial.
    case invalidShare(holder: Int)
    /// The proof of this shareholder or sender does not hold.
    case invalidProof(holder: Int)
    /// Fewer shares than the threshold.
    case tooFewShares(needed: Int, got: Int)
    /// Two shares of one shareholder.
    case duplicateShare(holder: Int)
    /// Threshold and shareholders that do not fit together.
    case invalidThreshold(threshold: Int, shareholders: Int)
    /// The proofs about a threshold key do not hold.
    case invalidKeyProof
    /// The opened plaintexts do not belong to the ciphertexts.
    case openingRejected
    /// This round was opened before, or a set that overlaps an opened one.
    case setAlreadyOpened
    /// Fewer contributors than the policy allows.
    case cohortTooSmall(minimum: Int, found: Int)
}
