import Foundation

@testable import DifferentialPrivacy

/// The tables that make_known_answers.py printed.
enum AccountingKnownAnswers {
    static let tables: [String: [[Double]]] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "known-answers.json")
        guard let data = try? Data(contentsOf: path),
            let tables = try? JSONDecoder().decode([String: [[Double]]].self, from: data)
        else { return [:] }
        return tables
    }()

    static func table(_ name: String) -> [[Double]] { tables[name] ?? [] }

    /// One event, repeated, adding or removing an asset.
    static func schedule(
        _ mechanism: Mechanism, rate: Double = 1, count: Int = 1, adjacency: Adjacency = .addRemove
    ) throws -> PrivacySchedule {
        let sampling: SamplingScheme = rate == 1 ? .none : .poisson(try SamplingRate(rate))
        let event = try PrivacyEvent(mechanism, sampling: sampling, count: count)
        return try PrivacySchedule(unit: .asset, adjacency: adjacency, events: [event])
    }

    static func gaussian(_ noise: Double, rate: Double = 1, count: Int = 1) throws -> PrivacySchedule {
        try schedule(.gaussian(NoiseMultiplier(noise)), rate: rate, count: count)
    }
}
