import Foundation
import SecAggSimulation
import Testing
import WireFormat

/// Altered vectors are reported: nothing passes that should not.
@Suite struct VectorMisuseTests {
    /// One hex digit of one value in the first valid or refused test that has one.
    static func flipped(_ value: JSONValue, _ path: [String]) -> JSONValue? {
        guard let key = path.first else {
            guard let text = value.text, let last = text.last, text.count % 2 == 0, !text.isEmpty else { return nil }
            return .string(text.dropLast() + (last == "0" ? "1" : "0"))
        }
        switch value {
        case .object(var members):
            guard let index = members.firstIndex(where: { $0.key == key }),
                let inner = flipped(members[index].value, Array(path.dropFirst()))
            else { return nil }
            members[index].value = inner
            return .object(members)
        case .array(var elements):
            for index in elements.indices.reversed() {
                guard let inner = flipped(elements[index], path) else { continue }
                elements[index] = inner
                return .array(elements)
            }
            return nil
        default: return nil
        }
    }

    static let places: [(file: String, path: [String])] = [
        ("keys/key_derivation.json", ["expected", "seed"]),
        ("keys/key_derivation.json", ["expected", "signature"]),
        ("keys/key_derivation.json", ["inputs", "plaintext"]),
        ("keys/mask_expansion.json", ["expected", "digest"]),
        ("keys/mask_expansion.json", ["expected", "ranges", "words"]),
        ("noise/discrete_gaussian.json", ["expected", "key"]),
        ("noise/discrete_gaussian.json", ["expected", "samples"]),
        ("hostile/lying_server.json", ["evidence"]),
        ("noise/removable_seeds.json", ["expected", "agreement"]),
        ("noise/removable_seeds.json", ["expected", "kept"]),
        ("noise/removable_seeds.json", ["expected", "seeds"]),
        ("paillier/encryption.json", ["expected", "codecId"]),
        ("paillier/encryption.json", ["inputs", "contributions", "ciphertexts"]),
        ("paillier/opening_requests.json", ["expected", "statement"]),
        ("paillier/openings.json", ["expected", "partial"]),
        ("paillier/plaintext_knowledge.json", ["expected", "proof"]),
        ("paillier/plaintext_knowledge.json", ["inputs", "s"]),
        ("paillier/refusals.json", ["expected", "codecId"]),
        ("paillier/threshold_keys.json", ["expected", "id"]),
        ("ring/fixed_point_codec.json", ["expected", "values"]),
        ("ring/lane_packing.json", ["expected", "words"]),
        ("round/bad_frames.json", ["expected", "receiptFrame"]),
        ("round/four_parties_check_on_failure.json", ["expected", "sessionId"]),
        ("round/four_parties_check_on_failure.json", ["inputs", "participants", "randomness"]),
        ("round/seven_parties_dropout_late.json", ["expected", "rounds", "recovered", "scalar"]),
        ("round/seven_parties_dropout_setup.json", ["expected", "participants", "boxes", "key"]),
        ("round/three_parties.json", ["expected", "transcript", "frame"]),
        ("round/three_parties.json", ["expected", "rounds", "sumDigest"]),
        ("round/three_parties.json", ["inputs", "coordinator", "identitySeed"]),
        ("shamir/ristretto255.json", ["expected", "weights", "weight"]),
        ("upload/digest.json", ["expected", "chunkRoots"]),
    ]

    @Test func everyFileHasAnAlteredPlace() {
        #expect(Set(Self.places.map(\.file)) == Set(VectorCopy.files))
    }

    @Test(arguments: places.indices)
    func oneChangedDigitIsReported(place: Int) throws {
        let (file, path) = Self.places[place]
        let untouched = try VectorVerifier(directory: VectorCopy.directory).verify(file)
        let report = try VectorCopy.withAltered(
            file,
            { json in
                // Arrays of strings: the last element is altered.
                try #require(Self.flipped(json, ["tests"] + path) ?? Self.flippedLast(json, ["tests"] + path))
            },
            { try $0.verify(file) })
        #expect(report.failures.count == untouched.failures.count + 1)
        #expect(report.passed == untouched.passed - 1)
    }

    /// As `flipped`, where the path ends at an array of strings.
    static func flippedLast(_ value: JSONValue, _ path: [String]) -> JSONValue? {
        switch value {
        case .object(var members):
            guard let key = path.first, let index = members.firstIndex(where: { $0.key == key }),
                let inner = flippedLast(members[index].value, Array(path.dropFirst()))
            else { return nil }
            members[index].value = inner
            return .object(members)
        case .array(var elements):
            for index in elements.indices.reversed() {
                guard let inner = path.isEmpty ? flipped(elements[index], []) : flippedLast(elements[index], path)
                else { continue }
                elements[index] = inner
                return .array(elements)
            }
            return nil
        default: return nil
        }
    }

    /// A refusal under another name, a refusal declared valid, a refused frame replaced by the right one.
    @Test func aRefusalMustBeTheNamedOne() throws {
        let file = "round/bad_frames.json"
        let report = try VectorCopy.withAltered(
            file, { try Self.edited($0, test: 0, "error", to: "expired") }, { try $0.verify(file) })
        #expect(report.failures.map(\.tcId) == [1])
        let kit = "hostile/lying_server.json"
        for (key, value) in [
            ("error", JSONValue.string("expired")), ("stage", "result"), ("peer", JSONValue(1 as UInt64)),
        ] {
            let report = try VectorCopy.withAltered(
                kit, { try Self.edited($0, test: 0, key, to: value) }, { try $0.verify(kit) })
            #expect(report.failures.map(\.tcId) == [1], "\(key)")
        }
        let shamir = "shamir/ristretto255.json"
        let accepted = try VectorCopy.withAltered(
            shamir,
            { json in
                let tests = try #require(json["tests"]?.elements)
                let refused = try #require(tests.firstIndex { $0["error"]?.text == "invalidPoint" })
                let points = tests.compactMap { $0["expected"]?["point"] }
                let point = try #require(points.first)
                let inputs: JSONValue = ["operation": "decodePoint", "encoding": point]
                return try Self.edited(json, test: refused, "inputs", to: inputs)
            }, { try $0.verify(shamir) })
        #expect(accepted.failures.map(\.reason) == ["expected invalidPoint, ours an answer"])
    }

    @Test func aFrameThatIsNotBadIsReported() throws {
        let file = "round/bad_frames.json"
        let report = try VectorCopy.withAltered(
            file,
            { json in
                let tests = try #require(json["tests"]?.elements)
                let index = try #require(tests.firstIndex { $0["error"]?.text == "badSignature" })
                let inputs = try #require(tests[index]["inputs"])
                let name = try #require(inputs["transcript"]?.text)
                let after = try #require(inputs["after"]?.int64)
                let recording = try VectorCopy.json("round/\(name).json")["tests"]?.elements?.first
                let transcript = try #require(recording?["expected"]?["transcript"]?.elements)
                let good = try #require(transcript[Int(after)]["frame"])
                let members = try #require(inputs.members).map { $0.key == "frame" ? JSONMember("frame", good) : $0 }
                return try Self.edited(json, test: index, "inputs", to: .object(members))
            }, { try $0.verify(file) })
        #expect(report.failures.count == 1)
        #expect(report.failures.first?.reason.contains("the frame is accepted") == true)
    }

    static func edited(_ json: JSONValue, test: Int, _ key: String, to value: JSONValue) throws -> JSONValue {
        guard case .object(var members) = json, let place = members.firstIndex(where: { $0.key == "tests" }),
            case .array(var tests) = members[place].value, case .object(var fields) = tests[test]
        else { return json }
        let index = try #require(fields.firstIndex { $0.key == key })
        fields[index].value = value
        tests[test] = .object(fields)
        members[place].value = .array(tests)
        return .object(members)
    }

    /// One member of the header replaced by what `change` makes of it; nil takes it away.
    static func with(_ key: String, _ change: (JSONValue) -> JSONValue?, in header: [JSONMember]) -> [JSONMember] {
        header.compactMap { member in
            member.key == key ? change(member.value).map { JSONMember(key, $0) } : member
        }
    }

    static let headers: [(name: String, change: @Sendable ([JSONMember]) -> [JSONMember])] = [
        ("an unknown key", { $0 + [JSONMember("generated", true)] }),
        ("a missing key", { with("notes", { _ in nil }, in: $0) }),
        ("another schema", { with("schema", { _ in "qsa1-vectors-v2" }, in: $0) }),
        ("a count too high", { with("numberOfTests", { .integer(($0.int64 ?? 0) + 1) }, in: $0) }),
        ("no tests", { with("tests", { _ in [] }, in: $0) }),
        ("a source that is not independent", { with("source", { _ in ["kind": "own"] }, in: $0) }),
        ("tests in another order", { with("tests", { .array($0.elements?.reversed() ?? []) }, in: $0) }),
        ("an unknown key in a test", { with("tests", withFlags, in: $0) }),
    ]

    /// The tests with a key that the schema does not know.
    static func withFlags(_ tests: JSONValue) -> JSONValue {
        .array((tests.elements ?? []).map { .object(($0.members ?? []) + [JSONMember("flags", [])]) })
    }

    @Test(arguments: headers.indices)
    func tamperedHeadersAreRefused(header: Int) throws {
        let file = "ring/lane_packing.json"
        let change = Self.headers[header].change
        try VectorCopy.withAltered(
            file, { .object(change($0.members ?? [])) },
            { verifier in
                #expect(throws: VectorFailure.self, "\(Self.headers[header].name)") { try verifier.verify(file) }
                #expect(throws: VectorFailure.self) { try verifier.answer(file) }
            })
    }

    @Test func unreadableFilesAreNamed() throws {
        #expect(throws: VectorFailure.self) { try VectorVerifier(directory: "/nonexistent") }
        let verifier = try VectorVerifier(directory: VectorCopy.directory)
        do {
            _ = try verifier.verify("ring/other.json")
            Issue.record("an unknown file was accepted")
        } catch {
            #expect(error.description.contains("ring/other.json"))
            #expect(error.description.contains("ring/lane_packing.json"))
        }
    }
}
