internal import Foundation

/// Standard error for people, and whether a stream may be decorated.
enum Terminal {
    /// A line to standard error, in place of a passing remark.
    static func say(_ text: String) {
        endProgress()
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// A warning to standard error.
    static func warn(_ text: String) {
        say("secagg-bench: warning: \(text)")
    }

    /// A passing remark, overwritten by the next; only when standard error is a terminal.
    static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    /// Takes the last remark away.
    static func endProgress() {
        progress("")
    }

    /// Bold on a terminal, plain elsewhere and under NO_COLOR.
    static func bold(_ text: String) -> String {
        isDecorated ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }

    private static let isDecorated: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }()
}
