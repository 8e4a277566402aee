public import CryptoPrimitives

/// What a machine's data may be used for.
/// Source: release-charges section 4
public enum AssetRole: String, Hashable, Sendable, CaseIterable {
    /// Fitting.
    case training
    /// Everything that judges.
    case validation
}

/// Assigns every machine to training or to validation by a keyed hash of its identifier, for ever.
///
/// As no machine has both roles and no data decide which, the charges of the roles are maximised instead of added.
/// Source: release-charges section 4
public struct AssetSplit: Hashable, Sendable {
    /// The federation's public key of the split, fixed before anybody's data are seen.
    public let key: Bytes32
    /// Machines for validation, in parts of 65,536: 1...65,535.
    public let validationParts: Int

    /// Throws `invalidGate` unless both roles can occur.
    public init(key: Bytes32, validationParts: Int) throws(ReleaseRefusal) {
        guard (1...65_535).contains(validationParts) else { throw .invalidGate }
        self.key = key
        self.validationParts = validationParts
    }

    /// The role of a machine: the first 16 bits, little-endian, of BLAKE2b (personalisation `SecAgg DP split`), keyed,
    /// over the identifier, below `validationParts` or not. About half a microsecond.
    /// Source: release-charges section 4
    public func role(of asset: [UInt8]) -> AssetRole {
        var hash = unsafe key.withUnsafeBytes { unsafe Blake2b(Personalisation("SecAgg DP split"), key: $0) }
        hash.update(asset)
        let digest = hash.finalize().value.bytes
        return Int(digest[0]) | Int(digest[1]) << 8 < validationParts ? .validation : .training
    }

    /// Epsilon for every machine when each role has its own schedule: the larger of the two, at each end.
    ///
    /// nil when the schedules differ in unit or adjacency. Throws nothing; costs both figures.
    /// Source: release-charges section 4
    public static func epsilon(
        training: PrivacySchedule, validation: PrivacySchedule, at delta: Delta,
        limits: AccountingLimits = AccountingLimits()
    ) -> PrivacyInterval? {
        guard training.unit == validation.unit, training.adjacency == .addRemove, validation.adjacency == .addRemove
        else { return nil }
        let (left, right) = (training.epsilon(at: delta, limits: limits), validation.epsilon(at: delta, limits: limits))
        return PrivacyInterval(lower: max(left.lower, right.lower), upper: max(left.upper, right.upper))
    }
}
