import Foundation
import Testing
import WireFormat

@testable import DifferentialPrivacy

@Suite struct QueryPropertyTests {
    typealias Fixture = QueryFixture

    @Test func integersAndRealsAreTheSame() throws {
        let plain = try Fixture.answer(event: ["noise_multiplier": "2", "steps": "100", "sensitivity": "3"])
        let real = try Fixture.answer(event: ["noise_multiplier": "2.0", "steps": "1e2", "sensitivity": "3.0"])
        #expect(plain == real)
        let text = try PrivacyReply(to: Fixture.line()).json(cpuSeconds: 0).encoded()
        #expect(try PrivacyReply(to: Fixture.line(event: ["steps": "10.0"])).json(cpuSeconds: 0).encoded() == text)
    }

    @Test func nullIsAbsentAndAgreementIsAllowed() throws {
        let plain = try Fixture.answer()
        #expect(
            try Fixture.answer(event: ["sampling_rate": "null", "sample": "null"], query: ["unit": "null"]) == plain)
        #expect(try Fixture.answer(event: ["sampling_rate": "1", "population": "50", "sample": "50"]) == plain)
        let poisson: [String: String?] = ["sampling": "\"poisson\"", "sampling_rate": "0.1", "noise_multiplier": "4"]
        let sampled = try Fixture.answer(event: poisson)
        #expect(try Fixture.answer(event: poisson.merging(["population": "50", "sample": "5"]) { $1 }) == sampled)
        #expect(
            Fixture.refusal(Fixture.line(event: poisson.merging(["population": "50", "sample": "6"]) { $1 }))?.code
                == .contradictoryField)
    }

    @Test func identifiersComeBackAsTheyAre() throws {
        for id in ["1", "-4", "2.5", "true", "null", "\"x\\ny\"", "18446744073709551615"] {
            let value = try JSONValue(parsing: Array(id.utf8), limit: 99)
            #expect(PrivacyReply(to: Fixture.line(query: ["id": id])).id == value)
        }
    }

    @Test func theMembersOfAnAnswer() throws {
        func keys(_ query: [String: String?]) -> [String] {
            PrivacyReply(to: Fixture.line(query: query)).json(cpuSeconds: 0.25).members?.map(\.key) ?? []
        }
        let tail = ["method", "terms", "cpu_s"]
        let scale = ["sigma", "noise_multiplier"]
        #expect(keys([:]) == ["id", "epsilon_lower", "epsilon_upper"] + scale + tail)
        #expect(
            keys(["kind": "\"delta\"", "delta": nil, "epsilon": "1"])
                == ["id", "delta_lower", "delta_upper"] + scale + tail)
        #expect(
            keys(["kind": "\"steps\"", "epsilon": "9"])
                == ["id", "epsilon_lower", "epsilon_upper"] + scale + ["steps"] + tail)
        #expect(keys(["kind": "7"]) == ["id", "error"])
        #expect(PrivacyAnswer.number(.infinity) == "inf")
        #expect(
            try Fixture.answer(query: ["unit": "\"asset\""]).terms
                == "gaussian 2.0, 10 steps, no sampling; unit asset; adjacency add_remove")
    }

    /// One per cent less noise no longer fits, and every accountant's answer is its own.
    @Test(arguments: Accountant.allCases)
    func calibrationJustFits(_ accountant: Accountant) throws {
        let sampling: [String: String?] =
            accountant == .gaussian ? [:] : ["sampling": "\"poisson\"", "sampling_rate": "0.02"]
        let name = "\"\(accountant.rawValue)\""
        let found = try Fixture.answer(
            event: sampling.merging(["steps": "300"]) { $1 },
            query: ["kind": "\"sigma\"", "epsilon": "1", "accountant": name])
        #expect(try #require(found.epsilon).upper <= 1)
        let less = "\(found.noiseMultiplier * 0.99)"
        let above = try Fixture.answer(
            event: sampling.merging(["steps": "300", "noise_multiplier": less]) { $1 }, query: ["accountant": name])
        #expect(try #require(above.epsilon).upper > 1)
    }

    @Test func severalEventsKeepTheirRatios() throws {
        let events = """
            [{"mechanism":"gaussian","noise_multiplier":2,"sensitivity":3,"sampling":"none","steps":4},
            {"mechanism":"laplace","noise_multiplier":6,"sensitivity":1,"sampling":"none","steps":2}]
            """
        let found = try Fixture.answer(query: ["kind": "\"sigma\"", "epsilon": "2", "events": events])
        let z = found.noiseMultiplier
        #expect(found.sigma >= 3 * z && found.sigma <= (3 * z).nextUp)
        let again = events.replacingOccurrences(of: "multiplier\":2", with: "multiplier\":\(z)")
            .replacingOccurrences(of: "multiplier\":6", with: "multiplier\":\(3 * z)")
        let check = try Fixture.answer(query: ["events": again])
        let (one, other) = (try #require(check.epsilon).upper, try #require(found.epsilon).upper)
        #expect(abs(one - other) < 1e-9)
        // Steps in lowest terms 2 and 1.
        let steps = try Fixture.answer(query: ["kind": "\"steps\"", "epsilon": "9", "events": events])
        #expect(try #require(steps.steps) % 2 == 0)
        let mixed = events.replacingOccurrences(of: "\"noise_multiplier\":6,", with: "")
        #expect(
            Fixture.refusal(Fixture.line(query: ["kind": "\"sigma\"", "epsilon": "2", "events": mixed]))
                == QueryRefusal(.missingField, "events[1].noise_multiplier"))
    }

    /// Stable, and each with a sentence of its own.
    @Test func codesAreSnakeCase() {
        let sentences = Set(QueryRefusal.Code.allCases.map { QueryRefusal($0, "delta").description })
        #expect(sentences.count == QueryRefusal.Code.allCases.count)
        for code in QueryRefusal.Code.allCases {
            #expect(code.rawValue.allSatisfy { ($0.isLowercase && $0.isASCII) || $0 == "_" })
        }
    }
}
