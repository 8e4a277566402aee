import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// Clustered training over sums that a closure makes.
struct ClusteredFederationPropertyTests {
    static func sum(_ asked: SlotSum) throws(Never) -> AggregateSum { ReferenceFederation.sum(asked.uploads) }

    @Test("one slot is plain federated averaging")
    func oneSlot() throws {
        let scenario = Scenario.simulated(companies: 5, seed: 3)
        let terms = ClusterTerms(slots: 1, warmUp: 0, parting: 0, pace: .constant, start: .perturbed(0))
        let clustered = try ClusteredFederation(scenario, terms).run(
            ReferenceFederation(scenario).preparedCompanies(), rounds: 4, sum: Self.sum)
        let plain = try ReferenceFederation(scenario).run(rounds: 4)
        #expect(clustered.losses.count == plain.validationLosses.count)
        for (one, other) in zip(clustered.losses, plain.validationLosses) {
            #expect((try #require(one) - other).magnitude < 1e-6)
        }
        #expect(clustered.bestRound == plain.bestRound)
        #expect(clustered.choices == [Int](repeating: 0, count: 5))
    }

    @Test("no sum over slots holds a slot of fewer than three members", arguments: ClusterTerms.Ranking.allCases)
    func minimum(_ ranking: ClusterTerms.Ranking) throws {
        let scenario = Scenario.simulated(companies: 9, seed: 4, heterogeneity: .strong)
        let terms = ClusterTerms(slots: 3, warmUp: 1, parting: 2, start: .perturbed(0.3), ranking: ranking)
        let prepared = try ReferenceFederation(scenario).preparedCompanies()
        let federation = ClusteredFederation(scenario, terms)
        let slots = ClusteredCompanies(prepared, terms, in: scenario).slots
        var sums: [String: Int] = [:]
        var opened: [[Int]] = []
        let outcome = try federation.run(prepared, rounds: 5) { (asked: SlotSum) throws(Never) in
            let uploads = asked.uploads
            #expect((uploads[0].schema.blocks[0].name == "counts") == (asked.kind == .count))
            sums[uploads[0].schema.blocks[0].name, default: 0] += 1
            if uploads[0].schema == slots.schema {
                guard case .slots = asked.kind else {
                    Issue.record("a sum over slots without permission")
                    return ReferenceFederation.sum(uploads)
                }
                let members = (0..<3).map { slot in
                    uploads.count { $0.values[3 * slots.layout.parameterCount + slot] > 0 }
                }
                #expect(members.reduce(0, +) == 9)
                #expect(members.allSatisfy { $0 == 0 || $0 >= 3 })
                opened.append((0..<3).filter { members[$0] > 0 })
            }
            return ReferenceFederation.sum(uploads)
        }
        // a warm-up round, four rounds of slots of which two part, and the count and score of the end
        #expect(sums == ["update": 1, "losses": 2, "counts": 5, "loss": 5, "update0": 4])
        #expect(outcome.open.count == 4)
        for (members, open) in zip(opened, outcome.open) { #expect(Set(members).isSubset(of: open)) }
        #expect(try outcome.reports().count == 9)
        let (first, last) = (try #require(outcome.losses.first ?? nil), try #require(outcome.losses.last ?? nil))
        #expect(last < first)
    }

    @Test("in a parting round a slot that is better for all is not everybody's choice")
    func parting() throws {
        let scenario = Scenario.simulated(companies: 6, seed: 5, heterogeneity: .strong)
        let prepared = try ReferenceFederation(scenario).preparedCompanies()
        var companies = ClusteredCompanies(prepared, ClusterTerms(slots: 2), in: scenario)
        var good = scenario.initialParameters()
        for round in 0..<2 {
            var copy = prepared
            let uploads = try copy.contributions(
                to: scenario.strategy, from: good, plan: scenario.terms.plan(round: round))
            try scenario.strategy.absorb(ReferenceFederation.sum(uploads), into: &good)
        }
        let measured = ReferenceFederation.sum(try companies.measure([good, scenario.initialParameters()]))
        #expect(ReferenceFederation.sum(try companies.votes()).values == [6, 0])
        let parted = ReferenceFederation.sum(try companies.votes(over: measured)).values
        #expect(parted[0] >= 1 && parted[1] >= 1 && parted[0] + parted[1] == 6)
        #expect(throws: ClusterFailure.learning(.schemaMismatch)) {
            try companies.votes(over: ReferenceFederation.sum([scenario.companies[0].statisticsUpload()]))
        }
    }

    private struct Broken: Error, Equatable {}

    @Test("a sum that is not made ends the run by its own error")
    func brokenSum() throws {
        let scenario = Scenario.simulated(companies: 4, seed: 6)
        let prepared = try ReferenceFederation(scenario).preparedCompanies()
        let federation = ClusteredFederation(scenario, ClusterTerms(slots: 2, warmUp: 1))
        do throws(ClusteredRunFailure<Broken>) {
            _ = try federation.run(prepared, rounds: 2) { (_: SlotSum) throws(Broken) in throw Broken() }
            Issue.record("ran without sums")
        } catch {
            guard case .sum(Broken()) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }

    @Test("too few companies for the gate end the run")
    func fewCompanies() throws {
        let scenario = Scenario.simulated(companies: 3, seed: 6)
        let prepared = try ReferenceFederation(scenario).preparedCompanies()
        let federation = ClusteredFederation(scenario, ClusterTerms(slots: 2, warmUp: 0))
        do throws(ClusteredRunFailure<Never>) {
            _ = try federation.run(prepared, rounds: 1, sum: Self.sum)
            Issue.record("ran below the threshold")
        } catch {
            guard case .cluster(.gate(.cohortTooSmall(counted: 3, needed: 4))) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }

    @Test("the pace falls along a line")
    func pace() {
        let pace = ClusterTerms.Pace(rate: 2, fadeFrom: 30, lastRate: 0.5)
        #expect([0, 30, 40, 60].map { pace.rate(round: $0, of: 60) } == [2, 2, 1.5, 0.5])
        #expect(ClusterTerms.Pace.constant.rate(round: 7, of: 10) == 1)
    }

    @Test(
        "turbofan C in two slots: they part by operating regimes and beat one model",
        .enabled(if: TurbofanData.isPresent && TurbofanData.isOptimised, "needs the turbofan files and release"))
    func turbofan() throws {
        let scenario = try Scenario.cmapss(.c, directory: TurbofanData.directory, seed: 0)
        let outcome = try ClusteredFederation(scenario, ClusterTerms(slots: 2)).run(
            ReferenceFederation(scenario).preparedCompanies(), sum: Self.sum)
        let one = outcome.choices[0]
        #expect(outcome.choices.enumerated().allSatisfy { ($0.offset / 3 % 2 == 0) == ($0.element == one) })
        #expect(try #require(WorkloadMetrics.mean(try outcome.reports().map(\.metrics)).rmse) <= 13.2)
    }
}
