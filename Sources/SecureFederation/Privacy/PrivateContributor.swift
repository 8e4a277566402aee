public import CryptoPrimitives
public import DifferentialPrivacy
public import RingVectors

/// What one company does in a private sum: draw noise, charge its own ledger, clip unit by unit, add noise, give one vector.
///
/// The vector goes to `ParticipantNode.submit` and nowhere else. In this order, so that nothing leaves unpaid: the share of
/// the noise is drawn before data are read; the charge is durable; every unit is clipped on the grid and added; the noise
/// goes on top; the permit of the charge is spent. The announced round must be the one the plan describes; the participant's
/// policy (`minimumNoiseVariance`, schema and parameter digests) holds the coordinator to it.
/// Source: private-training section 3
public final class PrivateContributor {
    /// Clip, noise, ring and charge.
    public let plan: PrivateSumPlan
    /// What is released.
    public let release: ReleaseKind
    /// Where the noise comes from.
    public let provenance: NoiseProvenance
    private let purpose: NoisePurpose
    private let member: UInt32
    private let session: Digest
    private var ledger: PrivacyLedger
    private var source: any RandomSource
    private var noise: NoiseVector?
    private var removable: RemovableNoise?
    private var permit: ReleasePermit?
    private let persist: (LedgerLine) throws -> Void

    /// Opens a new ledger for the whole plan; its first line is durable when this returns.
    ///
    /// - Parameters:
    ///   - federation, company: names of 1...128 bytes that the ledger is bound to.
    ///   - member: the company's place in the roster, from 0.
    ///   - persist: makes a line durable at its offset, or throws.
    /// - Throws: `ledger`.
    /// Source: private-training section 3
    public convenience init(
        _ plan: PrivateSumPlan, release: ReleaseKind, purpose: NoisePurpose, federation: String, company: String,
        member: UInt32, persist: @escaping (LedgerLine) throws -> Void
    ) throws(FederationFailure) {
        try self.init(
            plan, release: release, purpose: purpose, federation: federation, company: company,
            member: member, from: SystemRandomSource(), persist: persist)
    }

    /// Goes on after a restart with the ledger's text and the digest that was stored apart from it.
    ///
    /// A charge whose line was stored but not its digest counts as spent. Throws `ledger` with what does not fit.
    /// Source: private-training section 3
    public init(
        resuming text: [UInt8], lastDigest: Digest, _ plan: PrivateSumPlan, release: ReleaseKind,
        purpose: NoisePurpose, federation: String, company: String, member: UInt32,
        persist: @escaping (LedgerLine) throws -> Void
    ) throws(FederationFailure) {
        ledger = try FederationFailure.ledger { () throws(LedgerRefusal) in
            let terms = try plan.ledgerTerms(federation, participant: company, release: release)
            return try PrivacyLedger(resuming: text, lastDigest: lastDigest, terms: terms, unrecorded: 1)
        }
        self.plan = plan
        self.release = release
        self.purpose = purpose
        self.member = member
        session = Blake2b.hash(Array(federation.utf8), Personalisation("QSA1 federation"))
        self.persist = persist
        source = SystemRandomSource()
        provenance = .operatingSystem
    }

    /// With noise from an injected source: anything but the production source supports no guarantee.
    package init(
        _ plan: PrivateSumPlan, release: ReleaseKind, purpose: NoisePurpose, federation: String, company: String,
        member: UInt32, from source: any RandomSource, persist: @escaping (LedgerLine) throws -> Void
    ) throws(FederationFailure) {
        ledger = try FederationFailure.ledger { () throws(LedgerRefusal) in
            let terms = try plan.ledgerTerms(federation, participant: company, release: release)
            return try PrivacyLedger(terms, persist: persist)
        }
        self.plan = plan
        self.release = release
        self.purpose = purpose
        self.member = member
        session = Blake2b.hash(Array(federation.utf8), Personalisation("QSA1 federation"))
        self.persist = persist
        self.source = source
        provenance = source is SystemRandomSource ? .operatingSystem : .injectedSource
    }

    /// The ledger as it stands.
    public var record: LedgerRecord { ledger.record }

    /// One company's vector for one round, masked or encrypted next.
    ///
    /// - Parameters:
    ///   - round: a number that rises with every private sum of this ledger.
    ///   - clipNorm: what one unit's vector is clipped to in this round, in its own units; public.
    ///   - units: each unit's vector, an empty one for what cannot be computed; read after noise and charge.
    /// - Throws: `ledger` (`budgetExceeded` when the plan is spent, `alreadyCharged`), `clip`, `noise`; what was charged
    ///   stays charged.
    /// Source: private-training section 3
    public func contribution(
        round: UInt64, clipNorm: Double, units: () -> [[Float]]
    ) throws(FederationFailure) -> PackedVector {
        try prepare(round: round)
        try charge(round: round, count: 1)
        var integers = try sum(units(), levels: plan.levels(clipNorm: clipNorm))
        defer { unsafe integers.withUnsafeMutableBytes { unsafe wipe($0) } }
        try redeem(round: round)
        let noised = integers
        return try FederationFailure.encoding { () throws(RingFailure) in
            try PackedVector(reducing: noised, layout: plan.layout)
        }
    }

    /// The seeds of the noise that the agreed survivors can do without, once: what a survivor sends after the sum's set
    /// was signed, and never for another set. nil for a plan without removal.
    ///
    /// Throws `removal` for a set below the floor, without this member, or named a second time.
    /// Source: removable-noise section 3
    public func surplus(survivors: [UInt32]) throws(FederationFailure) -> RemovalSeeds? {
        do throws(RemovalRefusal) {
            return try seeds(survivors: survivors)
        } catch {
            throw .removal(error)
        }
    }

    func seeds(survivors: [UInt32]) throws(RemovalRefusal) -> RemovalSeeds? {
        try removable?.seeds(toRemoveFor: survivors)
    }

    /// The names that the seeds of a round are bound to.
    func removalRound(_ round: UInt64) throws(RemovalRefusal) -> RemovalRound {
        try RemovalRound(
            session: session, round: round, purpose: purpose, members: (0..<UInt32(plan.terms.participants)).map { $0 })
    }

    /// Draws the share of the noise of a round, before any data are read.
    func prepare(round: UInt64) throws(FederationFailure) {
        if let removal = plan.removal {
            do throws(RemovalRefusal) {
                var drawn = try RemovableNoise(
                    removal, for: member, in: try removalRound(round),
                    from: &source)
                noise = try drawn.take()
                removable = consume drawn
            } catch {
                throw .removal(error)
            }
            return
        }
        do throws(NoiseRefusal) {
            noise = try plan.noise.draw(NoiseKey(round: round, purpose: purpose, from: &source))
        } catch {
            throw .noise(error)
        }
    }

    /// Pays for what is about to be released; only then is there a permit.
    func charge(round: UInt64, count: Int) throws(FederationFailure) {
        permit = nil
        do throws(LedgerRefusal) {
            let event = try plan.event(count: count)
            permit = try ledger.charge(
                PrivacyCharge(round: round, release: release, event: event, survivors: nil), persist: persist)
        } catch {
            throw .ledger(error)
        }
    }

    /// Clips, adds, and puts the prepared noise on top, once.
    func sum(_ units: [[Float]], levels: Double) throws(FederationFailure) -> [Int64] {
        guard let noise = noise.take() else { preconditionFailure("noise is drawn before it is used, and used once") }
        do throws(PrivateSumRefusal) {
            return try plan.unitSum.noised(units, levelsPerUnit: levels, noise: noise) { $0 }
        } catch {
            switch error {
            case .clip(let reason): throw .clip(reason)
            case .noise(let reason): throw .noise(reason)
            }
        }
    }

    /// Spends the permit of what leaves now.
    func redeem(round: UInt64) throws(FederationFailure) {
        guard let permit = permit.take() else { throw .ledger(.otherRelease) }
        do throws(LedgerRefusal) {
            _ = try permit.redeem(round: round, release: release)
        } catch {
            throw .ledger(error)
        }
    }
}
