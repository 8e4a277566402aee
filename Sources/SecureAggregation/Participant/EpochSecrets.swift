package import CryptoPrimitives

/// Which of a participant's two secrets of a round.
package enum SecretKind: Int, Sendable, CaseIterable {
    /// e, from which the pairwise masks follow.
    case pairwise = 0
    /// β, from which the self mask follows.
    case selfMask = 1
}

/// A participant's secrets of an epoch: its own scalars and the shares of others that it holds.
///
/// Two guarded regions for everything, a third for what is derived ahead; slots are wiped one by one as rounds pass, and all
/// when it goes away.
package struct EpochSecrets: ~Copyable, Sendable {
    /// Slot 0: the key-exchange seed; then e and β of each round.
    private var own: SecretSlab
    /// For each round and holder position the shares of e and β.
    private var shares: SecretSlab
    /// For each round what is shared with each neighbour, by its place; derived ahead, never stored.
    private var links: SecretSlab?
    private var linksPerRound = 0
    /// The keys towards every holder between the deal and the receipt, 64 bytes each; never stored.
    private var transportKeys: SecretSlab?
    /// Rounds that have been wiped already, from the first.
    private var erasedRounds = 0
    /// Rounds of the epoch.
    package let rounds: Int
    /// Dealers whose shares fit in, the participant itself included.
    package let dealers: Int

    /// Makes room; everything is zero.
    package init(rounds: Int, dealers: Int) {
        self.rounds = rounds
        self.dealers = dealers
        own = SecretSlab(slotCount: Self.ownSlots(rounds), slotBytes: 32)
        shares = SecretSlab(slotCount: Self.shareSlots(rounds, dealers), slotBytes: Shamir.shareBytes)
    }

    /// The same own secrets with room for the shares of so many dealers.
    package consuming func makingRoom(dealers: Int) -> EpochSecrets {
        var larger = EpochSecrets(rounds: rounds, dealers: dealers)
        for slot in 0..<own.slotCount {
            unsafe own.withSlot(slot) { source in
                unsafe larger.own.withMutableSlot(slot) { unsafe $0.copyMemory(from: source) }
            }
        }
        return larger
    }

    /// The seed of the key-exchange key.
    package var exchangeSeed: SecretBytes {
        unsafe own.withSlot(0) { unsafe SecretBytes(copying: $0) }
    }

    /// Keeps the seed of the key-exchange key.
    package mutating func setExchangeSeed(_ seed: borrowing SecretBytes) {
        unsafe seed.withUnsafeBytes { source in
            unsafe own.withMutableSlot(0) { unsafe $0.copyMemory(from: source) }
        }
    }

    /// Forgets the seed of the key-exchange key; no box can be opened after this.
    package mutating func eraseExchangeSeed() {
        own.wipe(slot: 0)
    }

    /// Keeps the keys of the share transport until the boxes of the others come.
    package mutating func keepTransportKeys(_ keys: consuming SecretSlab) {
        transportKeys = consume keys
    }

    /// Gives the keys of the share transport away; nil after a restart.
    package mutating func takeTransportKeys() -> SecretSlab? {
        transportKeys.take()
    }

    /// Makes room for what is shared with so many neighbours in every round.
    package mutating func makeLinks(perRound count: Int) {
        links = SecretSlab(slotCount: rounds * count, slotBytes: Shamir.shareBytes)
        linksPerRound = count
    }

    /// Writes what is shared with the neighbour at a place of its round.
    package mutating func setLink<E: Error>(
        round: Int, place: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        let slot = round * linksPerRound + place
        try unsafe links?.withMutableSlot(slot, body)
    }

    /// Whether what is shared in a round with so many neighbours is here.
    package borrowing func hasLinks(round: Int, count: Int) -> Bool {
        linksPerRound == count && count > 0 && round >= erasedRounds
    }

    /// Gives `body` what is shared with the neighbour at a place; `hasLinks` holds.
    package borrowing func withLink<E: Error>(
        round: Int, place: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        switch links {
        case .some(let slab): try unsafe slab.withSlot(round * linksPerRound + place, body)
        case .none: preconditionFailure("nothing was derived ahead")
        }
    }

    /// One of the participant's own scalars.
    ///
    /// - Throws: `nonCanonicalScalar` when the round has been erased.
    package borrowing func scalar(_ kind: SecretKind, round: Int) throws(CryptoFailure) -> SecretScalar {
        try unsafe own.withSlot(1 + 2 * round + kind.rawValue) { (bytes) throws(CryptoFailure) -> SecretScalar in
            try unsafe SecretScalar(canonical: bytes)
        }
    }

    /// Keeps one of the participant's own scalars.
    package mutating func setScalar(_ scalar: borrowing SecretScalar, _ kind: SecretKind, round: Int) {
        unsafe scalar.withUnsafeBytes { source in
            unsafe own.withMutableSlot(1 + 2 * round + kind.rawValue) { unsafe $0.copyMemory(from: source) }
        }
    }

    /// Keeps the shares of a whole epoch from one dealer: e and β of each round, 64 bytes a round.
    package mutating func setShares(_ bytes: UnsafeRawBufferPointer, dealer: Int) {
        precondition(bytes.count == 64 * rounds)
        for round in 0..<rounds {
            for kind in SecretKind.allCases {
                let start = 64 * round + 32 * kind.rawValue
                unsafe shares.withMutableSlot(slot(kind, round: round, dealer: dealer)) {
                    unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + 32]))
                }
            }
        }
    }

    /// The share of one secret, which from now on is the coordinator's to see.
    package borrowing func revealShare(_ kind: SecretKind, round: Int, dealer: Int) -> Bytes32 {
        unsafe shares.withSlot(slot(kind, round: round, dealer: dealer)) { unsafe Bytes32(copying: $0) }
    }

    /// Wipes the scalars and shares of all rounds up to this one.
    package mutating func erase(through last: Int) {
        for round in erasedRounds..<max(erasedRounds, min(last + 1, rounds)) {
            for kind in SecretKind.allCases {
                own.wipe(slot: 1 + 2 * round + kind.rawValue)
                for dealer in 0..<dealers { shares.wipe(slot: slot(kind, round: round, dealer: dealer)) }
            }
            for place in 0..<linksPerRound { links?.wipe(slot: round * linksPerRound + place) }
        }
        erasedRounds = max(erasedRounds, min(last + 1, rounds))
    }

    /// Bytes that a snapshot of the secrets takes.
    package var snapshotBytes: Int { Self.snapshotBytes(rounds: rounds, dealers: dealers) }

    /// The same for secrets of another shape.
    package static func snapshotBytes(rounds: Int, dealers: Int) -> Int {
        32 * (ownSlots(rounds) + shareSlots(rounds, dealers))
    }

    private static func ownSlots(_ rounds: Int) -> Int { 1 + 2 * rounds }

    private static func shareSlots(_ rounds: Int, _ dealers: Int) -> Int { max(1, 2 * rounds * dealers) }

    /// Copies all secrets into a snapshot.
    package borrowing func copy(into snapshot: UnsafeMutableRawBufferPointer) {
        precondition(snapshot.count == snapshotBytes)
        let split = own.slotCount * 32
        unsafe own.withAllBytes {
            unsafe UnsafeMutableRawBufferPointer(rebasing: snapshot[..<split]).copyMemory(from: $0)
        }
        unsafe shares.withAllBytes {
            unsafe UnsafeMutableRawBufferPointer(rebasing: snapshot[split...]).copyMemory(from: $0)
        }
    }

    /// Reads secrets back from a snapshot of the same shape.
    package mutating func restore(from snapshot: UnsafeRawBufferPointer) {
        precondition(snapshot.count == snapshotBytes)
        let split = own.slotCount * 32
        unsafe own.withAllMutableBytes {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: snapshot[..<split]))
        }
        unsafe shares.withAllMutableBytes {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: snapshot[split...]))
        }
    }

    private func slot(_ kind: SecretKind, round: Int, dealer: Int) -> Int {
        (round * dealers + dealer) * 2 + kind.rawValue
    }
}
