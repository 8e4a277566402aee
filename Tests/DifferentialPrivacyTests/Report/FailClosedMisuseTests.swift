import CryptoPrimitives
import Testing
import WireFormat

@testable import DifferentialPrivacy

/// What must never lead to a figure, a row each, from the first number to the last byte.
@Suite struct FailClosedMisuseTests {
    typealias Fixture = LedgerFixture
    typealias Report = ReportFixture

    @Test func everyFaultHasItsError() throws {
        #expect(throws: ParameterRefusal.notPositive) { try Delta(0) }
        #expect(throws: ParameterRefusal.notPositive) { try Delta(-1e-6) }
        #expect(throws: ParameterRefusal.notFinite) { try Delta(.nan) }
        #expect(throws: ParameterRefusal.tooLarge) { try Delta(1) }
        #expect(throws: ParameterRefusal.notFinite) { try Delta(.infinity) }
        #expect(throws: ParameterRefusal.notPositive) { try Epsilon(-1) }
        #expect(throws: ParameterRefusal.notFinite) { try Epsilon(.infinity) }
        #expect(throws: ParameterRefusal.notFinite) { try NoiseMultiplier(.nan) }
        #expect(throws: ParameterRefusal.notPositive) { try NoiseMultiplier(0) }
        #expect(throws: ParameterRefusal.notPositive) { try SamplingRate(0) }
        #expect(throws: LedgerRefusal.boundOutOfRange) {
            let none = PrivacyBudget(epsilon: try Epsilon(0), delta: try Delta(1e-6))
            _ = try Fixture.terms(Fixture.planned(), budget: none)
        }
        #expect(throws: LedgerRefusal.notAccounted(.countOutOfRange)) { try Fixture.event(count: 0) }
        #expect(throws: LedgerRefusal.notAccounted(.countOutOfRange)) { try Fixture.event(count: -3) }
        #expect(throws: LedgerRefusal.notAccounted(.countOutOfRange)) { try Fixture.event(count: .max) }
        #expect(throws: LedgerRefusal.planOutOfRange) { try Fixture.terms(.planned([])) }
        let report = try Report.report()
        #expect(Report.refusal(report.bytes, Report.key(9).verifyingKey) == .wrongKey)
        let changed = try Report.forged(report, ["ledger", "5", "round"], "99")
        #expect(Report.refusal(changed) == .ledgerChanged(.chainBroken(entry: 5)))
        let missing = try Report.forged(report, ["definition", "delta"], nil)
        #expect(Report.refusal(missing) == .missingField("definition.delta"))
    }
}
