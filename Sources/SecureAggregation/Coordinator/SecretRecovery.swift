internal import CryptoPrimitives
internal import RoundProtocol

/// Interpolation with the last set of holders, and its weights, kept as long as it serves: in a complete graph for every dealer,
/// in a regular one for many neighbours on the ring in a row.
struct SecretRecovery: ~Copyable {
    private var seats: [Int] = []
    private var weights: Shamir.Weights?
    private var slab: SecretSlab
    private var scratch = SecretSlab(slotCount: 2, slotBytes: Shamir.shareBytes)

    init(threshold: Int) {
        slab = SecretSlab(slotCount: threshold, slotBytes: Shamir.shareBytes)
    }

    /// The secret of a dealer from as many shares as the threshold says, none of them known to be wrong; nil when there are too
    /// few, or they make none. It may still be the wrong one: compare its public element.
    ///
    /// - Complexity: one scalar multiplication a share; with another set than last time, its weights.
    mutating func secret(of dealer: Int, in round: CoordinatorRound, _ session: Session) -> SecretScalar? {
        let dealer = (seat: dealer, id: session.ids[dealer])
        if weights == nil || !take(dealer, round) {
            // The farthest ahead: for the dealers that follow they stay neighbours longest.
            let holders = session.holdersAlongRing(of: dealer.seat).filter {
                round.share(of: dealer, heldBy: $0) != nil
            }
            seats = Array(holders.suffix(slab.slotCount))
            weights = nil
            guard seats.count == slab.slotCount, take(dealer, round) else { return nil }
            weights = try? Shamir.Weights(holders: seats.map { session.ids[$0].rawValue })
        }
        guard let weights else { return nil }
        return try? Shamir.combine(slab, weights: weights, scratch: &scratch)
    }

    /// Takes the shares of the kept holders; false when one of them has none.
    private mutating func take(_ dealer: (seat: Int, id: PeerID), _ round: CoordinatorRound) -> Bool {
        for (slot, holder) in seats.enumerated() {
            guard let share = round.share(of: dealer, heldBy: holder) else { return false }
            unsafe share.withUnsafeBytes { source in
                unsafe slab.withMutableSlot(slot) { unsafe $0.copyMemory(from: source) }
            }
        }
        return true
    }
}

extension SecretSlab {
    /// Copies a secret scalar into a slot of 32 bytes.
    mutating func keep(_ secret: borrowing SecretScalar, in slot: Int) {
        unsafe secret.withUnsafeBytes { source in
            unsafe withMutableSlot(slot) { unsafe $0.copyMemory(from: source) }
        }
    }
}
