internal import ArgumentParser
internal import DifferentialPrivacy
internal import Foundation
internal import WireFormat

/// `privacy`: the accountants, reports and ledgers.
struct Privacy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "privacy",
        abstract: "Bound epsilon, calibrate noise, render and verify reports and ledgers, audit.",
        discussion: """
            With --batch and no verb behind it: answers a file of queries, one JSON object a line each way. Exit code 3 \
            when a query has no answer; the others are answered all the same.
            """,
        subcommands: [
            PrivacyEpsilon.self, PrivacyDelta.self, PrivacyCalibrate.self, PrivacyReportVerb.self, PrivacyVerify.self,
            PrivacyLedgerVerb.self, PrivacyAudit.self,
        ])

    @Option(name: .long, help: "A file with one query a line; - is standard input.")
    var batch: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let batch else { throw CleanExit.helpRequest(self) }
        var lines = try LineReader(path: batch, limit: PrivacyReply.mostBytes)
        var (answered, refused) = (0, 0)
        while let line = try lines.next() {
            let began = ProcessorClock.seconds
            let reply: PrivacyReply
            switch line {
            case .bytes(let bytes): reply = PrivacyReply(to: bytes)
            case .tooLong: reply = .lineTooLong
            }
            try JSONOutput.write(reply.json(cpuSeconds: ProcessorClock.seconds - began))
            if case .success = reply.outcome { answered += 1 } else { refused += 1 }
        }
        if refused > 0 {
            throw CommandFailure(
                status: .badInput, what: "\(refused) of \(answered + refused) queries have no answer",
                why: "each says so in its own line", next: "look up the codes in Papers/privacy-queries.md",
                followsResult: true)
        }
    }
}
