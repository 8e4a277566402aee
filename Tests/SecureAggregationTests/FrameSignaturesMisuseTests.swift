import CryptoPrimitives
import RoundProtocol
import SecAggSimulation
import Testing

/// Frames whose signatures are checked in groups.
@Suite struct FrameSignaturesMisuseTests {
    private static let session = Digest(Bytes32())

    private func frame(_ sender: Int, _ key: borrowing SigningKey) -> Frame {
        Frame(
            FrameHeader(
                .survivorStatement, sender: PeerID(rawValue: UInt32(sender + 1)), session: Self.session, round: 1),
            body: [UInt8(truncatingIfNeeded: sender)], key: key)
    }

    /// Checks `count` frames by one key, without those in `skipped`; `wrong` is signed by another.
    private func check(_ count: Int, skipped: Set<Int> = [], wrong: Int? = nil) throws(Abort) -> [Int] {
        var source: any RandomSource = SeededRandomSource(seed: 3)
        let right = SigningKey(from: &source)
        let other = SigningKey(from: &source)
        var asked: [Int] = []
        try Frame.requireSignatures(of: count, .survivors) { (index) throws(Abort) in
            asked.append(index)
            guard !skipped.contains(index) else { return nil }
            let frame = index == wrong ? frame(index, other) : frame(index, right)
            return (frame, right.verifyingKey)
        }
        return asked
    }

    @Test func asksForEveryFrameInOrder() throws {
        for count in 0...20 {
            #expect(try check(count) == Array(0..<count))
            #expect(try check(count, skipped: Set(0..<count)) == Array(0..<count))
        }
    }

    @Test func blamesTheSenderOfTheOneThatIsWrong() {
        for count in [1, 2, 7, 8, 9, 16, 17, 20] {
            for wrong in 0..<count {
                // Also when nothing is left to check at the end, and when the group before it has gaps.
                for skipped in [[], [0], [count - 1], Array(0..<wrong), Array(wrong + 1..<max(wrong + 1, count))] {
                    let skipped = Set(skipped).subtracting([wrong])
                    do throws(Abort) {
                        _ = try check(count, skipped: skipped, wrong: wrong)
                        Issue.record("frame \(wrong) of \(count) was not refused")
                    } catch {
                        #expect(error.code == .badSignature)
                        #expect(error.peer == PeerID(rawValue: UInt32(wrong + 1)))
                    }
                }
            }
        }
    }

    /// What is thrown is what checking one after another would throw, wherever the groups end.
    @Test func aWrongSignatureComesBeforeALaterRefusal() {
        var source: any RandomSource = SeededRandomSource(seed: 5)
        let right = SigningKey(from: &source)
        let other = SigningKey(from: &source)
        for (wrong, refused) in [(0, 1), (3, 7), (2, 8), (8, 9), (5, 4), (9, 3)] {
            let expected: AbortCode = wrong < refused ? .badSignature : .wrongContext
            do throws(Abort) {
                try Frame.requireSignatures(of: 12, .survivors) { (index) throws(Abort) in
                    guard index != refused else { throw Abort(.wrongContext, .survivors) }
                    let frame = index == wrong ? frame(index, other) : frame(index, right)
                    return (frame, right.verifyingKey)
                }
                Issue.record("nothing was refused")
            } catch {
                #expect(error.code == expected)
            }
        }
    }

    @Test func refusesAFrameWithoutASignature() {
        var source: any RandomSource = SeededRandomSource(seed: 4)
        let key = SigningKey(from: &source).verifyingKey
        let header = FrameHeader(.chunk, sender: PeerID(rawValue: 5), session: Self.session, round: 1)
        #expect(throws: Abort.self) {
            try Frame.requireSignatures(of: 1, .survivors) { (_) throws(Abort) in
                (Frame(unsigned: header, body: [1, 2, 3, 4]), key)
            }
        }
    }
}
