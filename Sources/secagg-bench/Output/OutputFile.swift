internal import Foundation

/// Files that a verb writes.
enum OutputFile {
    /// Writes all or nothing.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                status: .environment, what: "\(path) cannot be written", why: error.localizedDescription,
                next: "name a place that can be written with --out")
        }
    }
}
