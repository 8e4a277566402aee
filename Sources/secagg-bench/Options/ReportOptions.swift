internal import ArgumentParser
internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import Foundation

/// A report and the key that must have signed it. Without a key nothing is read: a report that names its own signer
/// proves nothing.
struct ReportOptions: ParsableArguments {
    @Argument(help: "The report, as written by train --out: privacy-report.json.")
    var file: String

    @Option(name: .long, help: "The signer's public key, 64 hexadecimal digits, from a source that you trust.")
    var key: String?

    @Option(name: .customLong("key-file"), help: "A file that holds the key, such as privacy-report.key.")
    var keyFile: String?

    func validate() throws {
        guard (key == nil) != (keyFile == nil) else { throw ValidationError("give --key or --key-file") }
    }

    func verifyingKey() throws(CommandFailure) -> VerifyingKey {
        var text = key ?? ""
        if let keyFile {
            text = String(decoding: try InputFile.bytes(keyFile, "key", limit: 1 << 10), as: UTF8.self)
        }
        guard let value = Bytes32(hex: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CommandFailure(
                status: .badInput, what: "no key", why: "the key is not 64 hexadecimal digits",
                next: "ask the signer for the contents of privacy-report.key")
        }
        return VerifyingKey(value)
    }

    /// The report's bytes; they have been checked for nothing.
    func bytes() throws(CommandFailure) -> [UInt8] {
        try InputFile.bytes(file, "report", limit: 1 << 27)
    }

    /// The report, if everything in it holds.
    func report() throws(CommandFailure) -> PrivacyReport {
        let (bytes, key) = (try bytes(), try verifyingKey())
        do throws(ReportRefusal) {
            return try PrivacyReport(verifying: bytes, key: key)
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// Files that a user names.
enum InputFile {
    /// The contents; `noun` says what they were wanted as.
    static func bytes(_ path: String, _ noun: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        let data: Data?
        if let file = FileHandle(forReadingAtPath: path) {
            data = try? file.read(upToCount: limit + 1) ?? Data()
        } else {
            data = nil
        }
        guard let data, data.count <= limit else {
            throw CommandFailure(
                status: .badInput, what: "no \(noun)",
                why: data == nil ? "\(path) cannot be read" : "\(path) is above \(limit) bytes",
                next: "name the file that `secagg-bench train --privacy asset --out DIR` wrote")
        }
        return Array(data)
    }
}

extension CommandFailure {
    init(_ refusal: ReportRefusal) {
        self.init(
            status: .checkFailed, what: "the report does not verify", why: "\(refusal)",
            next: "rely on nothing in it; ask its maker for the file as it was signed")
    }

    /// A ledger that was read to be verified.
    init(unverified refusal: LedgerRefusal) {
        self.init(
            status: .checkFailed, what: "the ledger does not verify", why: "\(refusal)",
            next: "rely on nothing in it; ask its keeper for the file, and for the last digest, which is kept apart")
    }
}
