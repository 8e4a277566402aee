/// Why a set of share holders cannot recover a secret.
public enum ShamirFailure: Error, Sendable, Equatable {
    /// There is no holder at all.
    case noHolders
    /// The same holder is listed twice.
    case duplicateHolder(UInt32)
}
