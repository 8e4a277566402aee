import Testing
import WireFormat

@testable import DifferentialPrivacy

/// Whatever is wrong with a line has its own code, and the field.
@Suite struct QueryMisuseTests {
    typealias Fixture = QueryFixture

    @Test func theFixtureIsAnswered() throws {
        #expect(Fixture.refusal(Fixture.line()) == nil)
        #expect(try Fixture.answer().method == .gaussian)
    }

    @Test(arguments: [
        ("noise_multiplier", nil, QueryRefusal.Code.missingField), ("noise_multiplier", "null", .missingField),
        ("noise_multiplier", "0", .zeroValue), ("noise_multiplier", "0.0", .zeroValue),
        ("noise_multiplier", "-0.0", .zeroValue), ("noise_multiplier", "-1", .negativeValue),
        ("noise_multiplier", "\"nan\"", .notANumber), ("noise_multiplier", "\"inf\"", .infiniteValue),
        ("noise_multiplier", "\"-Infinity\"", .infiniteValue), ("noise_multiplier", "\"1\"", .wrongType),
        ("noise_multiplier", "true", .wrongType), ("noise_multiplier", "[1]", .wrongType),
        ("noise_multiplier", "1e-4", .belowRange), ("noise_multiplier", "1e7", .aboveRange),
        ("sensitivity", nil, .missingField), ("sensitivity", "0", .zeroValue), ("sensitivity", "-2", .negativeValue),
        ("sensitivity", "\"NaN\"", .notANumber), ("sensitivity", "1.7e308", .aboveRange),
        ("steps", nil, .missingField), ("steps", "0", .zeroSteps), ("steps", "0.0", .zeroSteps),
        ("steps", "-3", .negativeValue), ("steps", "1.5", .notAnInteger), ("steps", "1e13", .aboveRange),
        ("steps", "18446744073709551615", .aboveRange), ("steps", "\"inf\"", .infiniteValue),
        ("mechanism", nil, .missingField), ("mechanism", "\"cauchy\"", .unknownChoice), ("mechanism", "3", .wrongType),
        ("sampling", nil, .missingField), ("sampling", "\"poison\"", .unknownChoice),
        ("sampling", "\"poisson\"", .missingField), ("sampling", "\"fixed_size\"", .missingField),
        ("sampling_rate", "0.5", .contradictoryField), ("sampling_rate", "0", .zeroValue),
        ("sampling_rate", "1.5", .aboveRange), ("sample", "5", .contradictoryField), ("extra", "1", .unknownField),
    ])
    func fieldsOfAnEvent(_ name: String, _ value: String?, _ code: QueryRefusal.Code) throws {
        let refusal = try #require(Fixture.refusal(Fixture.line(event: [name: value])))
        #expect(refusal.code == code)
        #expect(refusal.field?.hasPrefix("events[0]") == true)
        if code != .unknownField, code != .missingField { #expect(refusal.field == "events[0].\(name)") }
    }

    @Test(arguments: [
        ("kind", nil, QueryRefusal.Code.missingField), ("kind", "\"gamma\"", .unknownChoice),
        ("adjacency", nil, .missingField), ("adjacency", "\"addRemove\"", .unknownChoice),
        ("accountant", nil, .missingField), ("accountant", "\"moments\"", .unknownChoice),
        ("delta", nil, .missingField), ("delta", "0", .zeroValue), ("delta", "-1e-9", .negativeValue),
        ("delta", "1", .deltaNotBelowOne), ("delta", "1.0", .deltaNotBelowOne), ("delta", "2", .deltaNotBelowOne),
        ("delta", "\"nan\"", .notANumber), ("delta", "\"inf\"", .infiniteValue), ("delta", "{}", .wrongType),
        ("epsilon", "1", .contradictoryField), ("unit", "\"planet\"", .unknownChoice), ("events", nil, .missingField),
        ("events", "[]", .emptyEvents), ("events", "{}", .wrongType), ("events", "[3]", .wrongType),
        ("Delta", "1", .unknownField),
    ])
    func fieldsOfTheQuery(_ name: String, _ value: String?, _ code: QueryRefusal.Code) throws {
        let reply = PrivacyReply(to: Fixture.line(query: [name: value]))
        #expect(reply.id == 7)
        #expect(Fixture.refusal(Fixture.line(query: [name: value]))?.code == code)
    }

    @Test func budgets() throws {
        let calibrate: [String: String?] = ["kind": "\"sigma\""]
        for (value, code) in [
            (nil, QueryRefusal.Code.missingField), ("0", .zeroValue), ("-1", .negativeValue),
            ("\"inf\"", .infiniteValue),
        ] as [(String?, QueryRefusal.Code)] {
            let line = Fixture.line(query: calibrate.merging(["epsilon": value]) { $1 })
            #expect(Fixture.refusal(line) == QueryRefusal(code, "epsilon"))
        }
        let steps: [String: String?] = ["kind": "\"steps\"", "epsilon": "1e-3"]
        #expect(Fixture.refusal(Fixture.line(query: steps))?.code == .budgetUnreachable)
        let loud: [String: String?] = ["kind": "\"steps\"", "epsilon": "1000000"]
        #expect(
            Fixture.refusal(Fixture.line(event: ["noise_multiplier": "1e6"], query: loud))?.code == .budgetNeverSpent)
        // delta at epsilon zero is a figure.
        let variation = try Fixture.answer(query: ["kind": "\"delta\"", "delta": nil, "epsilon": "0"])
        #expect(try #require(variation.delta).upper > 0.5)
    }

    @Test func whatCannotBeAccountedFor() {
        let poisson: [String: String?] = ["sampling": "\"poisson\"", "sampling_rate": "0.1"]
        #expect(
            Fixture.refusal(Fixture.line(event: poisson, query: ["adjacency": "\"replace_one\""]))
                == QueryRefusal(.poissonNeedsAddRemove, "adjacency"))
        #expect(
            Fixture.refusal(Fixture.line(event: poisson, query: ["accountant": "\"gaussian\""]))
                == QueryRefusal(.notAccounted, "accountant"))
        #expect(
            Fixture.refusal(Fixture.line(event: poisson, query: ["delta": "1e-16"]))
                == QueryRefusal(.belowRange, "delta"))
        #expect(
            Fixture.refusal(Fixture.line(event: poisson, query: ["delta": "0.6"])) == QueryRefusal(.aboveRange, "delta")
        )
        let drawn: [String: String?] = ["sampling": "\"fixed_size\"", "sample": "5", "population": "50"]
        #expect(Fixture.refusal(Fixture.line(event: drawn)) == QueryRefusal(.fixedSizeNeedsReplaceOne, "adjacency"))
        #expect(
            Fixture.refusal(Fixture.line(event: drawn.merging(["sample": "51"]) { $1 }))
                == QueryRefusal(.sampleAbovePopulation, "events[0].sample"))
        #expect(
            Fixture.refusal(Fixture.line(query: ["kind": "\"rate\"", "epsilon": "1"]))
                == QueryRefusal(.contradictoryField, "events[0].sampling"))
    }

    @Test func linesThatAreNoQueries() {
        func reply(_ text: String) -> (JSONValue, QueryRefusal.Code?) {
            let reply = PrivacyReply(to: Array(text.utf8))
            if case .failure(let refusal) = reply.outcome { return (reply.id, refusal.code) }
            return (reply.id, nil)
        }
        #expect(reply("") == (.null, .notJSON))
        #expect(reply("{\"id\":1,") == (.null, .notJSON))
        #expect(reply("{\"id\":1} x") == (.null, .notJSON))
        #expect(reply("[1]") == (.null, .wrongType))
        #expect(reply("{\"kind\":\"epsilon\"}") == (.null, .missingField))
        #expect(reply("{\"id\":[1],\"kind\":\"epsilon\"}") == (.null, .wrongType))
        #expect(reply("{\"id\":null}") == (.null, .missingField))
        #expect(reply("{\"id\":\"a\",\"kind\":\"epsilon\",\"kind\":\"delta\"}") == ("a", .duplicateField))
        #expect(reply("{\"id\":4,\"events\":[{\"steps\":1,\"note\":\"}]\\\"\",\"steps\":2}]}") == (4, .duplicateField))
        #expect(reply("{\"id\":5,\"delta\": NaN}") == (5, .notANumber))
        #expect(reply("{\"id\":5,\"delta\":-Infinity}") == (5, .infiniteValue))
        #expect(reply("{\"id\":5,\"events\":[{\"steps\":1e999}]}") == (5, .infiniteValue))
        #expect(reply("{\"delta\":NaN,\"id\":5}") == (.null, .notANumber))
        #expect(reply(String(repeating: "[", count: 100)) == (.null, .notJSON))
        let long = [UInt8](repeating: UInt8(ascii: " "), count: PrivacyReply.mostBytes + 1)
        #expect(Fixture.refusal(long)?.code == .lineTooLong)
        let one = "{\"mechanism\":\"laplace\"}"
        let many = "[" + Array(repeating: one, count: PrivacyQuery.mostEvents + 1).joined(separator: ",") + "]"
        #expect(Fixture.refusal(Fixture.line(query: ["events": many])) == QueryRefusal(.tooManyEvents, "events"))
    }
}
