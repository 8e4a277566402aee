public import WireFormat

/// Compares the library with known answers that an independent implementation has made.
///
/// Every file is read as it is in the repository; a test passes when the library gives all of its values and no other,
/// or refuses it for the reason it names.  The secrets in the files are published with them and protect nothing.
///
/// Source: WIRE
public struct VectorVerifier: Sendable {
    /// The name of the layout that is understood.
    public static let schema = "qsa1-vectors-v1"

    private let directory: String

    /// A verifier of the vectors in a directory.
    ///
    /// - Throws: when the directory holds no readable `schema.json` of the layout that is understood.
    public init(directory: String) throws(VectorFailure) {
        self.directory = directory
        let path = directory + "/schema.json"
        let schema = try Self.json(try FileText.bytes(of: path), name: path)
        guard schema["properties"]?["schema"]?["const"]?.text == Self.schema else {
            throw VectorFailure(
                "cannot use \(path)", why: "it does not describe \(Self.schema)",
                next: "take the vectors that belong to this version")
        }
    }

    /// The vector files that are understood, relative to the directory, in alphabetical order.
    public func files() -> [String] { VectorAreas.names }

    /// Checks one file's header and runs its tests.
    ///
    /// - Throws: when the file cannot be read, or its header or the frame of a test is not as it must be.
    /// - Complexity: some milliseconds a test; the transcripts run whole epochs.
    public func verify(_ file: String) throws(VectorFailure) -> VectorReport {
        let tests = try tests(of: file)
        let area = try area(of: file)
        var passed = 0
        var failures: [(tcId: Int, reason: String)] = []
        for test in tests {
            if let reason = test.difference(from: Self.answer(area, test)) {
                failures.append((test.tcId, reason))
            } else {
                passed += 1
            }
        }
        return VectorReport(name: file, passed: passed, failures: failures)
    }

    /// The library's own answers to the inputs of a file: an array of `tcId`, `result`, and `expected` or `error`.
    ///
    /// - Throws: as `verify`.
    public func answer(_ file: String) throws(VectorFailure) -> JSONValue {
        let area = try area(of: file)
        return .array(
            try tests(of: file).map { test in
                let answer = Self.answer(area, test)
                var members = [
                    JSONMember("tcId", .count(test.tcId)),
                    JSONMember("result", answer.error == nil ? "valid" : "invalid"),
                ]
                if let expected = answer.expected { members.append(JSONMember("expected", expected)) }
                if let error = answer.error { members.append(JSONMember("error", .string(error))) }
                return .object(members + answer.details)
            })
    }

    /// The tests of a file, its header checked.
    func tests(of file: String) throws(VectorFailure) -> [VectorTest] {
        guard VectorAreas.names.contains(file) else {
            throw VectorFailure(
                "cannot use \(file)", why: "it is none of the files that are understood",
                next: "choose one of \(VectorAreas.names.joined(separator: ", "))")
        }
        let path = directory + "/" + file
        return try VectorTest.tests(in: Self.json(try FileText.bytes(of: path), name: file), name: file)
    }

    private func area(of file: String) throws(VectorFailure) -> any VectorArea {
        try VectorAreas.area(file) { (name) throws(VectorFailure) in try tests(of: name) }
    }

    private static func answer(_ area: any VectorArea, _ test: VectorTest) -> VectorAnswer {
        do throws(VectorFault) {
            return try area.answer(test.inputs)
        } catch {
            switch error {
            case .malformed: return VectorAnswer(refused: error.reason, [])
            case .refused(let name, let details): return VectorAnswer(refused: name, details)
            }
        }
    }

    private static func json(_ bytes: [UInt8], name: String) throws(VectorFailure) -> JSONValue {
        do throws(JSONFailure) {
            return try JSONValue(parsing: bytes, limit: FileText.limit)
        } catch {
            throw VectorFailure(
                "cannot read \(name)", why: "\(error.reason) at byte \(error.offset)", next: "restore the file")
        }
    }
}

/// Which file holds which tests.
enum VectorAreas {
    static let transcripts = [
        "round/four_parties_check_on_failure.json", "round/seven_parties_dropout_late.json",
        "round/seven_parties_dropout_setup.json", "round/three_parties.json",
    ]

    private static let threshold = "paillier/threshold_keys.json"
    private static let requests = "paillier/opening_requests.json"

    static let names =
        [
            "hostile/lying_server.json", "keys/key_derivation.json", "keys/mask_expansion.json",
            "noise/discrete_gaussian.json",
            "noise/removable_seeds.json",
            "paillier/encryption.json", requests, "paillier/openings.json",
            "paillier/plaintext_knowledge.json", "paillier/refusals.json", threshold, "ring/fixed_point_codec.json",
            "ring/lane_packing.json", "round/bad_frames.json",
        ] + transcripts + ["shamir/ristretto255.json", "upload/digest.json"]

    /// The area of a file; `load` gives the tests of another one.
    static func area(
        _ file: String, load: (String) throws(VectorFailure) -> [VectorTest]
    ) throws(VectorFailure) -> any VectorArea {
        switch file {
        case "keys/key_derivation.json": return KeyVectors()
        case "keys/mask_expansion.json": return MaskVectors()
        case "noise/discrete_gaussian.json": return GaussianVectors()
        case "noise/removable_seeds.json": return RemovableVectors()
        case "ring/fixed_point_codec.json": return FixedPointVectors()
        case "ring/lane_packing.json": return LaneVectors()
        case "paillier/encryption.json", "paillier/refusals.json": return PaillierSumVectors()
        case "paillier/plaintext_knowledge.json": return PaillierKnowledgeVectors()
        case threshold: return PaillierKeyVectors(dealt: DealtKeys(try load(threshold)))
        case requests: return PaillierRequestVectors(dealt: DealtKeys(try load(threshold)))
        case "paillier/openings.json":
            return PaillierOpeningVectors(dealt: DealtKeys(try load(threshold)), requests: try load(requests))
        case "shamir/ristretto255.json": return ShamirVectors()
        case "upload/digest.json": return UploadVectors()
        case "round/bad_frames.json", "hostile/lying_server.json":
            var recordings: [String: VectorTest] = [:]
            for name in transcripts {
                guard let test = try load(name).first else { continue }
                recordings[String(name.dropFirst("round/".count).dropLast(".json".count))] = test
            }
            return BadFrameVectors(recordings: recordings, isKit: file.hasPrefix("hostile/"))
        default: return EpochVectors()
        }
    }
}
