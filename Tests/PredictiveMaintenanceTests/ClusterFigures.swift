import FederatedLearning
import Foundation
import PredictiveMaintenance
import Testing

/// Prints figures of page clustering, section 5; runs only when asked for: SECAGG_FIGURES is a list of "clusters-1" to "clusters-3".
@Suite(
    .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["SECAGG_FIGURES"]?.contains("clusters-") == true,
        "only for the pages' tables"))
struct ClusterFigures {
    @Test(arguments: 1...3, ClusterTerms.Ranking.allCases) func figures(
        _ slots: Int, _ ranking: ClusterTerms.Ranking
    ) throws {
        let wanted = ProcessInfo.processInfo.environment["SECAGG_FIGURES"] ?? ""
        guard wanted.split(separator: ",").contains("clusters-\(slots)") else { return }
        var errors: [Double] = []
        for seed in 0..<3 as Range<UInt64> {
            let scenario = try Scenario.cmapss(.c, directory: TurbofanData.directory, seed: seed)
            let outcome = try ClusteredFederation(scenario, ClusterTerms(slots: slots, ranking: ranking)).run(
                ReferenceFederation(scenario).preparedCompanies(),
                sum: { (asked: SlotSum) throws(Never) in ReferenceFederation.sum(asked.uploads) })
            errors.append(try #require(WorkloadMetrics.mean(try outcome.reports().map(\.metrics)).rmse))
            print("figures clusters-\(slots) \(ranking) seed \(seed): \(outcome.choices), round \(outcome.bestRound)")
        }
        print(
            "figures clusters-\(slots) \(ranking)", errors.map { String(format: "%.2f", $0) },
            String(format: "%.2f", errors.reduce(0, +) / 3))
    }
}
