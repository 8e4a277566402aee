import Foundation
import Testing
import WireFormat

@testable import DifferentialPrivacy

/// Answers against closed forms and plain sums in 60 digits; `make_known_answers.py` beside this file uses no accountant.
@Suite struct QueryKnownAnswerTests {
    private struct Known {
        var query: JSONValue
        var truth: Double
    }

    private static func known() throws -> [Known] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "known-answers.jsonl")
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map { line in
            let value = try JSONValue(parsing: Array(line.utf8), limit: 1 << 16)
            let truth = try #require(value["truth"]?.text.flatMap(Double.init))
            return Known(query: try #require(value["query"]), truth: truth)
        }
    }

    @Test func answersHoldTheTruth() throws {
        let all = try Self.known()
        #expect(all.count == 28)
        for known in all {
            let reply = PrivacyReply(to: try known.query.encoded())
            #expect(reply.id == known.query["id"])
            let answer = try reply.outcome.get()
            let name = Comment(rawValue: "query \(known.query["id"]?.int64 ?? 0)")
            // The truth was rounded to double.
            let (low, high) = (known.truth * (1 - 1e-14), known.truth * (1 + 1e-14))
            switch answer.query.kind {
            case .epsilon, .delta:
                let interval = try #require(answer.epsilon ?? answer.delta)
                #expect(interval.lower <= high && interval.upper >= low, name)
                // Discrete noise of a small sigma is enclosed by continuous noise of another.
                let isDiscrete = answer.query.events[0].noise == .discreteGaussian
                #expect(interval.width <= (isDiscrete ? 0.3 : 1e-3) * known.truth, name)
            case .sigma:
                #expect(answer.sigma >= low && answer.sigma <= known.truth * (1 + 1e-4), name)
            case .steps: #expect(answer.steps == Int(known.truth), name)
            case .rate:
                let rate = try #require(answer.samplingRate)
                #expect(rate <= high && rate >= known.truth * (1 - 1e-4), name)
            }
            if answer.query.kind.isCalibration {
                let (epsilon, budget) = (try #require(answer.epsilon), try #require(answer.query.epsilon))
                #expect(epsilon.upper <= budget, name)
            }
        }
    }
}
