internal import Foundation

/// Lines of a file or of standard input, one at a time, in bounded memory.
struct LineReader {
    /// A line without its end, or that one was too long to be kept.
    enum Line {
        case bytes([UInt8])
        case tooLong
    }

    private static let chunk = 1 << 16

    private let file: FileHandle
    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// Lines of at most `limit` bytes; "-" is standard input.
    init(path: String, limit: Int) throws(CommandFailure) {
        self.limit = limit
        if path == "-" {
            file = .standardInput
            return
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(
                status: .badInput, what: "no queries", why: "\(path) cannot be read",
                next: "name a file with one query a line, or - for standard input")
        }
        self.file = file
    }

    /// The next line, nil after the last; a line end at the end begins no line.
    mutating func next() throws(CommandFailure) -> Line? {
        var isTooLong = false
        var scanned = start
        while true {
            if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[start..<end])
                start = end + 1
                return isTooLong || line.count > limit ? .tooLong : .bytes(line)
            }
            if isAtEnd {
                let line = Array(buffer[start...])
                buffer = []
                start = 0
                if line.isEmpty, !isTooLong { return nil }
                return isTooLong || line.count > limit ? .tooLong : .bytes(line)
            }
            buffer.removeFirst(start)
            start = 0
            if buffer.count > limit {
                isTooLong = true
                buffer.removeAll(keepingCapacity: true)
            }
            scanned = buffer.count
            do {
                let more = try file.read(upToCount: Self.chunk) ?? Data()
                if more.isEmpty { isAtEnd = true } else { buffer.append(contentsOf: more) }
            } catch {
                throw CommandFailure(
                    status: .badInput, what: "the queries cannot be read to their end",
                    why: error.localizedDescription, next: "name a file with one query a line, or - for standard input")
            }
        }
    }
}
