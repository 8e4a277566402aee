package import CryptoPrimitives

/// The 32-byte seeds of pairwise and self masks, bound to session, round, both ids and the signed configuration.
///
/// A server that shows two participants different configurations or models gets masks that do not cancel.
///
/// Source: WIRE section 6
package struct MaskSeed: ~Copyable, Sendable {
    private let bytes: SecretBytes

    /// The seed that two neighbours share; `secret` is either one's scalar, `point` the other's.
    package init(
        pairwise secret: borrowing SecretScalar, with point: GroupElement, between first: PeerID, and second: PeerID,
        context: MaskContext
    ) throws(CryptoFailure) {
        let shared = try secret.sharedSecret(with: point)
        bytes = unsafe shared.withUnsafeBytes { key in
            unsafe Self.derive(
                Personalisation("QSA1 pair mask"), key: key, min(first, second), max(first, second), context)
        }
    }

    /// The seed of a participant's own mask.
    package init(selfMask secret: borrowing SecretScalar, of id: PeerID, context: MaskContext) {
        bytes = unsafe secret.withUnsafeBytes { key in
            unsafe Self.derive(Personalisation("QSA1 self mask"), key: key, id, id, context)
        }
    }

    /// The seed's bytes, for the expansion; never to be kept.
    package borrowing func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try unsafe bytes.withUnsafeBytes(body)
    }

    private static func derive(
        _ personal: Personalisation, key: UnsafeRawBufferPointer, _ low: PeerID, _ high: PeerID, _ context: MaskContext
    ) -> SecretBytes {
        var seed = SecretBytes(zeroed: 32)
        unsafe seed.withUnsafeMutableBytes { unsafe write(personal, key: key, low, high, context, into: $0) }
        return seed
    }

    fileprivate static func write(
        _ personal: Personalisation, key: UnsafeRawBufferPointer, _ low: PeerID, _ high: PeerID, _ context: MaskContext,
        into seed: UnsafeMutableRawBufferPointer
    ) {
        var hash = unsafe Blake2b(personal, key: key)
        hash.update(context.session)
        hash.update(littleEndian: context.round)
        hash.update(littleEndian: low.rawValue)
        hash.update(littleEndian: high.rawValue)
        hash.update(context.configDigest)
        unsafe hash.finalize(into: seed)
    }
}

/// The seeds of one round, made one after another in one guarded region and handed to a schedule: the bytes of `MaskSeed`
/// without two guarded allocations a seed.
///
/// Source: WIRE section 6
package struct MaskSeeds: ~Copyable {
    private let context: MaskContext
    /// Slot 0: what two neighbours share. Slot 1: the seed.
    private var scratch = SecretSlab(slotCount: 2, slotBytes: 32)

    package init(_ context: MaskContext) {
        self.context = context
    }

    /// Appends the mask that two neighbours share; `secret` is either one's scalar, `point` the other's.
    ///
    /// - Throws: `invalidPoint`, which a checked element never gives.
    package mutating func append(
        pairwise secret: borrowing SecretScalar, with point: GroupElement, between first: PeerID, and second: PeerID,
        subtracted: Bool, to masks: inout MaskSchedule
    ) throws(CryptoFailure) {
        let context = context
        try unsafe scratch.withAllMutableBytes { (bytes) throws(CryptoFailure) in
            let shared = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<32])
            try unsafe secret.writeSharedSecret(with: point, into: shared)
            unsafe MaskSeed.write(
                Personalisation("QSA1 pair mask"), key: UnsafeRawBufferPointer(shared), min(first, second),
                max(first, second), context, into: UnsafeMutableRawBufferPointer(rebasing: bytes[32...]))
        }
        appendSeed(subtracted: subtracted, to: &masks)
    }

    /// Appends the mask that two neighbours share, from the 32 bytes that `SecretScalar.writeSharedSecret` made.
    package mutating func append(
        shared: UnsafeRawBufferPointer, between first: PeerID, and second: PeerID, subtracted: Bool,
        to masks: inout MaskSchedule
    ) {
        let context = context
        unsafe scratch.withMutableSlot(1) { seed in
            unsafe MaskSeed.write(
                Personalisation("QSA1 pair mask"), key: shared, min(first, second), max(first, second), context,
                into: seed)
        }
        appendSeed(subtracted: subtracted, to: &masks)
    }

    /// Appends a participant's own mask.
    package mutating func append(
        selfMask secret: borrowing SecretScalar, of id: PeerID, subtracted: Bool, to masks: inout MaskSchedule
    ) {
        let context = context
        unsafe secret.withUnsafeBytes { key in
            unsafe scratch.withMutableSlot(1) { seed in
                unsafe MaskSeed.write(Personalisation("QSA1 self mask"), key: key, id, id, context, into: seed)
            }
        }
        appendSeed(subtracted: subtracted, to: &masks)
    }

    private func appendSeed(subtracted: Bool, to masks: inout MaskSchedule) {
        unsafe scratch.withSlot(1) { unsafe masks.append(seed: $0, subtracted: subtracted) }
    }
}

/// What every mask seed of a round is bound to.
package struct MaskContext: Hashable, Sendable {
    package let session: Digest
    package let round: UInt64
    package let configDigest: Digest

    package init(session: Digest, round: UInt64, configDigest: Digest) {
        self.session = session
        self.round = round
        self.configDigest = configDigest
    }
}
