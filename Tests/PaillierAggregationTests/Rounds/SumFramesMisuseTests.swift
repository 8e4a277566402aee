import CryptoPrimitives
import RoundProtocol
import SecAggSimulation
import Testing
import WireFormat

@testable import PaillierAggregation

/// Every type of frame cut at every byte and with bits turned: a typed refusal that changes nothing, never a trap.
@Suite struct SumFramesMisuseTests {
    static let terms = SumBench.Terms(masksInside: true)
    static let toCompanies: [FrameType] = [
        .sumProposal, .joinList, .roundConfig, .acknowledgement, .survivors, .unmaskRequest, .result,
    ]
    static let toTheCoordinator: [FrameType] = [
        .join, .maskedInput, .chunkRoots, .chunk, .survivorStatement, .openingShare,
    ]

    /// The frames that one machine is handed in a step, in their order.
    struct Step {
        let bench: SumBench
        let frames: [[UInt8]]
        let receiver: PeerID

        /// What the machine throws; nil when it takes the frame.
        func refusal(of bytes: [UInt8]) -> Abort? {
            do throws(Abort) {
                if receiver == .coordinator {
                    _ = try bench.server.machine.handle(bytes, at: bench.now)
                } else {
                    _ = try bench.companies[0].machine.handle(bytes, at: bench.now)
                }
                return nil
            } catch {
                return error
            }
        }

        var fingerprint: Digest {
            receiver == .coordinator ? bench.server.machine.fingerprint : bench.companies[0].machine.fingerprint
        }
    }

    /// A step whose first frame is of this type: from the coordinator to company 0, or the other way.
    static func step(_ type: FrameType) throws -> Step {
        let bench = try SumBench.upTo(type, terms)
        let receiver: PeerID = toCompanies.contains(type) ? bench.peer(0) : .coordinator
        let sender: PeerID = receiver == .coordinator ? bench.peer(0) : .coordinator
        let frames = bench.held.filter { $0.from == sender && $0.to == receiver }.map(\.bytes)
        return Step(bench: bench, frames: frames, receiver: receiver)
    }

    @Test(arguments: toCompanies + toTheCoordinator)
    func everyTruncation(_ type: FrameType) throws {
        let step = try Self.step(type)
        #expect(step.frames.count >= 1)
        for bytes in step.frames {
            let frame = try Frame(bytes)
            let before = step.fingerprint
            for length in 0..<bytes.count {
                let refusal = step.refusal(of: Array(bytes[..<length]))
                #expect(
                    refusal?.code == .truncated, "\(frame.header.type) cut to \(length): \(String(describing: refusal))"
                )
            }
            #expect(step.refusal(of: bytes + [0])?.code == .trailingData)
            for length in 0..<frame.body.count {
                let cut = try step.bench.resign(bytes) { $0 = Array($0[..<length]) }
                let refusal = step.refusal(of: cut)
                let codes: [AbortCode] =
                    switch frame.header.type {
                    case .survivorStatement: [.configMismatch]
                    case .chunk where length >= 4: [.dimensionMismatch]
                    // A frame inside the list has no room.
                    case .joinList: [.truncated, .messageTooLarge]
                    default: [.truncated]
                    }
                let isExact = refusal.map { codes.contains($0.code) } ?? false
                #expect(isExact, "\(frame.header.type) of \(length): \(String(describing: refusal))")
                #expect(refusal?.stage != .frame)
            }
            #expect(step.fingerprint == before, "\(frame.header.type)")
            // Later parts of the same step need the earlier ones.
            #expect(step.refusal(of: bytes) == nil, "\(frame.header.type)")
        }
    }

    @Test(arguments: toCompanies + toTheCoordinator)
    func randomFlips(_ type: FrameType) throws {
        let step = try Self.step(type)
        var source: any RandomSource = SeededRandomSource(seed: 77, label: "\(type)")
        func draw(_ bound: Int) -> Int {
            var word: UInt64 = 0
            withUnsafeMutableBytes(of: &word) { source.fill($0) }
            return Int(word % UInt64(bound))
        }
        for bytes in step.frames {
            let frame = try Frame(bytes)
            for _ in 0..<150 {
                var flipped = bytes
                flipped[draw(bytes.count)] ^= 1 << UInt8(draw(8))
                try Self.hand(flipped, step, isTakenOnlyUnsigned: frame.header.type.isSigned)
                let resigned = try step.bench.resign(bytes) { body in
                    for _ in 0...draw(3) { body[draw(body.count)] ^= 1 << UInt8(draw(8)) }
                }
                try Self.hand(resigned, step, isTakenOnlyUnsigned: false)
            }
            _ = step.refusal(of: bytes)
        }
    }

    /// A refused frame changes nothing; a company that takes one goes back to its store, as if it had not come.
    private static func hand(_ bytes: [UInt8], _ step: Step, isTakenOnlyUnsigned: Bool) throws {
        let before = step.fingerprint
        let refusal = step.refusal(of: bytes)
        if refusal != nil {
            #expect(step.fingerprint == before, "\(String(describing: refusal))")
            return
        }
        #expect(!isTakenOnlyUnsigned, "a signed frame is taken with a flipped bit")
        if step.receiver != .coordinator, step.frames.count == 1 { try step.bench.restore(step.receiver) }
    }

    /// Counts that no frame can hold are refused before anything is allocated.
    @Test func oversizedFrames() throws {
        let step = try Self.step(.join)
        for type in FrameType.allCases {
            var header = Array(try Frame(step.frames[0]).bytes[..<60])
            (header[6], header[7]) = (UInt8(type.rawValue), 0)
            for place in 56..<60 { header[place] = 0xFF }
            let refusal = step.refusal(of: header)
            #expect(refusal?.code == .messageTooLarge && refusal?.stage == type.stage, "\(type)")
        }
    }
}
