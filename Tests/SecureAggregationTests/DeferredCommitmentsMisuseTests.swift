import CryptoPrimitives
import RoundProtocol
import Testing

@testable import SecureAggregation

/// Under `onFailure` the coordinator looks at the points of commitments when a secret does not fit, and not before.
@Suite struct DeferredCommitmentsMisuseTests {
    /// Points that are none stay unseen as long as the shares are right.
    @Test func pointsThatNobodyNeeds() throws {
        let bench = try bench(wrongShares: 0)
        bench.expectExact([0, 1, 2, 3, 4, 5])
        #expect(bench.server.machine.refusals.isEmpty)
    }

    /// With a wrong share beside them they are the dealer's fault, and no wrong sum comes out.
    @Test func pointsThatAreNeeded() throws {
        let bench = try bench(wrongShares: 1)
        #expect(bench.outcome == nil)
        #expect(bench.aborts.first?.abort == Abort(.abortedInsufficientShares, .unmask))
        #expect(bench.server.machine.refusals == [Abort(.reconstructionFailed, .unmask, peer: 2)])
    }

    /// What has no group operation is refused on arrival all the same.
    @Test(arguments: [-32, 32, 0])
    func shapeIsCheckedOnArrival(change: Int) throws {
        var terms = ProtocolBench.Terms()
        terms.shareCheck = .onFailure
        let bench = try ProtocolBench(terms, policy: { $1.eagerShareCheckUpTo = 3 })
        bench.mangle = { [unowned bench] message in
            guard message.from == 2, message.type == .commitments else { return [message] }
            var changed = message
            let forged = try? bench.resign(message.bytes) { body in
                if change < 0 { body.removeLast(-change) }
                if change > 0 { body += [UInt8](repeating: 1, count: change) }
                if change == 0 { body[8] ^= 1 }
            }
            changed.bytes = forged ?? []
            return [changed]
        }
        try bench.setUp()
        let code: AbortCode = change < 0 ? .truncated : change > 0 ? .trailingData : .inconsistentShare
        #expect(bench.refused(code, by: .coordinator, blaming: 2))
    }

    private func bench(wrongShares: Int) throws -> ProtocolBench {
        var terms = ProtocolBench.Terms()
        terms.shareCheck = .onFailure
        let bench = try ProtocolBench(terms, policy: { $1.eagerShareCheckUpTo = 3 })
        var digest = Digest(Bytes32())
        bench.mangle = { [unowned bench] message in
            guard message.from == 2, [.commitments, .shares, .receipt].contains(message.type) else { return [message] }
            var changed = message
            let forged = try? bench.resign(message.bytes) { body in
                if message.type == .receipt {
                    // The dealer's own commitments stand in its receipt.
                    guard let receipt = try? Receipt(decoding: body[...], participants: 6) else { return }
                    let entries = receipt.dealers.indices.compactMap { seat -> (dealer: PeerID, digest: Digest)? in
                        let id = PeerID(rawValue: UInt32(seat))
                        guard let sent = try? bench.sent(.commitments, from: id), let frame = try? Frame(sent) else {
                            return nil
                        }
                        return (id, id == 2 ? digest : frame.digest)
                    }
                    body =
                        Receipt(
                            shareCheck: receipt.shareCheck, dealers: receipt.dealers,
                            commitmentsDigest: Receipt.digest(of: entries)
                        ).encoded()
                    return
                }
                if message.type == .commitments {
                    body.replaceSubrange((body.count - 32)..., with: [UInt8](repeating: 0xff, count: 32))
                    return
                }
                guard let boxes = try? HostileContributionMisuseTests.boxes(body[...], bench) else { return }
                let altered = boxes.boxes.enumerated().map { index, box in
                    var content = (try? bench.openBox(box.box, from: 2, to: box.recipient)) ?? []
                    content.replaceSubrange(..<32, with: digest.value.bytes)
                    if index < wrongShares { for offset in [32, 64] { content[offset] ^= 1 } }
                    return AddressedBox(
                        recipient: box.recipient,
                        box: (try? bench.sealBox(content, from: 2, to: box.recipient)) ?? [])
                }
                body = ShareBoxes(commitmentsDigest: digest, boxes: altered).encoded()
            }
            changed.bytes = forged ?? []
            if message.type == .commitments, let frame = try? Frame(changed.bytes) { digest = frame.digest }
            return [changed]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle()
        return bench
    }
}
