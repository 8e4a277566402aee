import FederatedLearning
import Foundation
import PredictiveMaintenance
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

/// Prints the figures of page aft, section 4; runs only when asked for: SECAGG_FIGURES is a list of "aft-own-a", "aft-own-d",
/// "aft-own-e", and SECAGG_DATA the folder that holds cmapss/.
@Suite(
    .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["SECAGG_FIGURES"]?.contains("aft-own") == true
            && ProcessInfo.processInfo.environment["SECAGG_DATA"] != nil, "only for the pages' tables"))
struct SurvivalFigures {
    @Test(arguments: [("aft-own-a", TurbofanPartition.a), ("aft-own-d", .d), ("aft-own-e", .e)])
    func figures(_ name: String, _ partition: TurbofanPartition) throws {
        let environment = ProcessInfo.processInfo.environment
        let data = try #require(environment["SECAGG_DATA"])
        guard environment["SECAGG_FIGURES"]?.split(separator: ",").contains(Substring(name)) == true else { return }
        for law in SurvivalDistribution.allCases {
            var all: [String: [(rmse: Double, covered: Double)]] = [:]
            var sums: [Int] = []
            for seed in 0..<3 as Range<UInt64> {
                let scenario = try Scenario.cmapss(partition, directory: data + "/cmapss", seed: seed)
                let normaliser = try ReferenceFederation(scenario).normaliser()
                let parts = scenario.companies.compactMap { $0.workload as? RemainingLifeWorkload }
                let tables = try parts.map { try $0.survivalTable(normaliser) }
                let summation = try SecureSummation(SecureSummation.Settings(companies: parts.count)) {
                    SeededRandomSource(seed: seed, label: $0.label)
                }
                let fit = SecureSurvivalFit(
                    RemainingLifeWorkload.survivalStatistics(law), terms: SecureSurvivalFit.Terms(penalty: 100))
                let pooled = try fit.pooled(tables, through: summation)
                let own = try fit.own(tables, through: summation)
                #expect(pooled.tally.isExact && own.tally.isExact && pooled.isConverged && own.isConverged)
                sums += [pooled.tally.sums, own.tally.sums]
                for (index, part) in parts.enumerated() {
                    let alone = try scenario.companies[index].ownNormaliser()
                    let solo = try AcceleratedFailureFit.fit(law, part.survivalTable(alone), lambda: 100)
                    for (kind, model, normaliser) in [
                        ("own", own.models[index], normaliser), ("pooled", pooled.model, normaliser),
                        ("solo", solo, alone),
                    ] {
                        all[kind, default: []].append(
                            try part.evaluate(model, normaliser: normaliser, coverage: 0.9))
                    }
                }
            }
            for (kind, results) in all.sorted(by: { $0.key < $1.key }) {
                let count = Double(results.count)
                print(
                    "figures \(name) \(law) \(kind)",
                    String(
                        format: "rmse %.2f covered %.3f", results.map(\.rmse).reduce(0, +) / count,
                        results.map(\.covered).reduce(0, +) / count), "sums \(sums)")
            }
        }
    }
}
