import Foundation
import SecAggSimulation
import WireFormat

/// The vectors of the repository, and altered copies of them in a temporary directory.
enum VectorCopy {
    /// The directory of the environment variable `SECAGG_VECTORS`, else the repository's.
    static let directory: String =
        ProcessInfo.processInfo.environment["SECAGG_VECTORS"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Vectors").path

    static let files: [String] = (try? VectorVerifier(directory: directory).files()) ?? []

    /// The vector files that are there, by name.
    static func filesOnDisk() throws -> [String] {
        var files: [String] = []
        for folder in try FileManager.default.contentsOfDirectory(atPath: directory) {
            let path = directory + "/" + folder
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasSuffix(".json")
            {
                files.append(folder + "/" + name)
            }
        }
        return files.sorted()
    }

    static func json(_ file: String) throws -> JSONValue {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + "/" + file)))
        return try JSONValue(parsing: bytes, limit: 1 << 26)
    }

    /// Runs `body` on a copy of the vectors in which one file's text is what `change` makes of it.
    static func withAltered<R>(
        _ file: String, _ change: (JSONValue) throws -> JSONValue, _ body: (VectorVerifier) throws -> R
    ) throws -> R {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("vectors-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        // File by file, so that nothing of the copy is a link to what it was copied from.
        for name in ["schema.json"] + files {
            let target = copy.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            let bytes =
                name == file
                ? Data(try change(try json(file)).encoded())
                : try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
            try bytes.write(to: target)
        }
        return try body(try VectorVerifier(directory: copy.path))
    }
}
