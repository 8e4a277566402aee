import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// What one participant does instead of sending a frame as it should.
enum HostileAct: String, CaseIterable, Sendable {
    case truncated, trailingByte, flippedLastByte, otherMagic, otherVersion, declaredTooLarge, emptyBody, bodyTooLong
    case otherSession, laterRound, earlierRound, anothersName, twice, silent, late, everyOtherTypeBefore
}

/// One participant misbehaves at one step; the round of the others goes on to the exact sum.
@Suite struct HostileClientMisuseTests {
    static let types: [FrameType] = [
        .advertise, .commitments, .shares, .receipt, .maskedInput, .chunkRoots, .chunk, .survivorStatement,
        .unmaskShares,
    ]
    static let hostile: PeerID = 2

    @Test(arguments: types, HostileAct.allCases)
    func theOthersGoOn(type: FrameType, act: HostileAct) throws {
        let bench = try ProtocolBench()
        var late: [Message] = []
        bench.mangle = { [unowned bench] message in
            if let next = message.type, next.stage.rawValue > type.stage.rawValue, !late.isEmpty {
                defer { late = [] }
                return late + [message]
            }
            guard message.from == Self.hostile, message.type == type else { return [message] }
            if act == .late {
                late.append(message)
                return []
            }
            return ((try? Self.perform(act, message, bench)) ?? [])
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        for message in late { bench.deliver(message) }
        let isHarmless =
            [.twice, .everyOtherTypeBefore].contains(act)
            || type.stage.rawValue >= Stage.survivors.rawValue
        bench.expectExact(isHarmless ? [0, 1, 2, 3, 4, 5] : [0, 1, 3, 4, 5])
        if let code = Self.expected(act, type) {
            #expect(bench.refused(code, by: .coordinator), "\(bench.refusals.map(\.abort))")
        }
        #expect(bench.refusals.allSatisfy { $0.by == .coordinator || $0.by == Self.hostile })
        #expect(bench.outcomes.count >= 4)
    }

    /// The refusal that the coordinator must give, nil when there is nothing to refuse.
    static func expected(_ act: HostileAct, _ type: FrameType) -> AbortCode? {
        switch act {
        case .truncated: .truncated
        case .trailingByte: .trailingData
        case .flippedLastByte: type.isSigned ? .badSignature : .digestMismatch
        case .otherMagic: .badMagic
        case .otherVersion: .unsupportedVersion
        case .declaredTooLarge: .messageTooLarge
        case .emptyBody: type == .survivorStatement ? .configMismatch : .truncated
        case .bodyTooLong:
            type == .survivorStatement ? .configMismatch : type == .chunk ? .dimensionMismatch : .trailingData
        case .otherSession, .laterRound: .wrongContext
        case .earlierRound: type.stage.rawValue < Stage.input.rawValue ? .wrongContext : .roundReplayed
        case .anothersName: type.isSigned ? .badSignature : nil
        case .late: .late
        case .twice, .silent: nil
        case .everyOtherTypeBefore: .unexpectedMessage
        }
    }

    static func perform(_ act: HostileAct, _ message: Message, _ bench: ProtocolBench) throws(Abort) -> [Message] {
        var changed = message
        switch act {
        case .truncated: changed.bytes.removeLast()
        case .trailingByte: changed.bytes.append(0)
        case .flippedLastByte: changed.bytes[changed.bytes.count - 1] ^= 1
        case .otherMagic: changed.bytes[0] ^= 0x20
        case .otherVersion: changed.bytes[4] = 2
        case .declaredTooLarge: for index in 56..<60 { changed.bytes[index] = 0xFF }
        case .emptyBody: changed.bytes = try bench.resign(message.bytes) { $0 = [] }
        case .bodyTooLong: changed.bytes = try bench.resign(message.bytes) { $0.append(0) }
        case .otherSession:
            changed.bytes = try bench.resign(message.bytes, session: Blake2b.hash([1], Personalisation("other")))
        case .laterRound: changed.bytes = try bench.resign(message.bytes, round: 2)
        case .earlierRound: changed.bytes = try bench.resign(message.bytes, round: 0)
        case .anothersName: changed.bytes = try bench.resign(message.bytes, sender: 4, signer: hostile)
        case .twice: return [message, message, message]
        case .silent, .late: return []
        case .everyOtherTypeBefore:
            var messages: [Message] = []
            for type in FrameType.allCases where type != message.type {
                var other = message
                other.bytes = try bench.resign(message.bytes, type: type)
                messages.append(other)
            }
            return messages + [message]
        }
        return [changed]
    }
}
