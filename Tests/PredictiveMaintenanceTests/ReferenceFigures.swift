import FederatedLearning
import Foundation
import PredictiveMaintenance
import Testing

/// Prints the figures of the pages in Papers; runs only when asked for: SECAGG_FIGURES is a list of names such as
/// "cwru-size,ai4i,cmapss-d,simulated-none", or with model, rounds, seeds and step size
/// "cmapss-b/lstm/20/2/0.002".
@Suite(
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["SECAGG_FIGURES"] != nil, "only for the pages' tables"))
struct ReferenceFigures {
    static func scenario(_ name: String, _ seed: UInt64) throws -> Scenario? {
        switch name {
        case "cwru-size": try .cwru(.size, directory: MeasuredData.directory("cwru"), seed: seed)
        case "cwru-load": try .cwru(.load, directory: MeasuredData.directory("cwru"), seed: seed)
        case "ai4i": try .ai4i(directory: MeasuredData.directory("ai4i2020"), seed: seed)
        case "cmapss-a": try .cmapss(.a, directory: TurbofanData.directory, seed: seed)
        case "cmapss-b": try .cmapss(.b, directory: TurbofanData.directory, seed: seed)
        case "cmapss-d": try .cmapss(.d, directory: TurbofanData.directory, seed: seed)
        case "cmapss-e": try .cmapss(.e, directory: TurbofanData.directory, seed: seed)
        case "cmapss-r": try .cmapss(.r, directory: TurbofanData.directory, seed: seed)
        case "simulated-none": .simulated(seed: seed, heterogeneity: .none)
        case "simulated-mild": .simulated(seed: seed, heterogeneity: .mild)
        case "simulated-strong": .simulated(seed: seed, heterogeneity: .strong)
        default: nil
        }
    }

    @Test func figures() throws {
        let wanted = ProcessInfo.processInfo.environment["SECAGG_FIGURES"] ?? ""
        for name in wanted.split(separator: ",") where !name.hasPrefix("aft") {
            var sums: [String: [WorkloadMetrics]] = [:]
            let parts = name.split(separator: "/").map(String.init)
            for seed in 0..<(parts.count > 3 ? UInt64(parts[3]) ?? 3 : 3) {
                var scenario = try #require(try Self.scenario(parts[0], seed))
                if parts.count > 1 { scenario = try scenario.choosing(#require(ModelChoice(rawValue: parts[1]))) }
                if parts.count > 2 { scenario.terms.rounds = try #require(Int(parts[2])) }
                if parts.count > 4 { scenario.terms.learningRate = try #require(Float(parts[4])) }
                let outcome = try ReferenceFederation(scenario).run()
                let baselines = try scenario.baselines()
                for (kind, reports) in [
                    ("solo", baselines.solo), ("federated", outcome.reports), ("pooled", baselines.pooled),
                ] {
                    sums[kind, default: []].append(.mean(reports.map(\.metrics)))
                }
                print(
                    "figures \(name) seed \(seed): largest change \(outcome.largestChange), round \(outcome.bestRound)")
            }
            for kind in ["solo", "federated", "pooled"] {
                let mean = WorkloadMetrics.mean(sums[kind] ?? [])
                let each = (sums[kind] ?? []).map { String(format: "%.3f", $0.rmse ?? $0.accuracy ?? $0.prAUC) }
                print(
                    "figures \(name) \(kind)", mean.rmse.map { String(format: "rmse %.2f", $0) } ?? "",
                    mean.nasaScore.map { String(format: "score %.2f", $0) } ?? "",
                    mean.accuracy.map { String(format: "accuracy %.3f", $0) } ?? "",
                    String(
                        format: "recall %.3f false alarms %.3f pr-auc %.3f", mean.recall, mean.falseAlarmRate,
                        mean.prAUC), each)
            }
        }
    }

    /// "aft-a", "aft-c", "aft-e": censored log-normal and Weibull times, pooled by sums and each company alone.
    @Test(arguments: ["aft-a", "aft-c", "aft-e"]) func survival(_ name: String) throws {
        let wanted = ProcessInfo.processInfo.environment["SECAGG_FIGURES"] ?? ""
        guard wanted.split(separator: ",").contains(Substring(name)) else { return }
        let partition: TurbofanPartition = name == "aft-a" ? .a : name == "aft-c" ? .c : .e
        for law in [SurvivalDistribution.logNormal, .weibull] {
            var pooled: [(rmse: Double, covered: Double)] = []
            var solo = pooled
            var evaluations = 0
            for seed in 0..<3 as Range<UInt64> {
                let scenario = try Scenario.cmapss(partition, directory: TurbofanData.directory, seed: seed)
                let normaliser = try ReferenceFederation(scenario).normaliser()
                let parts = scenario.companies.compactMap { $0.workload as? RemainingLifeWorkload }
                let tables = try parts.map { try $0.survivalTable(normaliser) }
                let statistics = RemainingLifeWorkload.survivalStatistics(law)
                var fit = AcceleratedFailureFit(statistics, lambda: 10, tolerance: 1e-10)
                while !fit.isConverged {
                    let point = fit.point
                    try fit.absorb(
                        ReferenceFederation.sum(try tables.map { try statistics.upload($0, at: point) }))
                }
                evaluations = max(evaluations, fit.evaluations)
                for (part, company) in zip(parts, scenario.companies) {
                    pooled.append(try part.evaluate(fit.model, normaliser: normaliser, coverage: 0.9))
                    let own = try company.ownNormaliser()
                    let alone = try AcceleratedFailureFit.fit(law, part.survivalTable(own), lambda: 10)
                    solo.append(try part.evaluate(alone, normaliser: own, coverage: 0.9))
                }
            }
            for (kind, all) in [("pooled by sums", pooled), ("solo", solo)] {
                let count = Double(all.count)
                print(
                    "figures \(name) \(law) \(kind)",
                    String(
                        format: "rmse %.2f covered %.3f", all.map(\.rmse).reduce(0, +) / count,
                        all.map(\.covered).reduce(0, +) / count), "sums \(evaluations)")
            }
        }
    }
}
