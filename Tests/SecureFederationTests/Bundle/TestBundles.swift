import CryptoPrimitives
import DifferentialPrivacy
import FederatedLearning
import Foundation
import SecureFederation

/// A folder of its own that goes away with the object; the store makes it.
final class BundleFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("bundles-" + UUID().uuidString).path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func read(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: file(name)).map { [UInt8]($0) } }

    /// Overwrites a file where it is, with its mode.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file(name)))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
}

func bundleFile(_ bundle: ModelBundle) -> String { bundle.hash.value.hex + ".bundle" }

/// The bundle of the script, with another number, parent or model.
func testBundle(
    version: UInt64 = 1, parent: Digest? = nil, privacy: PrivacySpent? = nil,
    values: [Float] = [0.5, -1.25, -4.5e-7, 0, -0.0, 7, 0.1, 1e30]
) throws -> ModelBundle {
    let layout = ParameterLayout([(name: "dense0.weight", shape: [2, 3]), (name: "dense0.bias", shape: [2])])
    return try ModelBundle(
        version: version, parent: parent, transcript: Digest(Bytes32([UInt8](repeating: 7, count: 32))!),
        cohortSize: 9, privacy: privacy, isShared: [true, false],
        features: FeatureRecipe(name: "window statistics", version: 2, settings: ["window": 30, "stride": 0.1]),
        normaliser: GroupNormaliser(sensors: 2, groups: 1, means: [1e-5, 518.67], factors: [2, 0]),
        thresholds: ["alarm": 0.375, "größe": 1e16], parameters: ParameterVector(values: values, layout: layout))
}
