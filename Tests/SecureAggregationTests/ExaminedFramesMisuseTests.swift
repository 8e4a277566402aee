import CryptoPrimitives
import RoundProtocol
import Testing

@testable import SecureAggregation

/// Frames whose signatures a coordinator has looked at together: each is taken or refused as if it had come alone.
@Suite struct ExaminedFramesMisuseTests {
    static let types: [FrameType] = [.advertise, .receipt, .survivorStatement]

    /// A session in which everybody's frame of a type waits before the coordinator.
    static func waiting(for type: FrameType, seed: UInt64 = 1) throws -> (ProtocolBench, [[UInt8]]) {
        var terms = ProtocolBench.Terms()
        terms.participants = 11
        terms.seed = seed
        let bench = try ProtocolBench(terms)
        bench.holding = [type]
        try bench.openEpoch()
        if bench.server.machine.expectedStage == .announce { try bench.announce() }
        let frames = bench.held.filter { $0.type == type }.map(\.bytes)
        try #require(frames.count == 11)
        return (bench, frames)
    }

    @Test(arguments: types)
    func eachIsTakenOrRefusedByItself(type: FrameType) throws {
        let (bench, frames) = try Self.waiting(for: type)
        // Wrong in the signature and in the body, cut off, empty; the others are as they were.
        var batch = frames
        batch[2][batch[2].count - 1] ^= 1
        batch[5][FrameHeader.byteCount] ^= 1
        batch[7].removeLast()
        batch.append([])
        let before = bench.server.machine.fingerprint
        let examined = bench.server.machine.examine(batch)
        #expect(bench.server.machine.fingerprint == before)
        #expect(examined.map(\.bytes) == batch)
        for (index, frame) in examined.enumerated() {
            let before = bench.server.machine.fingerprint
            let expected: AbortCode? = [2: .badSignature, 5: .badSignature, 7: .truncated, 11: .truncated][index]
            do throws(Abort) {
                bench.carryOut(try bench.server.machine.handle(frame, at: bench.now), by: .coordinator)
                #expect(expected == nil)
            } catch {
                #expect(error.code == expected)
                if expected == .badSignature { #expect(error.peer == PeerID(rawValue: UInt32(index))) }
                #expect(bench.server.machine.fingerprint == before)
            }
        }
        bench.held = []
        bench.holding = []
        for index in [2, 5, 7] { try bench.hand(frames[index], to: .coordinator) }
        try bench.finishExactly()
    }

    /// What one coordinator has found right is nothing to another that knows the sender by another key.
    @Test func aVerdictIsAboutAKey() throws {
        let (bench, _) = try Self.waiting(for: .advertise)
        let (other, foreign) = try Self.waiting(for: .advertise, seed: 2)
        for frame in other.server.machine.examine(foreign) {
            let thrown = try #require(throws: Abort.self) { try bench.server.machine.handle(frame, at: bench.now) }
            #expect(thrown.code == .badSignature)
        }
    }

    /// Frames of a step that is over are refused before a signature is looked at, examined or not.
    @Test func aFrameTwiceIsWhatItWas() throws {
        let (bench, frames) = try Self.waiting(for: .advertise)
        let examined = bench.server.machine.examine(frames + frames)
        var refused: [AbortCode] = []
        for frame in examined {
            do throws(Abort) {
                bench.carryOut(try bench.server.machine.handle(frame, at: bench.now), by: .coordinator)
            } catch {
                refused.append(error.code)
            }
        }
        let (same, again) = try Self.waiting(for: .advertise)
        var alone: [AbortCode] = []
        for bytes in again + again {
            do throws(Abort) {
                same.carryOut(try same.server.machine.handle(bytes, at: same.now), by: .coordinator)
            } catch {
                alone.append(error.code)
            }
        }
        #expect(refused == alone)
        #expect(bench.server.machine.fingerprint == same.server.machine.fingerprint)
    }
}
