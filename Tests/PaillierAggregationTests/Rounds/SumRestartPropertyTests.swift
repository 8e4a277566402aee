import CryptoPrimitives
import DurableState
import Glibc
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// A directory for one test; it goes away with the object.
final class SumDirectory {
    let path: String

    init() {
        var template = Array("/tmp/paillier-rounds-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        guard let stream = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(stream)
        for name in names where unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
        rmdir(path)
    }
}

/// Machines that end and are taken up from their stores, at every step.
@Suite struct SumRestartPropertyTests {
    static let steps: [FrameType] = [
        .sumProposal, .join, .joinList, .roundConfig, .maskedInput, .chunk, .acknowledgement, .survivors,
        .survivorStatement, .unmaskRequest, .openingShare, .result,
    ]
    static let terms = SumBench.Terms(participants: 4, mode: .jointRoot, dimension: 3)

    static func bench(
        _ terms: SumBench.Terms = terms, _ directory: SumDirectory? = nil, storesOnFiles: Bool = false
    ) throws -> SumBench {
        guard let directory else { return try SumBench(terms) }
        return try SumBench(
            terms,
            store: {
                guard storesOnFiles else { return MemoryStateStore() }
                return try FileStateStore(directory: directory.path + "/store-\($0.map(String.init) ?? "server")")
            }, spool: FileSpool(directory: directory.path + "/spool"))
    }

    /// Stops while frames of a type are on the way, restarts all machines and goes on; then the round after.
    @Test(arguments: steps, [false, true])
    func everybodyRestartsInEveryStep(_ type: FrameType, _ masksInside: Bool) throws {
        var terms = Self.terms
        terms.masksInside = masksInside
        let directory = SumDirectory()
        let bench = try Self.bench(terms, masksInside ? directory : nil, storesOnFiles: masksInside)
        bench.holding = [type]
        try bench.openEpoch()
        if bench.server.machine.expectedStage == .announce { try bench.announce() }
        #expect(!bench.held.isEmpty)
        for id in 0..<4 { try bench.restore(bench.peer(id)) }
        try bench.restore(.coordinator)
        bench.restart(.coordinator)
        try bench.finishExactly([0, 1, 2, 3])
        #expect(bench.outcomes.count == 4)
        if masksInside { try bench.setUp(2, firstRound: 2) }
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
    }

    @Test func theSameFramesAfterARestart() throws {
        for type in [FrameType.joinList, .survivors, .unmaskRequest, .result] {
            let bench = try SumBench.upTo(type, Self.terms)
            let before = bench.companies[0].machine.resume().sentFrames
            try bench.restore(bench.peer(0))
            let after = bench.companies[0].machine.resume().sentFrames
            #expect(before == after && !after.isEmpty, "\(type)")
            let said = bench.sent.filter { $0.from == bench.peer(0) }.map(\.bytes)
            #expect(after.allSatisfy { said.contains($0) }, "\(type): nothing new is said")
            try bench.finishExactly([0, 1, 2, 3])
        }
    }

    @Test func aBurntRoundIsNeverEncryptedAgain() throws {
        let bench = try SumBench.upTo(.survivors, Self.terms)
        let promises = bench.sent.filter { $0.from == bench.peer(0) && $0.type == .maskedInput }.map(\.bytes)
        try bench.restore(bench.peer(0))
        for id in 0..<2 {
            #expect(throws: Abort(.roundBurnt, .input)) { try bench.submit(bench.inputs[id], by: 0) }
        }
        bench.restart(bench.peer(0))
        bench.pump()
        #expect(
            Set(bench.sent.filter { $0.from == bench.peer(0) && $0.type == .maskedInput }.map(\.bytes)) == Set(promises)
        )
        bench.encrypted[0] = bench.inputs[0]
        try bench.finishExactly([0, 1, 2, 3])
    }

    /// The record of openings is durable and the part is not: it opens this very set once more, and no other.
    @Test(arguments: OpeningMode.allCases, [1, 2])
    func aRoundIsOpenedOnce(_ mode: OpeningMode, _ durable: Int) throws {
        var terms = Self.terms
        terms.mode = mode
        let bench = try SumBench.upTo(.unmaskRequest, terms)
        let shown = bench.held.filter { $0.to == bench.peer(0) }.map(\.bytes)
        var effects: [Effect] = []
        for frame in shown { effects = try bench.companies[0].machine.handle(frame, at: bench.now) }
        #expect(effects.sentFrames.count == 3)
        bench.carryOut(Array(effects.prefix(durable)), by: bench.peer(0))
        try bench.restore(bench.peer(0))
        #expect(bench.companies[0].machine.openings.openedSets == 1)
        bench.carryOut(bench.companies[0].machine.resume(), by: bench.peer(0))
        bench.release()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
        let said = bench.sent.filter { $0.from == bench.peer(0) && $0.type == .openingShare }.map(\.bytes)
        #expect(Set(said).count == 1)
        #expect(bench.companies[0].machine.openings.openedSets == 1)
        // The next round is opened as ever.
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
        #expect(bench.companies[0].machine.openings.openedSets == 2)
    }

    /// A new session with the same round numbers in another session, and the record of openings, survive a restart.
    @Test func ledgersSurvive() throws {
        let bench = try SumBench(Self.terms)
        try bench.setUp()
        try bench.announce()
        bench.settle()
        let proposal = try bench.sent(.sumProposal, from: .coordinator)
        let config = try bench.sent(.roundConfig, from: .coordinator)
        let token = try #require(bench.tokens[0])
        try bench.restore(bench.peer(0))
        #expect(bench.companies[0].machine.openings.openedSets == 1)
        bench.expectRefusal(.roundReplayed, .proposal, proposal, by: 0)
        bench.expectRefusal(.roundReplayed, .announce, config, by: 0)
        bench.withholding = [0]
        try bench.announce(2)
        #expect(throws: Abort(.inputReused, .input)) { try bench.submit(bench.inputs[0], by: 0, token: token) }
        try bench.submit(bench.inputs[0], by: 0)
        bench.settle()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
    }
}

extension [Effect] {
    /// The frames that are to be sent, in order.
    var sentFrames: [[UInt8]] {
        compactMap { effect in
            if case .send(_, let frame) = effect { frame.bytes } else { nil }
        }
    }
}
