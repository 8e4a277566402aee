import CryptoPrimitives
import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct LedgerChargePropertyTests {
    typealias Fixture = LedgerFixture

    /// The refusal of a charge, nil when it was admitted.
    func refusal(_ ledger: inout PrivacyLedger, _ charge: PrivacyCharge, _ shelf: Shelf = Shelf()) -> LedgerRefusal? {
        do throws(LedgerRefusal) {
            _ = try ledger.charge(charge, persist: shelf.store)
            return nil
        } catch { return error }
    }

    @Test func permitsFollowTheDurableLine() throws {
        let shelf = Shelf()
        var ledger = try PrivacyLedger(Fixture.terms(Fixture.planned()), persist: shelf.store)
        var seen: [Int] = []
        let permit = try ledger.charge(Fixture.charge(1)) { line in
            seen.append(shelf.bytes.count)
            try shelf.store(line)
        }
        #expect(seen == [shelf.bytes.count - (ledger.record.byteCount - seen[0])])
        #expect(shelf.bytes == ledger.record.text)
        let paid = permit.digest
        let redeemed = try permit.redeem(round: 1, release: .trainingSum)
        #expect(redeemed == paid && redeemed == ledger.record.lastDigest)
        let other = try ledger.charge(Fixture.charge(2), persist: shelf.store)
        do throws(LedgerRefusal) {
            _ = try other.redeem(round: 3, release: .trainingSum)
            Issue.record("a permit for another round was taken")
        } catch { #expect(error == .otherRelease) }
    }

    @Test func aPlanIsNeverExceeded() throws {
        var ledger = try PrivacyLedger(Fixture.terms(Fixture.planned(rounds: 3)), persist: { _ in })
        for round in 1...3 { #expect(refusal(&ledger, try Fixture.charge(UInt64(round))) == nil) }
        let before = ledger.record.text
        var wrote = false
        let fourth = try Fixture.charge(4)
        #expect(throws: LedgerRefusal.budgetExceeded) { _ = try ledger.charge(fourth) { _ in wrote = true } }
        #expect(!wrote && ledger.record.text == before)
        #expect(refusal(&ledger, try Fixture.charge(4, .normaliser, Fixture.event(60, over: 1))) == nil)
        #expect(ledger.record.remaining == [])
        // Less noise, another release, or sampling that the plan does not know.
        #expect(refusal(&ledger, try Fixture.charge(5, .trainingSum, Fixture.event(1091))) == .notPlanned)
        #expect(refusal(&ledger, try Fixture.charge(5, .votes)) == .notPlanned)
        let sampled = try Fixture.event(sampling: .poisson(SamplingRate(0.5)))
        #expect(refusal(&ledger, try Fixture.charge(5, .trainingSum, sampled)) == .notPlanned)
        #expect(
            refusal(&ledger, try Fixture.charge(5, .trainingSum, ChargedEvent(.unnoised, sampling: .none, count: 1)))
                == .unnoisedRelease)
    }

    @Test func replaysAndWrongSurvivorsAreRefused() throws {
        var ledger = try PrivacyLedger(Fixture.terms(Fixture.planned()), persist: { _ in })
        #expect(refusal(&ledger, try Fixture.charge(7)) == nil)
        #expect(refusal(&ledger, try Fixture.charge(7)) == .alreadyCharged)
        #expect(refusal(&ledger, try Fixture.charge(6)) == .roundOutOfOrder)
        #expect(refusal(&ledger, try Fixture.charge(8, survivors: 7)) == .belowFloor(minimum: 8))
        #expect(refusal(&ledger, try Fixture.charge(8, survivors: -3)) == .belowFloor(minimum: 8))
        #expect(refusal(&ledger, try Fixture.charge(8, survivors: 11)) == .tooManySurvivors(maximum: 10))
        #expect(refusal(&ledger, try Fixture.charge(8, survivors: 10)) == nil)
        #expect(ledger.record.entries.count == 2)
    }

    /// The bound of the filter is the sum of (Delta/sigma)^2: exactly the events that fit are admitted.
    @Test func aGaussianFilterHoldsItsBound() throws {
        var ledger = try PrivacyLedger(Fixture.terms(.gaussian(bound: 0.42)), persist: { _ in })
        var square = 0.0
        var round: UInt64 = 0
        for numerator: UInt64 in [1092, 500, 300, 2000, 1092, 250, 250, 250, 250, 1000] {
            round += 1
            let z = Double(numerator) / 100
            let found = refusal(&ledger, try Fixture.charge(round, .trainingSum, Fixture.event(numerator)))
            #expect(found == (square + 1 / (z * z) <= 0.42 ? nil : .budgetExceeded), "\(numerator)")
            if found == nil { square += 1 / (z * z) }
            #expect(abs(try #require(ledger.record.spentOfBound?.spent) - square) < 1e-9)
        }
        #expect(square > 0.34)
        let sampled = try Fixture.event(sampling: .poisson(SamplingRate(0.5)))
        #expect(refusal(&ledger, try Fixture.charge(99, .trainingSum, sampled)) == .notGaussian)
        // The claim is that of the bound, from above and from below the exact curve of mu = sqrt(0.42).
        let exact = try GaussianCurve(NoiseMultiplier(1 / 0.42.squareRoot())).epsilon(at: Delta(1e-6))
        let claim = ledger.record.terms.figure
        #expect(claim.upper >= exact.lower && claim.upper <= exact.upper * (1 + 1e-9) && claim.lower == 0)
    }

    @Test func replacingAUnitCostsFourTimesAsMuch() throws {
        let event = try Fixture.event()
        let once = try ChargeCost.gaussian(event, .addRemove)
        #expect(abs(try ChargeCost.gaussian(event, .replaceOne) / once - 4) < 1e-12)
    }

    /// At one order, mixed events are admitted while their divergences fit, and the claim is the conversion at it.
    @Test func aRenyiFilterHoldsItsBound() throws {
        let order = 12.0
        var ledger = try PrivacyLedger(Fixture.terms(.renyi(order: order, bound: 1.5)), persist: { _ in })
        let sampled = try Fixture.event(200, sampling: .poisson(SamplingRate(0.1)), count: 20)
        let one = try ChargeCost.renyi(sampled, order: order, unit: .asset, .addRemove)
        let whole = try ChargeCost.renyi(Fixture.event(200, count: 20), order: order, unit: .asset, .addRemove)
        #expect(one > 0 && one < 0.2 * whole)
        #expect(abs(whole - 20 * order / (2 * 4)) < 1e-9)
        var admitted = 0
        for round in 1...1000 {
            guard refusal(&ledger, try Fixture.charge(UInt64(round), .trainingSum, sampled)) == nil else { break }
            admitted += 1
        }
        #expect(admitted == Int(1.5 / one))
        let exact = 1.5 + log1p(-1 / order) - (log(1e-6) + log(order)) / (order - 1)
        #expect(
            abs(ledger.record.terms.figure.upper - exact) < 1e-9 && ledger.record.terms.figure.upper >= exact - 1e-12)
    }

    @Test func refundsAreOneCompanysOnly() throws {
        var common = try PrivacyLedger(Fixture.terms(Fixture.planned(rounds: 2)), persist: { _ in })
        #expect(refusal(&common, try Fixture.charge(1)) == nil)
        let first = common.record.lastDigest
        #expect(throws: LedgerRefusal.refundNotAllowed) {
            try common.refund(PrivacyRefund(charge: first, agreement: Fixture.digest(7)), persist: { _ in })
        }
        for filter in [try Fixture.planned(rounds: 2), .gaussian(bound: 0.017)] {
            var ledger = try PrivacyLedger(Fixture.terms(filter, participant: "c4"), persist: { _ in })
            #expect(refusal(&ledger, try Fixture.charge(1)) == nil)
            let paid = ledger.record.lastDigest
            #expect(refusal(&ledger, try Fixture.charge(2)) == nil)
            #expect(refusal(&ledger, try Fixture.charge(3)) == .budgetExceeded)
            #expect(throws: LedgerRefusal.unknownCharge) {
                try ledger.refund(
                    PrivacyRefund(charge: Fixture.digest(1), agreement: Fixture.digest(7)), persist: { _ in })
            }
            try ledger.refund(PrivacyRefund(charge: paid, agreement: Fixture.digest(7)), persist: { _ in })
            #expect(throws: LedgerRefusal.alreadyRefunded) {
                try ledger.refund(PrivacyRefund(charge: paid, agreement: Fixture.digest(8)), persist: { _ in })
            }
            #expect(refusal(&ledger, try Fixture.charge(2)) == .alreadyCharged)
            #expect(refusal(&ledger, try Fixture.charge(3)) == nil)
            #expect(refusal(&ledger, try Fixture.charge(4)) == .budgetExceeded)
            #expect(ledger.record.charges.map(\.round) == [2, 3])
            #expect(try LedgerRecord(reading: ledger.record.text).charges.count == 2)
        }
    }

    @Test func anUncertainLineStopsTheLedgerUntilSettled() throws {
        for writesAnyway in [false, true] {
            let shelf = Shelf()
            var ledger = try PrivacyLedger(
                Fixture.terms(Fixture.planned(rounds: 2), participant: "c4"), persist: shelf.store)
            shelf.failing = true
            shelf.writesAnyway = writesAnyway
            #expect(refusal(&ledger, try Fixture.charge(1), shelf) == .notDurable)
            // Counted, though no permit was given.
            #expect(ledger.record.charges.count == 1)
            #expect(refusal(&ledger, try Fixture.charge(2), shelf) == .unsettled)
            #expect(throws: LedgerRefusal.notDurable) { _ = try ledger.settle(persist: shelf.store) }
            shelf.failing = false
            let permit = try ledger.settle(persist: shelf.store)
            #expect(try permit?.redeem(round: 1, release: .trainingSum) == ledger.record.lastDigest)
            #expect(shelf.bytes == ledger.record.text)
            // A refund that may not be on disk gives nothing back yet.
            let refund = PrivacyRefund(charge: ledger.record.lastDigest, agreement: Fixture.digest(9))
            shelf.failing = true
            #expect(throws: LedgerRefusal.notDurable) { try ledger.refund(refund, persist: shelf.store) }
            #expect(ledger.record.charges.count == 1)
            #expect(refusal(&ledger, try Fixture.charge(2), shelf) == .unsettled)
            shelf.failing = false
            let none = try ledger.settle(persist: shelf.store)
            #expect(none == nil ? true : false)
            #expect(ledger.record.charges.isEmpty && shelf.bytes == ledger.record.text)
        }
        // A ledger whose first line failed does not exist.
        let shelf = Shelf()
        shelf.failing = true
        let terms = try Fixture.terms(Fixture.planned())
        #expect(throws: LedgerRefusal.notDurable) { _ = try PrivacyLedger(terms, persist: shelf.store) }
    }

    /// More survivors mean more noise: what was really spent stays below the plan, and never above.
    @Test func theRealisedFigureStaysBelowThePlan() throws {
        let filter: PrivacyFilter = .planned([PlannedRelease(.trainingSum, try Fixture.event(count: 50))])
        var ledger = try PrivacyLedger(Fixture.terms(filter), persist: { _ in })
        #expect(ledger.record.realised() == nil)
        for round in 1...50 {
            #expect(refusal(&ledger, try Fixture.charge(UInt64(round), survivors: 8 + round % 3)) == nil)
            let spent = try #require(ledger.record.realised()).epsilon(at: Delta(1e-6))
            #expect(spent.upper < ledger.record.terms.figure.upper)
        }
        let half = try #require(ledger.record.realised(throughRound: 25)).epsilon(at: Delta(1e-6))
        let all = try #require(ledger.record.realised()).epsilon(at: Delta(1e-6))
        #expect(half.upper < all.lower && all.upper > 0.85 * ledger.record.terms.figure.upper)
        // Local steps gain nothing from others' noise.
        let local = PrivacyCharge(round: 1, release: .localSGD, event: try Fixture.event(), survivors: 10)
        #expect(local.realised(Fixture.trust) == local.event)
    }
}
