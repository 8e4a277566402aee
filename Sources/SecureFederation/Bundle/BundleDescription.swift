internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import FederatedLearning
internal import WireFormat

/// The description of a bundle as canonical JSON.
/// Source: model-life section 6
enum BundleDescription {
    static let schema = "secagg-model-bundle-1"

    static func encode(
        version: UInt64, parent: Digest?, transcript: Digest, cohortSize: Int, privacy: PrivacySpent?, isShared: [Bool],
        features: FeatureRecipe, normaliser: GroupNormaliser, thresholds: [String: Double], parameters: ParameterVector
    ) throws(BundleFailure) -> [UInt8] {
        let tensors = zip(parameters.layout.segments, isShared).map { segment, shared -> JSONValue in
            [
                "name": .string(segment.name), "shape": .array(segment.shape.map { .init(UInt64($0)) }),
                "shared": .bool(shared),
            ]
        }
        let value: JSONValue = [
            "schema": .string(schema), "version": .init(version), "parent": hex(parent),
            "transcript": hex(transcript), "cohort": .init(UInt64(cohortSize)), "privacy": json(privacy),
            "tensors": .array(tensors),
            "features": [
                "name": .string(features.name), "version": .init(features.version), "settings": json(features.settings),
            ],
            "normaliser": [
                "sensors": .init(UInt64(normaliser.sensors)), "groups": .init(UInt64(normaliser.groups)),
                "means": .array(normaliser.means.map { .number($0) }),
                "factors": .array(normaliser.factors.map { .number($0) }),
            ],
            "thresholds": json(thresholds),
            "parameters": hex(digest(of: parameters.values)),
        ]
        do throws(JSONFailure) {
            return try value.encoded(keys: .sorted)
        } catch {
            throw .invalidField
        }
    }

    /// Throws `malformed` for what is no description, `altered` when it is one of other parameters.
    static func decode(_ bytes: ArraySlice<UInt8>, parameters: [Float]) throws(BundleFailure) -> ModelBundle {
        guard let value = try? JSONValue(parsing: Array(bytes), limit: ModelBundle.mostDescriptionBytes),
            value["schema"]?.text == schema, let version = value["version"]?.uint64,
            let transcript = digest(value["transcript"]), let cohort = count(value["cohort"]),
            let features = recipe(value["features"]), let thresholds = table(value["thresholds"]),
            let hash = digest(value["parameters"])
        else { throw .malformed }
        guard hash == digest(of: parameters) else { throw .altered }
        let (layout, isShared) = try tensors(value["tensors"])
        guard let vector = try? ParameterVector(values: parameters, layout: layout) else { throw .malformed }
        return try ModelBundle(
            version: version, parent: try optional(value["parent"], digest), transcript: transcript, cohortSize: cohort,
            privacy: try optional(value["privacy"], privacy), isShared: isShared, features: features,
            normaliser: try normaliser(value["normaliser"]), thresholds: thresholds, parameters: vector)
    }

    /// BLAKE2b of the numbers of a model, four bytes each, little-endian.
    static func digest(of parameters: [Float]) -> Digest {
        var hash = Blake2b(Personalisation("SecAgg model"))
        for value in parameters { hash.update(littleEndian: value.bitPattern) }
        return hash.finalize()
    }

    static func hex(_ digest: Digest?) -> JSONValue { digest.map { .string($0.value.hex) } ?? .null }

    static func digest(_ value: JSONValue?) -> Digest? {
        guard let text = value?.text, let bytes = Bytes32(hex: text), bytes.hex == text else { return nil }
        return Digest(bytes)
    }

    /// Null is nil, anything else must be read.
    static func optional<Part>(_ value: JSONValue?, _ read: (JSONValue?) -> Part?) throws(BundleFailure) -> Part? {
        guard let value else { throw .malformed }
        if value == .null { return nil }
        guard let part = read(value) else { throw .malformed }
        return part
    }

    private static func json(_ table: [String: Double]) -> JSONValue {
        .object(table.map { JSONMember($0.key, .number($0.value)) })
    }

    private static func json(_ privacy: PrivacySpent?) -> JSONValue {
        guard let privacy else { return nil }
        return [
            "epsilon": .number(privacy.epsilon.value), "delta": .number(privacy.delta.value),
            "unit": .string(privacy.unit.rawValue),
        ]
    }

    /// A size: at least 1 and at most 2^31.
    private static func count(_ value: JSONValue?) -> Int? {
        guard let number = value?.uint64, (1...1 << 31).contains(number) else { return nil }
        return Int(number)
    }

    private static func table(_ value: JSONValue?) -> [String: Double]? {
        guard let members = value?.members else { return nil }
        var table: [String: Double] = [:]
        for member in members {
            guard let number = member.value.double, table.updateValue(number, forKey: member.key) == nil else {
                return nil
            }
        }
        return table
    }

    private static func numbers(_ value: JSONValue?) -> [Double]? {
        guard let elements = value?.elements else { return nil }
        let numbers = elements.compactMap(\.double)
        return numbers.count == elements.count ? numbers : nil
    }

    private static func recipe(_ value: JSONValue?) -> FeatureRecipe? {
        guard let name = value?["name"]?.text, let version = value?["version"]?.uint64,
            let settings = table(value?["settings"])
        else { return nil }
        return FeatureRecipe(name: name, version: version, settings: settings)
    }

    private static func privacy(_ value: JSONValue?) -> PrivacySpent? {
        guard let epsilon = value?["epsilon"]?.double, let delta = value?["delta"]?.double,
            let unit = value?["unit"]?.text.flatMap(PrivacyUnit.init(rawValue:)),
            let bound = try? Epsilon(epsilon), let rest = try? Delta(delta)
        else { return nil }
        return PrivacySpent(epsilon: bound, delta: rest, unit: unit)
    }

    private static func normaliser(_ value: JSONValue?) throws(BundleFailure) -> GroupNormaliser {
        guard let sensors = count(value?["sensors"]), let groups = count(value?["groups"]),
            let means = numbers(value?["means"]), let factors = numbers(value?["factors"]),
            let normaliser = try? GroupNormaliser(sensors: sensors, groups: groups, means: means, factors: factors)
        else { throw .malformed }
        return normaliser
    }

    /// The layout and what of it was shared; a product of extents that no memory holds is refused before it is formed.
    private static func tensors(_ value: JSONValue?) throws(BundleFailure) -> (ParameterLayout, [Bool]) {
        guard let elements = value?.elements else { throw .malformed }
        var segments: [(name: String, shape: [Int])] = []
        var names: Set<String> = []
        var isShared: [Bool] = []
        var total = 0
        for element in elements {
            guard let name = element["name"]?.text, names.insert(name).inserted,
                let shared = element["shared"]?.boolean,
                let extents = element["shape"]?.elements
            else { throw .malformed }
            var size = 1
            var shape: [Int] = []
            for extent in extents {
                guard let extent = count(extent), size <= Int(UInt32.max) / extent else { throw .malformed }
                size *= extent
                shape.append(extent)
            }
            total += size
            guard total <= Int(UInt32.max) else { throw .malformed }
            segments.append((name, shape))
            isShared.append(shared)
        }
        return (ParameterLayout(segments), isShared)
    }
}
