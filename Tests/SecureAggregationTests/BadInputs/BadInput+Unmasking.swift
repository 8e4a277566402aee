import CryptoPrimitives
import DurableState
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Cases 59 to 67, requests at a participant; 68 to 70, answers at the coordinator; 75 and 76, state records.
extension BadInput {
    static let requests: [BadInput] = [
        BadInput(59, "left out of the cohort", .falselyDropped, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.cohort = Bitmap(count: 6, indices: 1..<6) }
        },
        BadInput(
            59, "left out of the survivors after an acknowledgement", .excludedAfterAcknowledgement, .survivors,
            .coordinator, .proven
        ) {
            try ProtocolBench.trial(at: .survivors) { try $0.survivors(without: 0, like: $1) }
        },
        BadInput(60, "a signer that is no member", .unknownParticipant, .unmask, 6) {
            try ProtocolBench.requestTrial { $0[5].id = 6 }
        },
        BadInput(61, "a signer twice", .duplicateParticipant, .unmask, 1) {
            try ProtocolBench.requestTrial { $0[2] = $0[1] }
        },
        BadInput(62, "a second bitmap, as other protocols list the dropped", .trailingData, .survivors, .coordinator) {
            try ProtocolBench.trial(at: .survivors) { bench, honest in try bench.resign(honest) { $0.append(0x3F) } }
        },
        BadInput(62, "one survivor's input in another's place", .wrongSender, .survivors, 1) {
            try ProtocolBench.trial(at: .survivors) { bench, honest in
                try bench.resign(honest) { $0.replaceSubrange(65 + 196..<65 + 392, with: $0[65..<65 + 196]) }
            }
        },
        BadInput(63, "fewer survivors than the floor", .tooFewSurvivors, .survivors, .coordinator) {
            try ProtocolBench.trial(at: .survivors) { try $0.survivors(like: $1) { $0.removeLast(3) } }
        },
        BadInput(64, "a second survivor set", .equivocation, .survivors, .coordinator, .proven) {
            let bench = try ProtocolBench.upTo(.survivors)
            let honest = try bench.held(.survivors, to: 0)
            try bench.hand(honest, to: 0)
            return BadInputTrial(bench, try bench.survivors(without: 5, like: honest))
        },
        BadInput(
            64, "a request under another set than the signed one", .conflictingUnmask, .unmask, .coordinator, .proven
        ) {
            try ProtocolBench.otherRequestTrial(isAnswered: false)
        },
        BadInput(64, "a second request, under another set", .conflictingUnmask, .unmask, .coordinator, .proven) {
            try ProtocolBench.otherRequestTrial(isAnswered: true)
        },
        BadInput(65, "a survivor outside the cohort", .impossibleTransition, .survivors, .coordinator) {
            var terms = ProtocolBench.Terms()
            terms.participants = 7
            let bench = try ProtocolBench(terms)
            bench.mangle = { $0.from == 6 && $0.type == .receipt ? [] : [$0] }
            try bench.setUp()
            bench.holding = [.survivors]
            try bench.announce()
            return BadInputTrial(bench, try bench.survivors(with: 6, like: bench.held(.survivors, to: 0)))
        },
        BadInput(65, "listed without having sent", .impossibleTransition, .survivors, .coordinator) {
            let bench = try ProtocolBench()
            bench.withholding = [0]
            try bench.setUp()
            bench.holding = [.survivors]
            try bench.announce()
            bench.settle(until: .survivors)
            return BadInputTrial(bench, try bench.survivors(with: 0, like: bench.held(.survivors, to: 0)))
        },
        BadInput(66, "a request before the own statement", .unexpectedMessage, .unmask, .coordinator) {
            let bench = try ProtocolBench.upTo(.survivors)
            let survivors = try bench.held(.survivors, to: 0)
            return BadInputTrial(
                bench, try bench.unmaskRequest(for: survivors, signers: (0..<6).map { PeerID(rawValue: $0) }))
        },
        BadInput(67, "signatures of fewer than a quorum", .quorumNotReached, .unmask, .coordinator) {
            try ProtocolBench.requestTrial { $0.removeLast(3) }
        },
        BadInput(67, "a signature that nobody made", .badSignature, .unmask, 2) {
            try ProtocolBench.requestTrial { $0[2].signature = $0[3].signature }
        },
        BadInput(67, "a root that is not that of the inputs", .digestMismatch, .survivors, .coordinator) {
            try ProtocolBench.trial(at: .survivors) { bench, honest in try bench.resign(honest) { $0[40] ^= 1 } }
        },
    ]

    static let responses: [BadInput] = [
        BadInput(68, "a share of a dealer that the receipt does not name", .unknownShare, .unmask, 2) {
            let bench = try ProtocolBench()
            // Participant 2 receipts all but dealer 5, whose box to it is damaged.
            bench.mangle = { [unowned bench] message in
                guard message.from == 5, message.type == .shares else { return [message] }
                var changed = message
                changed.bytes =
                    (try? bench.changeBoxes(message.bytes) { boxes in
                        boxes[2] = AddressedBox(recipient: 2, box: boxes[2].box.dropLast() + [boxes[2].box.last! ^ 1])
                    }) ?? []
                return [changed]
            }
            try bench.setUp()
            bench.holding = [.unmaskShares]
            try bench.announce()
            let honest = try #require(bench.held.first { $0.from == 2 }).bytes
            let forged = try bench.resign(honest) { body in
                body[32] += 1
                body += [5, 0, 0, 0] + [UInt8](repeating: 0, count: 32)
            }
            return BadInputTrial(bench, forged, to: .coordinator)
        },
        BadInput(69, "a share that does not give the published point", .reconstructionFailed, .unmask, 2, .leftOut) {
            let bench = try ProtocolBench()
            bench.mangle = { [unowned bench] message in
                guard message.from == 2, message.type == .unmaskShares else { return [message] }
                var changed = message
                changed.bytes = (try? bench.resign(message.bytes) { $0[40] ^= 1 }) ?? []
                return [changed]
            }
            try bench.setUp()
            return BadInputTrial(bench, by: .coordinator) { bench in
                try bench.announce()
                bench.settle()
                bench.expectExact([0, 1, 2, 3, 4, 5])
            }
        },
        BadInput(
            70, "fewer than t answers at the deadline", .abortedInsufficientShares, .unmask, .nobody, .ends
        ) {
            let bench = try ProtocolBench()
            bench.mangle = { $0.type == .unmaskShares && $0.from.rawValue > 2 ? [] : [$0] }
            try bench.setUp()
            return BadInputTrial(bench, by: .coordinator) { bench in
                try bench.announce()
                bench.settle()
            }
        },
        BadInput(70, "an answer after the deadline", .late, .unmask, 2) {
            let (bench, frame) = try CoordinatorMisuseTests.waiting(for: .unmaskShares)
            bench.now = bench.now.advanced(byMilliseconds: 1 << 40)
            return BadInputTrial(bench, frame, to: .coordinator)
        },
    ]

    static let records: [BadInput] = [
        BadInput(75, "a participant's record with one bit turned", .stateCorrupt, .state, .nobody) {
            try ProtocolBench.recordTrial(of: 0, Participant.stateRecord) { $0[$0.count / 2] ^= 1 }
        },
        BadInput(75, "a participant's record cut short", .stateCorrupt, .state, .nobody) {
            try ProtocolBench.recordTrial(of: 0, Participant.stateRecord) { $0.removeLast() }
        },
        BadInput(75, "a record of no byte", .stateCorrupt, .state, .nobody) {
            try ProtocolBench.recordTrial(of: 0, Participant.stateRecord) { $0 = [] }
        },
        BadInput(76, "an older record than the counter", .stateRolledBack, .state, .nobody) {
            let bench = try ProtocolBench.upTo(.survivors)
            return BadInputTrial(bench, by: 0) { bench in
                _ = try bench.restored(0, from: RolledBackStore())
            }
        },
    ]
}

/// A store whose record is older than its counter.
private final class RolledBackStore: StateStore {
    func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? {
        throw .stateRolledBack(stored: 9, found: 4)
    }
    func commit(_ record: StateRecord) throws(StateStoreFailure) {}
    func remove(_ name: RecordName) throws(StateStoreFailure) {}
}

extension ProtocolBench {
    /// The request for shares with other signatures.
    static func requestTrial(
        _ change: (inout [(id: PeerID, signature: Signature)]) -> Void
    ) throws -> BadInputTrial {
        try trial(at: .unmaskRequest) { bench, honest in
            var signatures = try bench.signatures(in: honest)
            change(&signatures)
            return try bench.request(like: honest, signatures: signatures)
        }
    }

    /// A request whose quorum is real and signed another set than participant 0 did.
    static func otherRequestTrial(isAnswered: Bool) throws -> BadInputTrial {
        let bench = try upTo(.unmaskRequest)
        let honest = try bench.held(.unmaskRequest, to: 0)
        let survivors = try bench.survivors(without: 5, like: bench.sent(.survivors, from: .coordinator))
        let other = try bench.unmaskRequest(for: survivors, signers: [0, 1, 2, 3, 4])
        if isAnswered { try bench.hand(honest, to: 0) }
        return BadInputTrial(bench, other)
    }

    /// Participant 0 starts again from a store whose record has been changed.
    static func recordTrial(
        of id: Int, _ name: String, _ change: (inout [UInt8]) -> Void
    ) throws -> BadInputTrial {
        let bench = try upTo(.survivors)
        let name = try #require(RecordName(name))
        let record = try #require(try bench.parties[id].store.latest(name))
        var sealed = record.sealed
        change(&sealed)
        let store = MemoryStateStore()
        try store.commit(StateRecord(name: name, generation: record.generation, sealed: sealed))
        return BadInputTrial(bench, by: PeerID(rawValue: UInt32(id))) { _ = try $0.restored(id, from: store) }
    }
}
