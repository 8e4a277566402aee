import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Cases 39 to 48, shares; 49 to 54, masked inputs.
extension BadInput {
    static let shares: [BadInput] = [
        BadInput(39, "a share of nobody's polynomial", .unknownShare, .unmask, 2) {
            try ProtocolBench.serverBody(.unmaskShares) { for index in 36 + 180..<40 + 180 { $0[index] = 0xFF } }
        },
        BadInput(40, "a dealer beyond the members", .unknownShare, .unmask, 2) {
            try ProtocolBench.serverBody(.unmaskShares) { $0[36 + 180] = 6 }
        },
        BadInput(40, "a box for a holder beyond the members", .missingShare, .deal, 2) {
            try ProtocolBench.serverTrial(at: .shares) { bench, honest in
                try bench.changeBoxes(honest) { boxes in
                    boxes[4] = AddressedBox(recipient: 9, box: boxes[4].box)
                }
            }
        },
        BadInput(40, "an item of a dealer beyond the members", .unknownParticipant, .deal, 9, .leftOut) {
            try ProtocolBench.trial(at: .delivery) { bench, honest in
                let delivery = try Delivery(decoding: Frame(honest).body, limit: 6)
                var items = delivery.items
                items[4] = Delivery.Item(dealer: 9, commitments: items[4].commitments, box: items[4].box)
                return bench.forge(.delivery, round: 1, Delivery(recipient: 0, items: items).encoded())
            }
        },
        BadInput(41, "two shares of one dealer", .duplicateShare, .unmask, 2) {
            try ProtocolBench.serverBody(.unmaskShares) { $0[72] = $0[36] }
        },
        BadInput(42, "a share that is no scalar", .nonCanonicalShare, .unmask, 2) {
            try ProtocolBench.serverBody(.unmaskShares) {
                $0.replaceSubrange(40..<72, with: [UInt8](repeating: 0xFF, count: 32))
            }
        },
        BadInput(42, "a share that is no scalar, in a box", .nonCanonicalShare, .deal, 2, .leftOut) {
            try ProtocolBench.sealedTrial { $0[63] = 0xFF }
        },
        BadInput(43, "a box one byte short", .invalidShareLength, .deal, 2, .leftOut) {
            try ProtocolBench.deliveryTrial { _, item, _ in
                Delivery.Item(dealer: item.dealer, commitments: item.commitments, box: item.box.dropLast())
            }
        },
        BadInput(43, "a box of no byte", .invalidShareLength, .deal, 2, .leftOut) {
            try ProtocolBench.deliveryTrial { _, item, _ in
                Delivery.Item(dealer: item.dealer, commitments: item.commitments, box: [])
            }
        },
        BadInput(44, "a delivery for somebody else", .wrongRecipient, .deal, .coordinator) {
            let bench = try ProtocolBench.upTo(.delivery)
            return BadInputTrial(bench, try bench.held(.delivery, to: 1))
        },
        BadInput(44, "a box for somebody else", .authenticationFailed, .deal, 2, .leftOut) {
            try ProtocolBench.deliveryTrial { bench, item, _ in
                Delivery.Item(
                    dealer: item.dealer, commitments: item.commitments, box: try bench.boxes(of: 2)[3] ?? [])
            }
        },
        BadInput(45, "another dealer's commitments", .wrongSender, .deal, 2, .leftOut) {
            try ProtocolBench.deliveryTrial { _, item, delivery in
                Delivery.Item(dealer: item.dealer, commitments: delivery.items[2].commitments, box: item.box)
            }
        },
        BadInput(45, "another dealer's box", .authenticationFailed, .deal, 2, .leftOut) {
            try ProtocolBench.deliveryTrial { _, item, delivery in
                Delivery.Item(dealer: item.dealer, commitments: item.commitments, box: delivery.items[2].box)
            }
        },
        BadInput(46, "a box that is not there", .missingShare, .deal, 2) {
            try ProtocolBench.serverTrial(at: .shares) { try $0.changeBoxes($1) { $0.removeLast() } }
        },
        BadInput(46, "a share that is not there", .missingShare, .unmask, 2) {
            try ProtocolBench.serverBody(.unmaskShares) {
                $0[32] -= 1
                $0.removeLast(36)
            }
        },
        BadInput(47, "a share that is not on its polynomial", .inconsistentShare, .deal, 2, .leftOut) {
            try ProtocolBench.sealedTrial { $0[32] ^= 1 }
        },
        BadInput(47, "a commitment that is not the advertised point", .inconsistentShare, .deal, 2) {
            try ProtocolBench.serverBody(.commitments) { body in
                let first = Array(body[8..<40])
                body.replaceSubrange(8..<40, with: body[136..<168])
                body.replaceSubrange(136..<168, with: first)
            }
        },
        BadInput(48, "a box of the last epoch", .authenticationFailed, .deal, 2, .leftOut) {
            let bench = try ProtocolBench()
            try bench.setUp()
            let old = try Delivery(decoding: Frame(bench.sent(.delivery, from: .coordinator, to: 0)).body, limit: 6)
            bench.holding = [.delivery]
            try bench.openEpoch(2, firstRound: 3)
            let new = try Delivery(decoding: Frame(bench.held(.delivery, to: 0)).body, limit: 6)
            let items = zip(old.items, new.items).map { stale, fresh in
                Delivery.Item(
                    dealer: fresh.dealer, commitments: fresh.commitments,
                    box: fresh.dealer == 2 ? stale.box : fresh.box)
            }
            return BadInputTrial(
                bench, bench.forge(.delivery, round: 3, Delivery(recipient: 0, items: items).encoded()))
        },
        BadInput(48, "commitments of another round", .wrongContext, .deal, 2, .leftOut) {
            try ProtocolBench.deliveryTrial { bench, item, _ in
                Delivery.Item(
                    dealer: item.dealer, commitments: try bench.resign(item.commitments, round: 2), box: item.box)
            }
        },
    ]

    static let inputs: [BadInput] = [
        BadInput(49, "a promise of another length", .dimensionMismatch, .input, 2) {
            try ProtocolBench.serverBody(.maskedInput) { $0[32] += 1 }
        },
        BadInput(49, "a promise of 2^64 - 1 words", .dimensionMismatch, .input, 2) {
            try ProtocolBench.serverBody(.maskedInput) { for index in 32..<40 { $0[index] = 0xFF } }
        },
        BadInput(49, "a chunk that is not the promise's", .dimensionMismatch, .input, 2) {
            try ProtocolBench.serverBody(.chunk) { $0.append(0) }
        },
        BadInput(49, "a chunk beyond the vector", .dimensionMismatch, .input, 2) {
            try ProtocolBench.serverBody(.chunk) { for index in 0..<4 { $0[index] = 0xFF } }
        },
        BadInput(49, "a local input of another dimension", .dimensionMismatch, .input, .nobody) {
            try ProtocolBench.askedTrial { try $0.submit(PackedVector(zeros: 8, layout: $0.layout), by: 0) }
        },
        BadInput(50, "a bit outside the lanes", .elementOutOfRange, .input, 2) {
            try ProtocolBench.uploadTrial { $0[7] |= 0x80 }
        },
        BadInput(50, "bytes that are not under the signed digest", .digestMismatch, .input, 2) {
            try ProtocolBench.serverBody(.chunk) { $0[5] ^= 1 }
        },
        BadInput(52, "a second, different input", .equivocation, .input, 2, .proven) {
            let bench = try ProtocolBench.upTo(.survivors)
            let first = try bench.sent(.maskedInput, from: 2)
            return BadInputTrial(bench, try bench.resign(first) { $0[50] ^= 1 }, to: .coordinator)
        },
        BadInput(52, "a second, different promise before the upload", .equivocation, .input, 2, .proven) {
            let (bench, frame) = try CoordinatorMisuseTests.waiting(for: .maskedInput)
            try bench.hand(frame, to: .coordinator)
            return BadInputTrial(bench, try bench.resign(frame) { $0[50] ^= 1 }, to: .coordinator)
        },
        BadInput(53, "an input of who is not in the cohort", .unknownParticipant, .input, 6) {
            var terms = ProtocolBench.Terms()
            terms.participants = 7
            let bench = try ProtocolBench(terms)
            bench.mangle = { $0.from == 6 && $0.type == .receipt ? [] : [$0] }
            try bench.setUp()
            bench.holding = [.maskedInput]
            try bench.announce()
            let example = try #require(bench.held.first { $0.from == 2 }).bytes
            return BadInputTrial(bench, try bench.resign(example, sender: 6), to: .coordinator)
        },
        BadInput(54, "an input after its deadline", .late, .input, 2) {
            let (bench, frame) = try CoordinatorMisuseTests.waiting(for: .maskedInput)
            bench.now = bench.now.advanced(byMilliseconds: 1_000)
            return BadInputTrial(bench, frame, to: .coordinator)
        },
        BadInput(54, "a local input after its deadline", .late, .input, .nobody) {
            try ProtocolBench.askedTrial { bench in
                bench.now = bench.now.advanced(byMilliseconds: 1_000)
                try bench.submit(bench.inputs[0], by: 0)
            }
        },
    ]
}

extension ProtocolBench {
    /// The boxes of participant 2 with others in their place, under its signature.
    func changeBoxes(_ honest: [UInt8], _ change: (inout [AddressedBox]) -> Void) throws -> [UInt8] {
        let message = try HostileContributionMisuseTests.boxes(Frame(honest).body, self)
        var boxes = message.boxes
        change(&boxes)
        let body = ShareBoxes(commitmentsDigest: message.commitmentsDigest, boxes: boxes).encoded()
        return try resign(honest) { $0 = body }
    }

    /// A box of dealer 2 for participant 0 that opens and holds something else.
    static func sealedTrial(_ change: (inout [UInt8]) -> Void) throws -> BadInputTrial {
        try deliveryTrial { bench, item, _ in
            var content = try bench.openBox(item.box, from: 2, to: 0)
            change(&content)
            return Delivery.Item(
                dealer: item.dealer, commitments: item.commitments, box: try bench.sealBox(content, from: 2, to: 0))
        }
    }

    /// Participant 0 has been asked for its input and has not handed it in.
    static func askedTrial(_ act: @escaping (ProtocolBench) throws -> Void) throws -> BadInputTrial {
        let bench = try ProtocolBench()
        bench.withholding = [0]
        try bench.setUp()
        try bench.announce()
        return BadInputTrial(bench, by: 0, act)
    }

    /// Participant 2 uploads other words than it masked, with digests that fit them; the chunk is still to come.
    static func uploadTrial(_ change: (inout [UInt8]) -> Void) throws -> BadInputTrial {
        let bench = try ProtocolBench()
        try bench.setUp()
        bench.holding = [.maskedInput, .chunkRoots, .chunk]
        try bench.announce()
        let upload = bench.parties[2].machine.upload
        var words = try #require(upload)
        change(&words)
        let roots = words.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let frame = try Frame(try #require(bench.held.first { $0.from == 2 && $0.type == .maskedInput }).bytes)
        let promise = try MaskedInput(decoding: frame.body)
        let body = MaskedInput(
            configDigest: promise.configDigest, wordCount: promise.wordCount, inputDigest: UploadDigest.root(of: roots))
        try bench.hand(try bench.resign(frame.bytes) { $0 = body.encoded() }, to: .coordinator)
        let parts = UploadFrames.frames(
            of: words, roots: roots, sender: 2, session: frame.header.session, round: frame.header.round
        ).map(\.bytes)
        try bench.hand(parts[0], to: .coordinator)
        return BadInputTrial(bench, parts[1], to: .coordinator)
    }
}
