internal import CryptoPrimitives
internal import RoundProtocol

/// Interpolation with the last set of holders, and its weights, kept as long as it serves: in a complete graph for every dealer,
/// in a regular one for many neighbours on the ring in a row.
struct SecretRecovery: ~Copyable {
    private var seats: [Int] = []
    /// What was known of the holders when the set was chosen.
    private var failures: [Int: Int] = [:]
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
        if weights == nil || failures != round.failures || !take(dealer, round) {
            choose(dealer, round, session)
            weights = nil
            guard seats.count == slab.slotCount, take(dealer, round) else { return nil }
            weights = try? Shamir.Weights(holders: seats.map { session.ids[$0].rawValue })
        }
        guard let weights else { return nil }
        return try? Shamir.combine(slab, weights: weights, scratch: &scratch)
    }

    /// The holders farthest ahead on the ring: for the dealers that follow they stay neighbours longest. Who fails other dealers comes
    /// last: one liar must not make every dealer's shares be looked into, nor one gap make every set a new one.
    private mutating func choose(_ dealer: (seat: Int, id: PeerID), _ round: CoordinatorRound, _ session: Session) {
        failures = round.failures
        let holders = session.holdersAlongRing(of: dealer.seat).filter { round.share(of: dealer, heldBy: $0) != nil }
        let failing = holders.filter { failures[$0] != nil }.sorted {
            failures[$0, default: 0] > failures[$1, default: 0]
        }
        seats = Array((failing + holders.filter { failures[$0] == nil }).suffix(slab.slotCount))
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
