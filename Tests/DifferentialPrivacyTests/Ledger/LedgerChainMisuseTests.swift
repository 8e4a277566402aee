import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

@Suite struct LedgerChainMisuseTests {
    typealias Fixture = LedgerFixture

    func written(rounds: Int = 4) throws -> LedgerRecord {
        var ledger = try PrivacyLedger(
            Fixture.terms(Fixture.planned(), participant: "c4"), persist: { _ in })
        for round in 1...rounds { _ = try ledger.charge(Fixture.charge(UInt64(round)), persist: { _ in }) }
        let refund = PrivacyRefund(charge: ledger.record.lastDigest, agreement: Fixture.digest(3))
        try ledger.refund(refund, persist: { _ in })
        return ledger.record
    }

    func refusal(_ bytes: [UInt8], _ last: Digest, _ terms: LedgerTerms, unrecorded: Int = 0) -> LedgerRefusal? {
        do throws(LedgerRefusal) {
            _ = try PrivacyLedger(resuming: bytes, lastDigest: last, terms: terms, unrecorded: unrecorded)
            return nil
        } catch { return error }
    }

    @Test func aLedgerGoesOnFromItsLastDigestAlone() throws {
        let record = try written()
        let (text, terms) = (record.text, record.terms)
        #expect(text.count == record.byteCount)
        #expect(try LedgerRecord(reading: text).text == text)
        #expect(refusal(text, record.lastDigest, terms) == nil)
        #expect(refusal(text, record.entries[3].digest, terms) == .ahead(by: 1))
        #expect(refusal(text, record.entries[3].digest, terms, unrecorded: 1) == nil)
        #expect(refusal(text, record.entries[2].digest, terms, unrecorded: 1) == .ahead(by: 2))
        #expect(refusal(text, Fixture.digest(0xAB), terms, unrecorded: 9) == .rolledBack)
        // An older copy of the file, whole lines missing at the end.
        let older = try LedgerRecord(reading: lines(text).dropLast(2).flatMap { $0 })
        #expect(refusal(older.text, record.lastDigest, terms) == .rolledBack)
        #expect(refusal([], record.lastDigest, terms) == .truncated)
        #expect(refusal(Array(text.dropLast()), record.lastDigest, terms) == .truncated)
        #expect(refusal(Array(text.dropLast(40)), record.lastDigest, terms) == .truncated)
        let richer = PrivacyBudget(epsilon: try Epsilon(5), delta: try Delta(1e-6))
        let otherBudget = try Fixture.terms(Fixture.planned(), participant: "c4", budget: richer)
        #expect(refusal(text, record.lastDigest, otherBudget) == .otherBudget)
        #expect(refusal(text, record.lastDigest, try Fixture.terms(Fixture.planned())) == .otherTerms)
        // What is resumed knows what was charged.
        var resumed = try PrivacyLedger(resuming: text, lastDigest: record.lastDigest, terms: terms, unrecorded: 0)
        #expect(throws: LedgerRefusal.alreadyCharged) { _ = try resumed.charge(Fixture.charge(4), persist: { _ in }) }
        _ = try resumed.charge(Fixture.charge(5), persist: { _ in })
        #expect(resumed.record.entries.last?.index == 6)
    }

    func lines(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
    }

    @Test func changedChainsAreRefused() throws {
        let record = try written()
        let lines = lines(record.text)
        func refusal(_ parts: [[UInt8]]) -> LedgerRefusal? {
            do throws(LedgerRefusal) {
                _ = try LedgerRecord(reading: parts.flatMap { $0 })
                return nil
            } catch { return error }
        }
        #expect(refusal(lines) == nil)
        #expect(refusal([lines[0], lines[2], lines[1]] + lines[3...]) == .chainBroken(entry: 1))
        #expect(refusal([lines[0]] + lines[2...]) == .chainBroken(entry: 1))
        #expect(refusal([lines[0], lines[1], lines[1]]) == .chainBroken(entry: 2))
        #expect(refusal(Array(lines[1...])) == .unknownSchema)
        #expect(refusal([lines[0], Array("{}\n".utf8)]) == .malformed(entry: 1))
        #expect(refusal([lines[0], Array("x\n".utf8)]) == .malformed(entry: 1))
        #expect(refusal([lines[0], Array("\n".utf8)]) == .malformed(entry: 1))
        #expect(refusal([[UInt8](repeating: 0x20, count: 1 << 16 + 1) + [0x0A]]) == .tooLarge)
        let spaced = Array(String(decoding: lines[1], as: UTF8.self).replacing("\"kind\":", with: "\"kind\": ").utf8)
        #expect(refusal([lines[0], spaced]) == .notCanonical(entry: 1))
        let schema = String(decoding: lines[0], as: UTF8.self).replacing("ledger-1", with: "ledger-2")
        #expect(refusal([Array(schema.utf8)]) == .unknownSchema)
        let round = String(decoding: lines[1], as: UTF8.self).replacing("\"round\":\"1\"", with: "\"round\":\"0\"")
        #expect(refusal([lines[0], Array(round.utf8)]) == .chainBroken(entry: 1))
    }

    /// Every byte of a ledger, changed in two ways, deleted, or doubled.
    @Test func everyByteCounts() throws {
        let text = try written(rounds: 2).text
        let last = try LedgerRecord(reading: text).lastDigest
        func survives(_ bytes: [UInt8]) -> Bool {
            guard let record = try? LedgerRecord(reading: bytes) else { return false }
            return record.lastDigest == last
        }
        #expect(survives(text))
        for index in text.indices {
            var changed = text
            changed[index] ^= 1
            #expect(!survives(changed), "flipped at \(index)")
            changed[index] = text[index] ^ 0x20
            #expect(!survives(changed), "case at \(index)")
            var shorter = text
            shorter.remove(at: index)
            #expect(!survives(shorter), "deleted at \(index)")
            var longer = text
            longer.insert(text[index], at: index)
            #expect(!survives(longer), "doubled at \(index)")
        }
    }

    /// A chain that its author extended honestly, but beyond the filter: the digests fit, the charges do not.
    @Test func anAuditorRunsTheFilterAgain() throws {
        let terms = try Fixture.terms(Fixture.planned(rounds: 1))
        var record = LedgerRecord(terms)
        let (first, line) = record.next(.charge(try Fixture.charge(1)))
        try record.admit(first, byteCount: line.count)
        let (second, forged) = record.next(.charge(try Fixture.charge(2)))
        #expect(second.index == 2)
        #expect(throws: LedgerRefusal.budgetExceeded) { try LedgerRecord(reading: record.text + forged) }
        let (third, thin) = record.next(.charge(try Fixture.charge(2, survivors: 3)))
        #expect(third.previous == first.digest)
        #expect(throws: LedgerRefusal.belowFloor(minimum: 8)) { try LedgerRecord(reading: record.text + thin) }
        let (_, given) = record.next(.refund(PrivacyRefund(charge: first.digest, agreement: first.digest)))
        #expect(throws: LedgerRefusal.refundNotAllowed) { try LedgerRecord(reading: record.text + given) }
    }

    @Test func termsAreRefusedBeforeAnythingIsReleased() throws {
        #expect(throws: LedgerRefusal.filterExceedsBudget) { try Fixture.terms(Fixture.planned(rounds: 100)) }
        #expect(throws: LedgerRefusal.filterExceedsBudget) { try Fixture.terms(.gaussian(bound: 0.8)) }
        #expect(throws: LedgerRefusal.filterExceedsBudget) { try Fixture.terms(.renyi(order: 12, bound: 3.5)) }
        for bound in [0, -1, Double.nan, .infinity] {
            #expect(throws: LedgerRefusal.boundOutOfRange) { try Fixture.terms(.gaussian(bound: bound)) }
            #expect(throws: LedgerRefusal.boundOutOfRange) { try Fixture.terms(.renyi(order: 12, bound: bound)) }
        }
        for order in [1, 12.01, Double.nan] {
            #expect(throws: LedgerRefusal.boundOutOfRange) { try Fixture.terms(.renyi(order: order, bound: 1)) }
        }
        #expect(throws: LedgerRefusal.planOutOfRange) { try Fixture.terms(.planned([])) }
        let line = PlannedRelease(.votes, try Fixture.event())
        #expect(throws: LedgerRefusal.planOutOfRange) { try Fixture.terms(.planned([line, line])) }
        let bare = PlannedRelease(.votes, try ChargedEvent(.unnoised, sampling: .none, count: 1))
        #expect(throws: LedgerRefusal.unnoisedRelease) { try Fixture.terms(.planned([bare])) }
        let six = try NoiseShares(
            share: NoiseVariance(1 << 43), honest: 6, squaredSensitivity: 1 << 40, coordinates: 10)
        let greedy = PlannedRelease(.votes, try ChargedEvent(.discreteGaussian(six), sampling: .none, count: 1))
        #expect(throws: LedgerRefusal.belowFloor(minimum: 9)) { try Fixture.terms(.planned([greedy])) }
        let zero = PrivacyBudget(epsilon: try Epsilon(0), delta: try Delta(1e-6))
        #expect(throws: LedgerRefusal.boundOutOfRange) { try Fixture.terms(Fixture.planned(), budget: zero) }
        #expect(throws: LedgerRefusal.notAccounted(.countOutOfRange)) { try Fixture.event(count: 0) }
        let sampled = PlannedRelease(.votes, try Fixture.event(sampling: .poisson(SamplingRate(0.5))))
        #expect(throws: LedgerRefusal.notAccounted(.poissonNeedsAddRemove)) {
            try Fixture.terms(.planned([sampled]), adjacency: .replaceOne)
        }
        for (n, t, k) in [(0, 0, 0), (5, 3, 2), (5, -1, 2), (70_000, 1, 1)] {
            #expect(throws: LedgerRefusal.trustOutOfRange) {
                try TrustAssumptions(participants: n, colluders: t, dropouts: k)
            }
        }
        for name in ["", String(repeating: "x", count: 129), "a\nb"] {
            #expect(throws: LedgerRefusal.invalidName) {
                try LedgerTerms(
                    federation: name, participant: nil, unit: .asset, adjacency: .addRemove, budget: Fixture.budget,
                    trust: Fixture.trust, filter: Fixture.planned())
            }
        }
        #expect(throws: LedgerRefusal.noiseOutOfRange) {
            try NoiseShares(share: NoiseVariance(17), honest: 3, squaredSensitivity: 1, coordinates: 1)
        }
    }
}
