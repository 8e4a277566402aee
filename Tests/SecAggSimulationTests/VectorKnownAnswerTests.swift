import SecAggSimulation
import Testing
import WireFormat

/// The library against the known answers of an independent implementation, file by file.
@Suite struct VectorKnownAnswerTests {
    @Test(arguments: VectorCopy.files)
    func everyTestPasses(file: String) throws {
        let report = try VectorVerifier(directory: VectorCopy.directory).verify(file)
        #expect(report.name == file)
        #expect(report.passed > 0)
        for failure in report.failures { Issue.record("\(file) test \(failure.tcId): \(failure.reason)") }
    }

    /// No file lies in the directory that nobody reads.
    @Test func everyFileIsRead() throws {
        #expect(try VectorVerifier(directory: VectorCopy.directory).files() == VectorCopy.filesOnDisk())
    }

    /// The answers are what the files expect, written by the same rules.
    @Test(arguments: VectorCopy.files)
    func answersAreTheExpectedValues(file: String) throws {
        let answers = try #require(try VectorVerifier(directory: VectorCopy.directory).answer(file).elements)
        let tests = try #require(try VectorCopy.json(file)["tests"]?.elements)
        #expect(answers.count == tests.count)
        for (answer, test) in zip(answers, tests) {
            #expect(answer["tcId"] == test["tcId"])
            #expect(answer["result"] == test["result"])
            #expect(answer["error"] == test["error"])
            if let expected = test["expected"] {
                let ours = try #require(answer["expected"])
                #expect(try ours.encoded(keys: .sorted) == expected.encoded(keys: .sorted))
            }
        }
    }
}
