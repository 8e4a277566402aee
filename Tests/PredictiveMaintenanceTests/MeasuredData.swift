import Foundation

/// Where data sets that are no part of the package are, for tests that need them.
enum MeasuredData {
    /// The folder `name` in `SECAGG_DATA`, or in ../shared/data beside the package.
    static func directory(_ name: String) -> String {
        String(TurbofanData.directory.dropLast("cmapss".count)) + name
    }

    /// Whether the bearing recordings are there.
    static let hasBearings = FileManager.default.isReadableFile(atPath: directory("cwru") + "/MANIFEST.csv")
    /// Whether the milling table is there.
    static let hasMilling = FileManager.default.isReadableFile(atPath: directory("ai4i2020") + "/ai4i2020.csv")
}
