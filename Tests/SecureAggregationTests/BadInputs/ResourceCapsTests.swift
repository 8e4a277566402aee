import CryptoPrimitives
import DurableState
import Glibc
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Sizes far above what has arrived are refused before room is made for them.
///
/// Every row declares 4 GiB or more; the address space of the process must not have grown by one, not even for a moment.
@Suite(.serialized) struct ResourceCapsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let code: AbortCode
        let prepare: @Sendable () throws -> BadInputTrial

        var testDescription: String { "\(name): \(code)" }
    }

    static func filled(_ body: inout [UInt8], _ range: Range<Int>) {
        for index in range { body[index] = 0xFF }
    }

    static let rows: [Row] = [
        Row(name: "a frame of 4 GiB, at a participant", code: .messageTooLarge) {
            try ProtocolBench.trial(at: .roundConfig) { _, honest in
                var bytes = honest
                filled(&bytes, 56..<60)
                return bytes
            }
        },
        Row(name: "a frame of 256 MiB that is not there", code: .truncated) {
            try ProtocolBench.trial(at: .survivors) { _, honest in
                var bytes = honest
                bytes.replaceSubrange(56..<60, with: [0, 0, 0, 0x10])
                return bytes
            }
        },
        Row(name: "4 G advertisements", code: .messageTooLarge) {
            try ProtocolBench.trial(at: .advertiseList) { try $0.resign($1) { filled(&$0, 0..<4) } }
        },
        Row(name: "an advertisement of 4 GiB in the list", code: .messageTooLarge) {
            try ProtocolBench.trial(at: .advertiseList) { try $0.resign($1) { filled(&$0, 4..<8) } }
        },
        Row(name: "4 G items of a delivery", code: .messageTooLarge) {
            try ProtocolBench.trial(at: .delivery) { try $0.resign($1) { filled(&$0, 4..<8) } }
        },
        Row(name: "commitments of 4 GiB in a delivery", code: .messageTooLarge) {
            try ProtocolBench.trial(at: .delivery) { try $0.resign($1) { filled(&$0, 12..<16) } }
        },
        Row(name: "4 G signatures", code: .messageTooLarge) {
            try ProtocolBench.trial(at: .unmaskRequest) { try $0.resign($1) { filled(&$0, 65..<69) } }
        },
        Row(name: "a vector of 2^64 - 1 elements", code: .vectorTooLarge) {
            try ProtocolBench.configTrial { $0.dimension = .max }
        },
        Row(name: "a result of 2^64 - 1 words", code: .dimensionMismatch) {
            try ProtocolBench.trial(at: .result) { try $0.resign($1) { filled(&$0, 64..<72) } }
        },
        Row(name: "4 G rounds of one epoch", code: .invalidConfiguration) {
            try ProtocolBench.trial(at: .epochProposal) { try $0.resign($1) { filled(&$0, 40..<44) } }
        },
        Row(name: "65,536 rounds of one epoch", code: .policyViolation) {
            try ProtocolBench.proposalTrial { $0.rounds = 1 << 16 }
        },
        Row(name: "4 G points of one advertisement", code: .messageTooLarge) {
            try ProtocolBench.serverBody(.advertise) { filled(&$0, 98..<102) }
        },
        Row(name: "4 G commitments", code: .configMismatch) {
            try ProtocolBench.serverBody(.commitments) { filled(&$0, 0..<8) }
        },
        Row(name: "4 G boxes", code: .messageTooLarge) {
            try ProtocolBench.serverBody(.shares) { filled(&$0, 32..<36) }
        },
        Row(name: "a box of 4 GiB", code: .messageTooLarge) {
            try ProtocolBench.serverBody(.shares) { filled(&$0, 40..<44) }
        },
        Row(name: "a promise of 2^64 - 1 words", code: .dimensionMismatch) {
            try ProtocolBench.serverBody(.maskedInput) { filled(&$0, 32..<40) }
        },
        Row(name: "4 G roots of chunks", code: .messageTooLarge) {
            try ProtocolBench.serverBody(.chunkRoots) { filled(&$0, 0..<4) }
        },
        Row(name: "the four-billionth chunk", code: .dimensionMismatch) {
            try ProtocolBench.serverBody(.chunk) { filled(&$0, 0..<4) }
        },
        Row(name: "4 G shares", code: .messageTooLarge) {
            try ProtocolBench.serverBody(.unmaskShares) { filled(&$0, 32..<36) }
        },
    ]

    @Test(arguments: rows) func refusedBeforeRoomIsMade(_ row: Row) throws {
        let trial = try row.prepare()
        let before = try Self.addressSpacePeak()
        let state = trial.fingerprint
        var thrown: Abort?
        do { try trial.act(trial.bench) } catch let abort as Abort { thrown = abort }
        #expect(thrown?.code == row.code, "\(String(describing: thrown))")
        #expect(trial.fingerprint == state)
        #expect(try Self.addressSpacePeak() < before + 1 << 30, "room for 1 GiB or more was made")
    }

    /// A promise takes no room in the spool; what arrives and fits its digest does.
    @Test func promisesTakeNoRoom() throws {
        let spool = MemorySpool(capacityBytes: 24)
        let bench = try ProtocolBench(spool: spool)
        bench.holding = [.chunk]
        try bench.setUp()
        try bench.announce()
        // Six promises of 24 bytes each, and room for one: they are folded in one after the other.
        #expect(bench.refusals.isEmpty && bench.held.count == 6)
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    /// Another evidence file, another JSON text: what is declared is not believed.
    @Test func filesThatDeclareTooMuch() throws {
        let before = try Self.addressSpacePeak()
        let bench = try ProtocolBench.upTo(.survivors)
        let honest = try bench.held(.survivors, to: 5)
        let refusal = bench.refusal(of: try bench.survivors(without: 5, like: honest), by: 5)
        let found = try #require(refusal?.evidence)
        let proof = try #require(EvidenceFile(found, roster: bench.roster))
        var evidence = proof.encoded()
        for index in 0..<min(200, evidence.count - 3) {
            var bytes = evidence
            for offset in 0..<4 { bytes[index + offset] = 0xFF }
            _ = try? EvidenceFile(decoding: bytes)
        }
        evidence.append(0)
        #expect(throws: (any Error).self) { try EvidenceFile(decoding: evidence) }
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        let thrown = #expect(throws: JSONFailure.self) { try JSONValue(parsing: deep, limit: 1 << 21) }
        #expect(thrown?.reason == .tooDeep)
        #expect(try Self.addressSpacePeak() < before + 1 << 30)
    }

    /// The most bytes of address space that this process has had.
    static func addressSpacePeak() throws -> Int {
        let file = try #require(fopen("/proc/self/status", "r"))
        defer { fclose(file) }
        var bytes = [CChar](repeating: 0, count: 1 << 12)
        let count = fread(&bytes, 1, bytes.count - 1, file)
        let text = String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmPeak:") })
        return try #require(Int(line.split(separator: " ").dropFirst().first ?? "")) << 10
    }
}
