import Testing

@testable import DifferentialPrivacy

/// Cases 20 to 22 and 27 of the table of bad inputs (Papers/bad-inputs.md): privacy parameters and the budget.
@Suite struct BadInputTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let refusal: ParameterRefusal
        let act: @Sendable () throws -> Void

        var testDescription: String { "case \(number), \(name): \(refusal)" }
    }

    static let rows: [Row] = [
        Row(number: 20, name: "a sensitivity of zero", refusal: .notPositive) { _ = try L2Sensitivity(0) },
        Row(number: 20, name: "a sensitivity beyond the grid", refusal: .tooLarge) { _ = try L2Sensitivity(1 << 52) },
        Row(number: 21, name: "a negative epsilon", refusal: .notPositive) { _ = try Epsilon(-0.5) },
        Row(number: 21, name: "an epsilon of NaN", refusal: .notFinite) { _ = try Epsilon(.nan) },
        Row(number: 21, name: "an infinite epsilon", refusal: .notFinite) { _ = try Epsilon(.infinity) },
        Row(number: 21, name: "a noise multiplier of zero", refusal: .notPositive) { _ = try NoiseMultiplier(0) },
        Row(number: 21, name: "a noise multiplier of NaN", refusal: .notFinite) { _ = try NoiseMultiplier(.nan) },
        Row(number: 22, name: "a delta of one", refusal: .tooLarge) { _ = try Delta(1) },
        Row(number: 22, name: "a delta of zero", refusal: .notPositive) { _ = try Delta(0) },
        Row(number: 22, name: "a delta of NaN", refusal: .notFinite) { _ = try Delta(.nan) },
        Row(number: 22, name: "a sampling rate above one", refusal: .tooLarge) { _ = try SamplingRate(1.5) },
    ]

    @Test(arguments: rows) func refused(_ row: Row) {
        #expect(throws: row.refusal, performing: row.act)
        let words = "\(row.refusal)"
        #expect(words.allSatisfy { !$0.isNumber }, "an error says what, not how much")
    }

    /// Case 27: one release too many is refused before anything is written, and the ledger is as it was.
    @Test func case27TheBudgetIsSpent() throws {
        var ledger = try PrivacyLedger(LedgerFixture.terms(LedgerFixture.planned(rounds: 1)), persist: { _ in })
        _ = try ledger.charge(LedgerFixture.charge(1)) { _ in }
        let before = ledger.record.text
        var wrote = false
        #expect(throws: LedgerRefusal.budgetExceeded) {
            _ = try ledger.charge(LedgerFixture.charge(2)) { _ in wrote = true }
        }
        #expect(!wrote && ledger.record.text == before)
        // The release that is not planned at all.
        #expect(throws: LedgerRefusal.notPlanned) {
            _ = try ledger.charge(LedgerFixture.charge(2, .localSGD)) { _ in wrote = true }
        }
        #expect(!wrote && ledger.record.text == before)
    }
}
