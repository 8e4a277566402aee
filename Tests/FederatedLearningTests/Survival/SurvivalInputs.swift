import Foundation

@testable import FederatedLearning

/// The forty rows that make_known_answers.py computes in the same way.
func survivalSample(_ rows: Int = 40) throws -> SurvivalTable {
    let x = sample(2 * rows, 21)
    let e = sample(rows, 22)
    var features: [Double] = []
    var times: [Double] = []
    var failed: [Bool] = []
    for row in 0..<rows {
        let second = 3 * x[2 * row + 1] + 1
        let y = 4 + 1.5 * x[2 * row] - 0.7 * second + e[row]
        features += [x[2 * row], second]
        if row % 5 == 3 {
            times.append(exp(y - 0.3))
            failed.append(false)
        } else {
            times.append(exp(min(y, 4.2)))
            failed.append(y <= 4.2)
        }
    }
    return try SurvivalTable(features: features, width: 2, times: times, failed: failed)
}

extension SurvivalTable {
    /// Some of the rows, for dealing to companies.
    func part(_ rows: Range<Int>) throws -> SurvivalTable {
        try SurvivalTable(
            features: Array(features[(rows.lowerBound * width)..<(rows.upperBound * width)]), width: width,
            times: logTimes[rows].map { exp($0) }, failed: Array(failed[rows]))
    }
}

/// Random rows from a known model; a share of about a third is censored.
func simulatedSurvival(_ model: AcceleratedFailureModel, rows: Int, seed: UInt64) throws -> SurvivalTable {
    var generator = SeededGenerator(seed: seed)
    var features: [Double] = []
    var times: [Double] = []
    var failed: [Bool] = []
    for _ in 0..<rows {
        let x = model.slopes.map { _ in generator.gaussian() }.map { min(max($0, -4), 4) }
        let time = model.quantile(x, at: min(max(generator.uniform(), 1e-9), 1 - 1e-9))
        let limit = model.quantile(x, at: min(max(0.2 + 1.6 * generator.uniform(), 1e-9), 1 - 1e-9))
        features += x
        times.append(min(time, limit))
        failed.append(time <= limit)
    }
    return try SurvivalTable(features: features, width: model.slopes.count, times: times, failed: failed)
}
