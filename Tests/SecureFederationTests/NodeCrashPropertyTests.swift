import CryptoPrimitives
import DurableState
import Foundation
import RingVectors
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import Testing

@testable import SecureFederation

/// A coordinator whose process ends after a call has returned and before its frames have left.
@Suite struct NodeCrashPropertyTests {
    static func random(_ label: String) -> any RandomSource { SeededRandomSource(seed: 5, label: label) }

    static func identity(_ peer: PeerID) -> SigningKey {
        var source = random("identity \(peer.rawValue)")
        return SigningKey(from: &source)
    }

    static func sealingKey(_ peer: PeerID) -> SealingKey {
        var source = random("sealing \(peer.rawValue)")
        return SealingKey(from: &source)
    }

    /// Four companies, their nodes and a coordinator's node, driven by hand.
    final class Table {
        let now = Instant(milliseconds: 1_000)
        let roster: Roster
        let store = MemoryStateStore()
        let directory: URL
        let spool: FileSpool
        let layout: LaneLayout
        var parties: [ParticipantNode<Participant>] = []
        var server: CoordinatorNode<Coordinator>
        var opened: [RoundOutcome] = []
        private var tokens: any RandomSource = NodeCrashPropertyTests.random("tokens")

        init() throws {
            directory = FileManager.default.temporaryDirectory.appendingPathComponent("node-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            spool = try FileSpool(directory: directory.path + "/spool")
            let keys = (0..<4).map { NodeCrashPropertyTests.identity(PeerID(rawValue: $0)).verifyingKey }
            let roster = try Roster(
                participants: keys, coordinator: NodeCrashPropertyTests.identity(.coordinator).verifyingKey)
            self.roster = roster
            layout = try LaneLayout(bits: 21)
            let policy = ClientPolicy(
                minimumColluders: 1, minimumHonest: 2, maximumRoundsPerEpoch: 4, maximumRoundsOnOneCohort: 9,
                maskSuites: .chaCha20, regularGraphSecurity: nil, minimumNoiseVariance: 0, maximumDimension: 100,
                eagerShareCheckUpTo: 32, schemaDigest: nil, parametersDigest: nil, requiresExpectedModel: false)
            server = try Self.coordinator(roster, store, spool, life: 0)
            for id in UInt32(0)..<4 {
                let peer = PeerID(rawValue: id)
                parties.append(
                    ParticipantNode(
                        try Participant(
                            identity: NodeCrashPropertyTests.identity(peer), roster: roster, policy: policy,
                            sealingKey: NodeCrashPropertyTests.sealingKey(peer),
                            random: NodeCrashPropertyTests.random("party \(id)"),
                            sealingRandom: NodeCrashPropertyTests.random("nonces \(id)")), store: MemoryStateStore()))
            }
        }

        deinit { try? FileManager.default.removeItem(at: directory) }

        static func coordinator(
            _ roster: Roster, _ store: any StateStore, _ spool: any InputSpool, life: Int
        ) throws -> CoordinatorNode<Coordinator> {
            CoordinatorNode(
                try Coordinator.restored(
                    from: store, identity: NodeCrashPropertyTests.identity(.coordinator), roster: roster,
                    sealingKey: NodeCrashPropertyTests.sealingKey(.coordinator), spool: spool,
                    sealingRandom: NodeCrashPropertyTests.random("server nonces \(life)")), store: store)
        }

        /// Delivers what is to be sent, and what follows from it, until nothing is left; `stopsAt` sees each of the
        /// coordinator's outcomes first, and true loses its frames.
        func run(_ first: NodeOutcome, stopsAt: (NodeOutcome) -> Bool = { _ in false }) throws -> Bool {
            var queue = first.frames
            if stopsAt(first) { return true }
            while !queue.isEmpty {
                let (to, frame) = queue.removeFirst()
                guard to != .coordinator else {
                    // Answers beyond those that open the sum are late.
                    guard let outcome = try? server.receive(frame.bytes, at: now) else { continue }
                    if stopsAt(outcome) { return true }
                    if let sum = outcome.outcome { opened.append(sum) }
                    queue += outcome.frames
                    continue
                }
                let node = parties[Int(to.rawValue)]
                let outcome = try node.receive(frame.bytes, at: now)
                queue += outcome.frames
                guard let request = outcome.inputRequest else { continue }
                let values = (0..<5).map { Int64(to.rawValue) * 100 + $0 }
                queue += try node.submit(
                    PackedVector(packing: values, layout: layout), token: InputToken(from: &tokens), at: now
                ).frames
                #expect(request.round == 1)
            }
            return false
        }

        func open() throws {
            let outcome = try server.openEpoch(
                1, firstRound: 1,
                parameters: EpochParameters(
                    rounds: 1, colluders: 1, thresholdRule: .minimum, maskSuites: .chaCha20, graph: .complete,
                    shareCheck: .eager, regularGraphSecurity: 1, advertiseDeadline: now.advanced(byMilliseconds: 1_000),
                    dealDeadline: now.advanced(byMilliseconds: 2_000)))
            _ = try run(outcome)
        }

        func announce() throws -> NodeOutcome {
            let digest = Blake2b.hash([1], Personalisation("test model"))
            return try server.announce(
                round: 1,
                RoundParameters(
                    modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: 5, ringBits: 21,
                    valueBound: 1_000, weightCap: 1, noiseTail: 0, noiseVariance: 0, minimumSurvivors: 3,
                    receiptsRequired: server.suggestedReceipts, inputDeadline: now.advanced(byMilliseconds: 1_000),
                    survivorDeadline: now.advanced(byMilliseconds: 2_000),
                    unmaskDeadline: now.advanced(byMilliseconds: 3_000)))
        }
    }

    /// The opened sum was returned and never left: the next life opens the same one from the same answers.
    @Test func aResultThatNeverLeftIsOpenedAgain() throws {
        let table = try Table()
        try table.open()
        var lost: RoundOutcome?
        let isLost = try table.run(table.announce()) { outcome in
            lost = outcome.outcome
            return lost != nil
        }
        #expect(isLost)
        // The process ends here.
        table.server = try Table.coordinator(table.roster, table.store, table.spool, life: 1)
        #expect(table.server.expectedStage == .unmask, "the round is still open")
        let again = try table.server.resume()
        #expect(try #require(again.outcome).sum == lost?.sum)
        #expect(again.abort == nil && !again.frames.isEmpty)
    }

    /// Once the frames have left and anything else is asked for, the round is over for good.
    @Test func aResultThatHasLeftIsNotOpenedTwice() throws {
        let table = try Table()
        try table.open()
        #expect(try !table.run(table.announce()))
        #expect(table.opened.count == 1)
        let values = table.opened.first?.sum.signedValues()
        #expect(values == (0..<5).map { 600 + 4 * Int64($0) })
        _ = try table.server.tick(at: table.now)
        table.server = try Table.coordinator(table.roster, table.store, table.spool, life: 1)
        #expect(table.server.expectedStage == .announce)
        #expect(try table.server.resume().frames.isEmpty)
    }
}
