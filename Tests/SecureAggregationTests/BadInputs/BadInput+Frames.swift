import CryptoPrimitives
import RoundProtocol

@testable import SecureAggregation

/// Cases 1 to 12, frames, at a participant that waits for a configuration and at a coordinator that waits for an input.
extension BadInput {
    static let frames: [BadInput] =
        both + [
            BadInput(7, "a count of 2^32 - 1 signatures", .messageTooLarge, .unmask, .coordinator) {
                try ProtocolBench.trial(at: .unmaskRequest) { bench, honest in
                    try bench.resign(honest) { for index in 65..<69 { $0[index] = 0xFF } }
                }
            },
            BadInput(7, "a count of 2^32 - 1 boxes", .messageTooLarge, .deal, 2) {
                try ProtocolBench.serverBody(.shares) { for index in 32..<36 { $0[index] = 0xFF } }
            },
            BadInput(8, "a second encoding of the same cohort", .nonCanonical, .announce, .coordinator) {
                try ProtocolBench.trial(at: .roundConfig) { bench, honest in
                    try bench.resign(honest) { $0[$0.count - 1] |= 0x40 }
                }
            },
            BadInput(8, "a second encoding of the same receipt", .nonCanonical, .deal, 2) {
                try ProtocolBench.serverBody(.receipt) { $0[1] |= 1 << 7 }
            },
            BadInput(9, "one dealer's item twice", .nonCanonical, .deal, .coordinator) {
                try ProtocolBench.trial(at: .delivery) { bench, honest in
                    let delivery = try Delivery(decoding: Frame(honest).body, limit: 6)
                    let items = [delivery.items[0]] + delivery.items
                    return bench.forge(.delivery, round: 1, Delivery(recipient: 0, items: items).encoded())
                }
            },
            BadInput(
                10, "a request for shares where a configuration belongs", .unexpectedMessage, .unmask, .coordinator
            ) {
                try ProtocolBench.trial(at: .roundConfig) { bench, _ in
                    let agreement = Agreement(
                        configDigest: Digest(Bytes32()), survivors: .init(count: 6, indices: 0..<6),
                        root: Digest(Bytes32()))
                    return bench.forge(
                        .unmaskRequest, round: 1, UnmaskRequest(agreement: agreement, signatures: []).encoded())
                }
            },
            BadInput(10, "a participant's word in the coordinator's name", .unexpectedMessage, .deal, .coordinator) {
                try ProtocolBench.trial(at: .roundConfig) { bench, _ in bench.forge(.receipt, round: 1, []) }
            },
            BadInput(10, "the coordinator's word from a participant", .unexpectedMessage, .announce, 2) {
                try ProtocolBench.serverTrial(at: .maskedInput) { bench, _ in
                    bench.forge(.roundConfig, from: 2, round: 1, [])
                }
            },
            BadInput(10, "shares before anybody asked", .late, .unmask, 2) {
                try ProtocolBench.serverTrial(at: .maskedInput) { bench, _ in
                    bench.forge(.unmaskShares, from: 2, round: 1, [])
                }
            },
            BadInput(11, "a box that does not open", .authenticationFailed, .deal, 2, .leftOut) {
                try ProtocolBench.deliveryTrial { _, item, _ in
                    var box = item.box
                    box[box.count - 1] ^= 1
                    return Delivery.Item(dealer: item.dealer, commitments: item.commitments, box: box)
                }
            },
        ]

    /// What every frame can have, handed to either machine.
    private static let both: [BadInput] = {
        let rows: [(Int, String, AbortCode, Stage?, Bool, @Sendable (inout [UInt8]) -> Void)] = [
            (1, "bad magic", .badMagic, .frame, false, { $0[0] ^= 1 }),
            (2, "an unknown wire version", .unsupportedVersion, .frame, false, { $0[4] = 9 }),
            (2, "an unknown suite", .unsupportedVersion, .frame, false, { $0[8] = 9 }),
            (3, "an unknown type", .unexpectedMessage, .frame, false, { $0[6] = 23 }),
            (3, "a reserved field in use", .nonCanonical, nil, true, { $0[10] = 1 }),
            (4, "declared longer than it is", .truncated, nil, true, { $0[56] &+= 1 }),
            (4, "cut in the signature", .truncated, nil, true, { $0.removeLast() }),
            (5, "bytes behind the last field", .trailingData, nil, true, { $0.append(0) }),
            (6, "declared as 4 GiB", .messageTooLarge, nil, true, { for index in 56..<60 { $0[index] = 0xFF } }),
            (11, "a signature with one bit turned", .badSignature, nil, true, { $0[$0.count - 1] ^= 1 }),
            (12, "no byte at all", .truncated, .frame, false, { $0 = [] }),
        ]
        return rows.flatMap { number, name, code, stage, isNamed, change in
            [
                BadInput(
                    number, name + ", to a participant", code, stage ?? .announce, isNamed ? .coordinator : .nobody
                ) {
                    try ProtocolBench.trial(at: .roundConfig) { _, honest in
                        var bytes = honest
                        change(&bytes)
                        return bytes
                    }
                },
                BadInput(number, name + ", to the coordinator", code, stage ?? .input, isNamed ? 2 : .nobody) {
                    try ProtocolBench.serverTrial(at: .maskedInput) { _, honest in
                        var bytes = honest
                        change(&bytes)
                        return bytes
                    }
                },
            ]
        }
    }()
}
