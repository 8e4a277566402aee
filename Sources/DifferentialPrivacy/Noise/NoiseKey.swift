package import CryptoPrimitives

/// The key of one noise vector: 32 secret bytes, one owner, used once, wiped when the owner goes.
///
/// key = BLAKE2b (32 bytes, personalisation `SecAgg DP noise`), keyed with a 32-byte secret, over the round as 8 and
/// the purpose as 4 little-endian bytes. The secret is drawn anew for every key, so that a repeated round never repeats
/// its noise: equal noise under two releases would cancel in their difference. Whoever learns the key can take the
/// noise away.
/// Source: discrete-gaussian section 4
public struct NoiseKey: ~Copyable, Sendable {
    /// The round the noise is for.
    public let round: UInt64
    /// What the noise is for.
    public let purpose: NoisePurpose
    /// Where the secret came from.
    public let provenance: NoiseProvenance

    private let bytes: SecretBytes

    /// A key from the operating system's generator. There is no way to seed it. Cost: two small guarded allocations.
    /// Source: discrete-gaussian section 4
    public init(round: UInt64, purpose: NoisePurpose) {
        var system: any RandomSource = SystemRandomSource()
        self.init(round: round, purpose: purpose, from: &system)
    }

    /// A key from an injected source: `operatingSystem` noise if that is the production source, else `injectedSource`
    /// noise, for which no guarantee is stated.
    package init(round: UInt64, purpose: NoisePurpose, from source: inout any RandomSource) {
        let provenance: NoiseProvenance = source is SystemRandomSource ? .operatingSystem : .injectedSource
        let secret = SecretBytes(random: Bytes32.byteCount, from: &source)
        self.init(deriving: secret, round: round, purpose: purpose, provenance: provenance)
    }

    /// A key from a secret that is written down, for known answers.
    package init(fixedSecret: Bytes32, round: UInt64, purpose: NoisePurpose) {
        let secret = unsafe fixedSecret.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
        self.init(deriving: secret, round: round, purpose: purpose, provenance: .fixedKey)
    }

    /// The key of one removable component, from a seed that may be revealed later.
    ///
    /// key = BLAKE2b (32 bytes, personalisation `SecAgg DP remove`), keyed with the 32-byte seed, over the session (32
    /// bytes), the round (8), purpose, participant and component (4 each), little-endian.
    /// Source: removable-noise section 3
    init(
        component: UInt32, of participant: UInt32, in round: RemovalRound, seed: UnsafeRawBufferPointer,
        provenance: NoiseProvenance
    ) {
        var hash = unsafe Blake2b(Personalisation("SecAgg DP remove"), key: seed)
        hash.update(round.session)
        hash.update(littleEndian: round.round)
        hash.update(littleEndian: round.purpose.rawValue)
        hash.update(littleEndian: participant)
        hash.update(littleEndian: component)
        var derived = SecretBytes(zeroed: Bytes32.byteCount)
        hash.finalize(into: &derived)
        bytes = derived
        self.round = round.round
        purpose = round.purpose
        self.provenance = provenance
    }

    private init(
        deriving secret: borrowing SecretBytes, round: UInt64, purpose: NoisePurpose, provenance: NoiseProvenance
    ) {
        var hash = unsafe secret.withUnsafeBytes { unsafe Blake2b(Personalisation("SecAgg DP noise"), key: $0) }
        hash.update(littleEndian: round)
        hash.update(littleEndian: purpose.rawValue)
        var derived = SecretBytes(zeroed: Bytes32.byteCount)
        hash.finalize(into: &derived)
        bytes = derived
        self.round = round
        self.purpose = purpose
        self.provenance = provenance
    }

    /// Gives `body` the 32 bytes; the pointer is valid during the call alone.
    package borrowing func withUnsafeBytes<R: ~Copyable>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe bytes.withUnsafeBytes { unsafe body($0) }
    }
}
