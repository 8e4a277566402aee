internal import WireFormat

/// One test of a file, its frame checked against the layout.
struct VectorTest {
    let tcId: Int
    let inputs: VectorFields
    let expected: JSONValue?
    /// The name of the refusal; nil when the test is to be answered.
    let error: String?
    /// What a refusal must say besides its name.
    let details: [JSONMember]

    private static let headerKeys = ["algorithm", "notes", "numberOfTests", "schema", "source", "tests"]
    private static let detailKeys = ["effect", "peer", "stage", "evidence", "holder", "holders", "index"]
    private static let testKeys = ["tcId", "comment", "inputs", "expected", "result", "error"] + detailKeys

    /// Checks the header and the frame of every test.
    static func tests(in file: JSONValue, name: String) throws(VectorFailure) -> [VectorTest] {
        func refused(_ why: String) -> VectorFailure {
            VectorFailure("cannot use \(name)", why: why, next: "make the file again or take the repository's")
        }
        guard let header = file.members else { throw refused("it is no object") }
        if let key = header.map(\.key).first(where: { !headerKeys.contains($0) }) {
            throw refused("unknown header key \(key)")
        }
        for key in headerKeys where file[key] == nil { throw refused("the header has no \(key)") }
        guard file["schema"]?.text == VectorVerifier.schema else { throw refused("another schema") }
        guard file["algorithm"]?.text != nil, file["notes"]?.text != nil else {
            throw refused("algorithm and notes are no strings")
        }
        guard let source = file["source"], source["kind"]?.text == "independent", source["tool"]?.text != nil,
            source["versions"]?.members != nil, source.members?.count == 3
        else { throw refused("the source is not an independent one with tool and versions") }
        guard let elements = file["tests"]?.elements, !elements.isEmpty else { throw refused("it holds no tests") }
        guard file["numberOfTests"]?.uint64 == UInt64(elements.count) else {
            throw refused("numberOfTests is not the number of tests")
        }
        var tests: [VectorTest] = []
        for (index, element) in elements.enumerated() {
            guard let test = VectorTest(element, number: index + 1) else {
                throw refused("test \(index + 1) is not as the schema says")
            }
            tests.append(test)
        }
        return tests
    }

    private init?(_ test: JSONValue, number: Int) {
        guard let members = test.members, members.allSatisfy({ Self.testKeys.contains($0.key) }),
            test["tcId"]?.uint64 == UInt64(number), test["comment"]?.text != nil, let inputs = test["inputs"],
            inputs.members != nil
        else { return nil }
        switch (test["result"]?.text, test["expected"], test["error"]) {
        case ("valid", .some, .none): error = nil
        case ("invalid", _, .some(.string(let name))): error = name
        default: return nil
        }
        tcId = number
        expected = test["expected"]
        self.inputs = VectorFields(inputs, path: "inputs")
        details = members.filter { Self.detailKeys.contains($0.key) }
        if error == nil && !details.isEmpty { return nil }
    }

    /// The first difference between the test and an answer, nil when it passes.
    func difference(from answer: VectorAnswer) -> String? {
        if error != answer.error {
            return "expected \(error ?? "an answer"), ours \(answer.error ?? "an answer")"
        }
        for detail in details {
            guard let ours = answer.details.first(where: { $0.key == detail.key }) else {
                return "ours names no \(detail.key)"
            }
            let found = VectorComparison.difference(expected: detail.value, ours: ours.value, at: detail.key)
            if found != nil { return found }
        }
        guard let expected else { return nil }
        return VectorComparison.difference(expected: expected, ours: answer.expected ?? .null, at: "expected")
    }
}
