import CryptoPrimitives
import Glibc
import SecAggSimulation

@testable import DurableState

/// A directory of its own that goes away with the object.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/durable-state-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        remove(tree: path)
    }

    private func remove(tree: String) {
        for name in TemporaryDirectory.names(in: tree) {
            let child = tree + "/" + name
            if unlink(child) != 0 { remove(tree: child) }
        }
        rmdir(tree)
    }

    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }

    func read(_ name: String) -> [UInt8]? {
        guard let file = fopen(path + "/" + name, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) {
        let target = path + "/" + name
        unlink(target)
        guard let file = fopen(target, "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        chmod(target, mode)
    }

    func delete(_ name: String) {
        unlink(path + "/" + name)
    }
}

func makeName(_ text: String) -> RecordName {
    guard let name = RecordName(text) else { preconditionFailure("a test uses names that exist") }
    return name
}

func makeRecord(_ name: String, _ generation: UInt64, _ content: UInt8 = 0, count: Int = 100) -> StateRecord {
    StateRecord(name: makeName(name), generation: generation, sealed: [UInt8](repeating: content, count: count))
}

func secret(_ bytes: [UInt8]) -> SecretBytes {
    bytes.span.withUnsafeBytes { SecretBytes(copying: $0) }
}

func clear(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withUnsafeBytes { Array($0) }
}
