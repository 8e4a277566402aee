#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Reads a whole small file.
enum FileText {
    /// The most bytes of a vector file.
    static let limit = 64 << 20

    /// The bytes of a regular file; throws the reason with the path.
    static func bytes(of path: String) throws(VectorFailure) -> [UInt8] {
        let next = "check the path to the directory of vectors"
        guard !path.utf8.contains(0) else { throw VectorFailure("cannot read a file", why: "bad path", next: next) }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw VectorFailure("cannot open \(path)", why: text(errno), next: next) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw VectorFailure("cannot read \(path)", why: text(errno), next: next)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw VectorFailure("cannot read \(path)", why: "larger than \(limit) bytes", next: next)
            }
            bytes += piece[..<count]
        }
    }

    private static func text(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case EACCES: "not permitted"
        case EISDIR: "it is a directory"
        default: "system error \(code)"
        }
    }
}
