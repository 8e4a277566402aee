import CryptoPrimitives
import RoundProtocol
import WireFormat

@testable import SecureAggregation

/// Cases 13 to 19, 23 to 26 and 28, configurations; 29 to 38, keys.
extension BadInput {
    static let configurations: [BadInput] = [
        BadInput(13, "a roster of two", .tooFewParticipants, .proposal, .nobody) {
            BadInputTrial(try ProtocolBench(), by: 0) { bench in
                _ = try Roster(participants: [bench.key(0), bench.key(1)], coordinator: bench.roster.coordinator)
            }
        },
        BadInput(13, "a list of two", .tooFewParticipants, .advertise, .nobody) {
            try ProtocolBench.listTrial { $1.removeLast(4) }
        },
        BadInput(13, "a cohort of two", .tooFewParticipants, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.cohort = Bitmap(count: 6, indices: [0, 1]) }
        },
        BadInput(14, "a roster of 65,537", .tooManyParticipants, .proposal, .nobody) {
            BadInputTrial(try ProtocolBench(), by: 0) { bench in
                let keys = [VerifyingKey](repeating: bench.key(0), count: Roster.maximumCount + 1)
                _ = try Roster(participants: keys, coordinator: bench.roster.coordinator)
            }
        },
        BadInput(14, "more keys than the roster has", .messageTooLarge, .advertise, .coordinator) {
            try ProtocolBench.listTrial { $1.append($1[5]) }
        },
        BadInput(15, "an explicit threshold of one", .thresholdTooLow, .proposal, .coordinator) {
            try ProtocolBench.proposalTrial { $0.thresholdRule = .explicit(1) }
        },
        BadInput(15, "a quorum below the session's", .thresholdTooLow, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.quorum -= 1 }
        },
        BadInput(15, "a threshold below the session's", .thresholdTooLow, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.threshold -= 1 }
        },
        BadInput(16, "a threshold beyond the members", .thresholdTooHigh, .advertise, .coordinator, .ends) {
            var terms = ProtocolBench.Terms()
            terms.rule = .explicit(7)
            return BadInputTrial(try ProtocolBench(terms), by: .coordinator) { try $0.setUp() }
        },
        BadInput(16, "a quorum beyond the members", .thresholdTooHigh, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.quorum = 7 }
        },
        BadInput(17, "a value bound that wraps the ring", .overflowPossible, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.valueBound += 200_000 }
        },
        BadInput(17, "n times bound times weight beyond 64 bits", .overflowPossible, .announce, .coordinator) {
            try ProtocolBench.configTrial { ($0.valueBound, $0.weightCap) = (.max, .max) }
        },
        BadInput(
            17, "a weight cap of zero, which would prove any bound", .invalidConfiguration, .announce, .coordinator
        ) {
            try ProtocolBench.configTrial { ($0.valueBound, $0.weightCap) = (1 << 62, 0) }
        },
        BadInput(17, "a value bound of zero", .invalidConfiguration, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.valueBound = 0 }
        },
        BadInput(17, "announced by an honest coordinator", .overflowPossible, .announce, .coordinator) {
            let bench = try ProtocolBench()
            try bench.setUp()
            return BadInputTrial(bench, by: .coordinator) { try $0.announce { $0.noiseTail = 1 << 40 } }
        },
        BadInput(18, "dimension 0", .emptyVector, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.dimension = 0 }
        },
        BadInput(19, "a dimension over the policy's cap", .vectorTooLarge, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.dimension = 1 << 20 + 1 }
        },
        BadInput(19, "a dimension of 2^63 - 1", .vectorTooLarge, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.dimension = UInt64(Int64.max) }
        },
        BadInput(23, "survivors of another configuration", .configMismatch, .survivors, .coordinator) {
            try ProtocolBench.trial(at: .survivors) { bench, honest in try bench.resign(honest) { $0[0] ^= 1 } }
        },
        BadInput(23, "an input under another configuration", .configMismatch, .input, 2) {
            try ProtocolBench.serverBody(.maskedInput) { $0[0] ^= 1 }
        },
        BadInput(24, "an epoch that is over", .roundReplayed, .proposal, .coordinator) {
            let bench = try ProtocolBench.upTo(.roundConfig)
            return BadInputTrial(
                bench, try bench.resign(try bench.sent(.epochProposal, from: .coordinator, to: 0), round: 9))
        },
        BadInput(24, "a configuration of a round that is over", .roundReplayed, .announce, .coordinator) {
            let bench = try ProtocolBench()
            try bench.setUp()
            try bench.announce(1)
            bench.settle()
            return BadInputTrial(bench, try bench.sent(.roundConfig, from: .coordinator, to: 0))
        },
        BadInput(25, "an input deadline in the past", .expired, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.inputDeadline = Instant(milliseconds: 0) }
        },
        BadInput(25, "a proposal that closed before it came", .expired, .proposal, .coordinator) {
            try ProtocolBench.proposalTrial { $0.advertiseDeadline = Instant(milliseconds: 1_000) }
        },
        BadInput(26, "a mask suite below the policy's", .suiteUnavailable, .proposal, .coordinator) {
            try ProtocolBench.proposalTrial { $0.maskSuites = MaskSuites(rawValue: 0x8001) }
        },
        BadInput(26, "fewer colluders than the policy's", .policyViolation, .proposal, .coordinator) {
            try ProtocolBench.proposalTrial { $0.colluders = 0 }
        },
        BadInput(26, "fewer survivors than the policy's", .policyViolation, .announce, .coordinator) {
            try ProtocolBench.configTrial { $0.minimumSurvivors -= 1 }
        },
        BadInput(28, "less noise than the policy demands", .policyViolation, .announce, .coordinator) {
            let bench = try ProtocolBench(policy: { if $0 == 0 { $1.minimumNoiseVariance = 1 } })
            try bench.setUp()
            bench.holding = [.roundConfig]
            try bench.announce()
            return BadInputTrial(bench, try bench.held(.roundConfig, to: 0))
        },
    ]

    static let keys: [BadInput] = [
        BadInput(29, "a point of 31 bytes", .truncated, .advertise, 2) {
            try ProtocolBench.serverBody(.advertise) { $0.removeLast() }
        },
        BadInput(29, "a point of 33 bytes", .trailingData, .advertise, 2) {
            try ProtocolBench.serverBody(.advertise) { $0.append(0) }
        },
        BadInput(30, "an exchange key of small order, at the coordinator", .weakKey, .advertise, 2) {
            try ProtocolBench.serverBody(.advertise) {
                $0.replaceSubrange(64..<96, with: [UInt8](repeating: 0, count: 32))
            }
        },
        BadInput(30, "an exchange key of small order, in the list", .weakKey, .advertise, 3) {
            try ProtocolBench.listTrial { bench, frames in
                frames[3] = try Frame(
                    bench.resign(frames[3].bytes) {
                        $0.replaceSubrange(64..<96, with: HostileContributionMisuseTests.smallOrder[5])
                    })
            }
        },
        BadInput(31, "the reader's own key under another id", .duplicateKey, .advertise, 3) {
            try ProtocolBench.listTrial { bench, frames in
                let own = Array(Array(frames[0].body)[64..<96])
                frames[3] = try Frame(bench.resign(frames[3].bytes) { $0.replaceSubrange(64..<96, with: own) })
            }
        },
        BadInput(32, "one point under two ids", .duplicateKey, .advertise, 3) {
            try ProtocolBench.listTrial { bench, frames in
                let other = Array(Array(frames[1].body)[134..<166])
                frames[3] = try Frame(bench.resign(frames[3].bytes) { $0.replaceSubrange(134..<166, with: other) })
            }
        },
        BadInput(33, "two advertisements of one participant", .equivocation, .advertise, 2, .proven) {
            let (bench, frame) = try CoordinatorMisuseTests.waiting(for: .advertise)
            try bench.hand(frame, to: .coordinator)
            return BadInputTrial(bench, try bench.resign(frame) { $0[32] ^= 1 }, to: .coordinator)
        },
        BadInput(33, "two lists of the coordinator", .equivocation, .advertise, .coordinator, .proven) {
            let trial = try ProtocolBench.listTrial { $1.removeLast() }
            try trial.bench.hand(try trial.bench.held(.advertiseList, to: 0), to: 0)
            return trial
        },
        BadInput(34, "an advertisement signed by somebody else", .badSignature, .advertise, 3) {
            try ProtocolBench.listTrial { $1[3] = try Frame($0.resign($1[3].bytes, signer: 4) { $0[64] ^= 1 }) }
        },
        BadInput(35, "an advertisement of an outsider", .unknownParticipant, .advertise, 9) {
            try ProtocolBench.listTrial { $1[5] = try Frame($0.resign($1[3].bytes, sender: 9)) }
        },
        BadInput(35, "an outsider at the coordinator", .unknownParticipant, .advertise, 9) {
            try ProtocolBench.serverTrial(at: .advertise) { try $0.resign($1, sender: 9) }
        },
        BadInput(36, "the reader's own keys left out", .ownKeyAltered, .advertise, .coordinator) {
            try ProtocolBench.listTrial { $1.removeFirst() }
        },
        BadInput(36, "the reader's own keys altered", .ownKeyAltered, .advertise, .coordinator) {
            try ProtocolBench.listTrial { $1[0] = try Frame($0.resign($1[0].bytes) { $0[32] ^= 1 }) }
        },
        BadInput(37, "keys signed for another round", .wrongContext, .advertise, 3) {
            try ProtocolBench.listTrial { $1[3] = try Frame($0.resign($1[3].bytes, round: 2)) }
        },
        BadInput(37, "keys signed for another proposal", .wrongContext, .advertise, 3) {
            try ProtocolBench.listTrial { $1[3] = try Frame($0.resign($1[3].bytes) { $0[0] ^= 1 }) }
        },
        BadInput(38, "one point for two rounds", .duplicateKey, .advertise, 2) {
            try ProtocolBench.serverBody(.advertise) { $0.replaceSubrange(166..<198, with: Array($0[102..<134])) }
        },
        BadInput(38, "the keys of an earlier epoch", .wrongContext, .advertise, 2) {
            let bench = try ProtocolBench()
            try bench.setUp()
            let old = try bench.sent(.advertise, from: 2)
            bench.holding = [.advertise]
            try bench.openEpoch(2, firstRound: 3)
            return BadInputTrial(bench, try bench.resign(old, round: 3), to: .coordinator)
        },
    ]
}

extension ProtocolBench {
    func key(_ id: Int) -> VerifyingKey { roster.participants[id] }
}
