#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A temporary folder of one run, removed with everything in it when the run is over.
///
/// It lies in memory where the system offers that: the runs look at the store's own steps, not at a device.
///
/// Source: simulation section 2
final class SimulatedFolder {
    let path: String

    /// Makes a folder; nil where none can be made.
    init?() {
        for parent in ["/dev/shm", "/tmp"] {
            var template = Array((parent + "/secagg-simulation-XXXXXX").utf8CString)
            guard unsafe mkdtemp(&template) != nil else { continue }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return
        }
        return nil
    }

    deinit { Self.remove(tree: path) }

    private static func remove(tree: String) {
        for name in names(in: tree) {
            let child = tree + "/" + name
            if unsafe unlink(child) != 0 { remove(tree: child) }
        }
        unsafe rmdir(tree)
    }

    /// What a folder holds, sorted.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var found: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }

    /// The bytes of a file; nil when there is none.
    static func bytes(_ file: String) -> [UInt8]? {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe read(descriptor, &block, block.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += block[..<count]
        }
    }

    /// Puts bytes in a file of mode 0600, whatever it held; a disk that takes nothing ends the run.
    static func write(_ bytes: [UInt8], to file: String) {
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "a file of the simulated disk cannot be opened")
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done, off_t(done))
            }
            precondition(count > 0, "a file of the simulated disk cannot be written")
            done += count
        }
    }

    static func remove(_ file: String) { unsafe unlink(file) }
}
