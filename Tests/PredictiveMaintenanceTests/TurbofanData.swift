import Foundation

/// Where the real turbofan files are, for tests that need them.
enum TurbofanData {
    /// The folder of the files: `SECAGG_DATA`/cmapss, or ../shared/data/cmapss beside the package.
    static let directory: String = {
        if let root = ProcessInfo.processInfo.environment["SECAGG_DATA"] { return root + "/cmapss" }
        let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/data/cmapss").path
    }()

    /// Whether they are there.
    static let isPresent = FileManager.default.isReadableFile(atPath: directory + "/train_FD001.txt")

    /// What a skipped test says.
    static let absence = "the turbofan files are absent: set SECAGG_DATA to the folder that holds cmapss/"

    /// Whether the build is optimised: training in a debug build takes a hundred times as long.
    static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }
}
