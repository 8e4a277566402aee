internal import ArgumentParser
internal import DurableState
internal import Foundation

/// Where uploads wait until they are verified.
enum SpoolPlace: String, ExpressibleByArgument, CaseIterable {
    case memory
    case disk

    /// Runs `body` with a spool; a directory on disk is the process's own and is removed afterwards.
    func withSpool<R>(
        capacityBytes: Int, _ body: (any InputSpool) throws(CommandFailure) -> R
    ) throws(CommandFailure) -> R {
        guard self == .disk else { return try body(MemorySpool(capacityBytes: capacityBytes)) }
        let parent = FileManager.default.temporaryDirectory
        let directory = parent.appendingPathComponent("secagg-bench-\(UUID().uuidString)", isDirectory: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let spool: FileSpool
        do throws(SpoolFailure) {
            spool = try FileSpool(directory: directory.path)
        } catch {
            throw CommandFailure(
                status: .environment, what: "no spool on disk", why: "\(error) in \(parent.path)",
                next: "set TMPDIR to a directory of your own, or take --spool memory")
        }
        return try body(spool)
    }
}
