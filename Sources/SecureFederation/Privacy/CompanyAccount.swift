internal import CryptoPrimitives
internal import DifferentialPrivacy

/// What one company keeps for private sums: its own ledger, and its share of the noise of the round under way.
final class CompanyAccount {
    private var ledger: PrivacyLedger
    private var noise: NoiseVector?
    private var permit: ReleasePermit?
    private let persist: (LedgerLine) throws -> Void

    /// Opens the ledger; its first line is durable when this returns.
    init(_ terms: LedgerTerms, persist: @escaping (LedgerLine) throws -> Void) throws(LedgerRefusal) {
        self.persist = persist
        ledger = try PrivacyLedger(terms, persist: persist)
    }

    /// The ledger as it stands.
    var record: LedgerRecord { ledger.record }

    /// Draws the round's noise, before any data are read.
    func prepare(
        _ plan: NoisePlan, round: UInt64, purpose: NoisePurpose, from source: inout any RandomSource
    ) throws(NoiseRefusal) {
        noise = try plan.draw(NoiseKey(round: round, purpose: purpose, from: &source))
    }

    /// Charges the release and makes the charge durable; only then is there a permit.
    func charge(_ charge: PrivacyCharge) throws(LedgerRefusal) {
        permit = nil
        permit = try ledger.charge(charge, persist: persist)
    }

    /// The noise drawn for this round, once.
    func takeNoise() -> NoiseVector {
        guard let noise = noise.take() else { preconditionFailure("noise is drawn once a round, before it is used") }
        return noise
    }

    /// Spends the permit of the release that is about to leave.
    func redeem(round: UInt64, release: ReleaseKind) throws(LedgerRefusal) {
        guard let permit = permit.take() else { throw .otherRelease }
        _ = try permit.redeem(round: round, release: release)
    }
}
