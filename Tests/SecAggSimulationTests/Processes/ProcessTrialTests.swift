import CryptoPrimitives
import Foundation
import RingVectors
import RoundProtocol
import Testing

@testable import SecAggSimulation

/// The short form of `secagg-bench simulate --processes`, and what its watch must see.
@Suite struct ProcessTrialTests {
    /// The command line, built beside the tests.
    static let program: String? = {
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("secagg-bench").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    @Test(.enabled(if: program != nil, "secagg-bench is not built here"), arguments: [UInt64(9_001), 9_002])
    func everyProcessIsKilledOnce(seed: UInt64) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trial-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let terms = ProcessTerms(seed: seed, participants: 5, dimension: 2_000, stepMilliseconds: 6_000)
        let trial = try ProcessTrial(
            terms, program: try #require(Self.program), directory: folder.path, isKilling: true)
        let report = trial.run { id, directory, life in
            [
                "party", "--seed", "\(seed)", "--id", "\(id)", "--life", "\(life)", "--directory", directory,
                "--clients", "5", "--dimension", "2000", "--step", "6000",
            ]
        }
        #expect(report.violations.isEmpty, "\(report.violations)")
        #expect(report.end != .stuck)
        #expect(report.killed > 0)
    }

    static let terms = ProcessTerms(seed: 3, participants: 4, dimension: 8, stepMilliseconds: 100)

    static func frame(_ type: FrameType, by id: Int, _ body: [UInt8]) -> [UInt8] {
        let peer = id == 4 ? PeerID.coordinator : PeerID(rawValue: UInt32(id))
        let header = FrameHeader(type, sender: peer, session: Digest(Bytes32()), round: 1)
        return type.isSigned
            ? Frame(header, body: body, key: ProcessCast.identity(peer, 3)).bytes
            : Frame(unsigned: header, body: body).bytes
    }

    static func sum(_ lives: [Int: UInt64]) throws -> [UInt8] {
        var sum = PackedVector(zeros: 8, layout: try LaneLayout(bits: ProcessTerms.bits))
        for (id, life) in lives { try sum.add(terms.input(of: id, life: life)) }
        return sum.littleEndianBytes()
    }

    /// A watch that has seen the promises of 0 and 1, the second from a second life.
    static func watch() -> ProcessWatch {
        var watch = ProcessWatch(terms)
        watch.lives = [0: 0, 1: 1]
        watch.saw(frame(.maskedInput, by: 0, [1]), from: 0, to: 4)
        watch.saw(frame(.maskedInput, by: 1, [2]), from: 1, to: 4)
        return watch
    }

    @Test func theExactSumOfTheRightLivesPasses() throws {
        var watch = Self.watch()
        watch.saw(Self.frame(.maskedInput, by: 0, [1]), from: 0, to: 4)
        watch.check(try Self.sum([0: 0, 1: 1]), [0, 1])
        #expect(watch.violations.isEmpty)
    }

    @Test func aWrongSumIsSeen() throws {
        var watch = Self.watch()
        watch.check(try Self.sum([0: 0, 1: 0]), [0, 1])
        #expect(watch.violations == ["the sum of 2 is wrong"])
    }

    @Test func twoInputsUnderOneMaskAreSeen() {
        var watch = Self.watch()
        watch.saw(Self.frame(.maskedInput, by: 0, [3]), from: 0, to: 4)
        #expect(watch.violations == ["process 0 said two things: maskedInput"])
        watch = Self.watch()
        watch.saw(Self.frame(.chunk, by: 0, [0, 0, 0, 0, 1]), from: 0, to: 4)
        watch.saw(Self.frame(.chunk, by: 0, [1, 0, 0, 0, 2]), from: 0, to: 4)
        #expect(watch.violations.isEmpty)
        watch.saw(Self.frame(.chunk, by: 0, [0, 0, 0, 0, 3]), from: 0, to: 4)
        #expect(watch.violations == ["process 0 said two things: chunk"])
    }

    @Test func aLostAcknowledgedUploadIsSeen() throws {
        var watch = Self.watch()
        watch.saw(Self.frame(.acknowledgement, by: 4, []), from: 4, to: 0)
        watch.check(try Self.sum([1: 1]), [1])
        #expect(watch.violations == ["the acknowledged upload of 0 is lost"])
    }

    @Test func streamsAreCutIntoWholeMessages() {
        let messages = [
            PartyMessage(kind: .frame, number: 7, bytes: [1, 2, 3]), PartyMessage(kind: .tick, number: .max, bytes: []),
        ]
        var stream = PartyStream()
        var found: [PartyMessage] = []
        for byte in messages.flatMap({ $0.encoded() }).dropLast() {
            stream.append([byte][...])
            while let message = stream.next() { found.append(message) }
        }
        #expect(found == [messages[0]], "half a message is none")
    }
}
