import Glibc
import RoundProtocol
import Testing

@testable import FuzzTargets

/// Every file of `Fuzz/Corpus` through the entry function that the fuzzer drives: past findings stay found.
@Suite struct CorpusReplayTests {
    static func files(_ target: FuzzTarget) -> [String] {
        let directory = Repository.root + "/Fuzz/Corpus/" + target.rawValue
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first != "." { names.append(directory + "/" + name) }
        }
        return names.sorted()
    }

    /// What programmes change goes as far as a session can.
    @Test func theHonestSessionsReachTheirEnds() {
        let masking = Set(FuzzSession.recording.messages.map(\.frame.header.type))
        #expect(masking.count == 17 && masking.contains(.result), "\(masking)")
        #expect(FuzzSession.recording.records.count == 5)
        let sum = Set(SumSessionCast.recording.messages.map(\.frame.header.type))
        #expect(
            sum.isSuperset(of: [.maskedInput, .survivorStatement, .unmaskRequest, .openingShare, .result]), "\(sum)")
        #expect(SumSessionCast.recording.records.count == 5)
    }

    @Test(arguments: FuzzTarget.allCases) func replay(_ target: FuzzTarget) throws {
        let files = Self.files(target)
        #expect(!files.isEmpty, "Fuzz/Corpus/\(target.rawValue) is empty")
        for path in files { target.run(try #require(Repository.contents(path), "\(path)")) }
        // And what every target must bear without a file.
        target.run([])
        for byte in UInt8(0)..<12 { target.run([byte]) }
    }
}
