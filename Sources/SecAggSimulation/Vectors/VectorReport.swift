internal import WireFormat

/// How the tests of one vector file went.
public struct VectorReport: Sendable {
    /// The file, relative to the directory of the vectors.
    public let name: String
    /// Tests whose every value, or whose refusal, is the library's.
    public let passed: Int
    /// The other tests, with the first difference found.
    public let failures: [(tcId: Int, reason: String)]
}

/// What the library says to a test's inputs.
struct VectorAnswer {
    /// The values of a test that is answered, or what follows from a refusal of a part.
    var expected: JSONValue?
    /// The library's name for the reason of a refusal.
    var error: String?
    /// What it says about the reason: the peer, the holder, the index.
    var details: [JSONMember] = []

    init(_ expected: JSONValue) {
        self.expected = expected
    }

    init(refused error: String, _ details: [JSONMember], expected: JSONValue? = nil) {
        self.error = error
        self.details = details
        self.expected = expected
    }
}

/// The tests of one file: from inputs to what the library answers.
protocol VectorArea {
    /// The answer to one test's inputs; a refusal by the library is thrown.
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer
}
