import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct LedgerKnownAnswerTests {
    typealias Fixture = LedgerFixture

    /// A ledger that another program made from the description alone is read, and made again byte by byte.
    @Test func anotherProgramsLedgerIsOurs() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "known-ledger.jsonl")
        let bytes = [UInt8](try Data(contentsOf: path))
        let record = try LedgerRecord(reading: bytes)
        #expect(record.entries.count == 4 && record.charges.count == 2)
        #expect(record.remaining?.map(\.event.count) == [49])
        let terms = try LedgerTerms(
            federation: "Pumpenflotte 7 \u{2013} \u{fc}brig \"a\"", participant: "c4", unit: .asset,
            adjacency: .addRemove, budget: Fixture.budget, trust: Fixture.trust, filter: Fixture.planned())
        var ledger = try PrivacyLedger(terms, persist: { _ in })
        let shift = try Fixture.event(60, over: 1)
        _ = try ledger.charge(Fixture.charge(1, .normaliser, shift, survivors: 10), persist: { _ in })
        let paid = try ledger.charge(Fixture.charge(1), persist: { _ in }).redeem(round: 1, release: .trainingSum)
        _ = try ledger.charge(Fixture.charge(1 << 63 + 7, survivors: nil), persist: { _ in })
        try ledger.refund(PrivacyRefund(charge: paid, agreement: Fixture.digest(0xAB)), persist: { _ in })
        #expect(ledger.record.text == bytes)
    }
}
