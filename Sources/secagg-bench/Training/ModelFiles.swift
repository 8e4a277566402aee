internal import DifferentialPrivacy
internal import FederatedLearning
internal import Foundation
internal import PredictiveMaintenance
internal import SecureFederation
internal import WireFormat

/// The folder of `--out`: the model, what one must know to use it, and the report.
struct ModelFiles {
    private let directory: URL

    /// Makes the folder if need be, so that a long run does not end without a place for its result.
    init(directory path: String) throws(CommandFailure) {
        directory = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        } catch {
            throw Self.failure(path, error)
        }
    }

    /// Writes `report.json` and the picture `learning-curve.svg`.
    func write(_ curve: LearningCurve, report: JSONValue) throws {
        try write(JSONOutput.line(report), "report.json")
        try write(Array(curve.svg.utf8), "learning-curve.svg")
    }

    /// Writes `model.bin` (32-bit floats, little-endian) and `model.json`.
    ///
    /// Under privacy the model is the private one; the others were for comparison and stay out of the folder.
    func write(_ result: MaintenanceResult, _ hidden: PrivateResult?) throws {
        switch hidden?.model {
        case nil:
            try write(result.outcome.model.values, "model.bin")
            try write(JSONOutput.line(description(of: result.outcome.model, result.normaliser)), "model.json")
        case .network(let model):
            try write(model.values, "model.bin")
            if let hidden {
                try write(JSONOutput.line(description(of: model, hidden.normaliser)), "model.json")
            }
        case .linear(let model):
            try write((model.coefficients + model.intercepts).map { Float($0) }, "model.bin")
            if let hidden { try write(JSONOutput.line(description(of: model, hidden)), "model.json") }
        }
    }

    /// Writes the privacy report and what goes with it.
    func write(_ files: PrivacyFiles) throws(CommandFailure) {
        for (name, bytes) in files.contents { try write(bytes, name) }
    }

    private func write(_ values: [Float], _ name: String) throws(CommandFailure) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * values.count)
        for value in values {
            let pattern = value.bitPattern
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: pattern >> shift))
            }
        }
        try write(bytes, name)
    }

    /// Puts a line of a company's privacy ledger behind the others, on disk before this returns.
    func append(_ line: LedgerLine, of company: Int) throws {
        let file = directory.appendingPathComponent("privacy-ledger-\(company + 1).jsonl")
        if line.offset == 0 { try Data().write(to: file) }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(line.offset))
        try handle.write(contentsOf: Data(line.bytes))
        try handle.synchronize()
    }

    private func description(of model: ParameterVector, _ normaliser: GroupNormaliser) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "file": "model.bin", "encoding": "float32 little-endian",
            "parameters": .count(model.values.count),
            "tensors": .array(
                model.layout.segments.map { segment in
                    [
                        "name": .string(segment.name), "shape": .array(segment.shape.map { .count($0) }),
                        "offset": .count(segment.offset),
                    ]
                }),
            "hidden_activation": "relu",
            "normaliser": Self.json(normaliser),
        ]
    }

    private func description(of model: LinearModel, _ hidden: PrivateResult) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "file": "model.bin", "encoding": "float32 little-endian",
            "kind": "linear", "parameters": .count(model.coefficients.count + model.intercepts.count),
            "tensors": [
                ["name": "coefficients", "shape": [.count(model.outputs), .count(model.features)], "offset": 0],
                [
                    "name": "intercepts", "shape": [.count(model.outputs)], "offset": .count(model.coefficients.count),
                ],
            ],
            "feature_recipe": .string(hidden.featureRecipe), "normaliser": Self.json(hidden.normaliser),
        ]
    }

    private static func json(_ normaliser: GroupNormaliser) -> JSONValue {
        [
            "groups": .count(normaliser.groups), "sensors": .count(normaliser.sensors),
            "limit": .number(GroupNormaliser.limit), "means": .array(normaliser.means.map { .real($0) }),
            "factors": .array(normaliser.factors.map { .real($0) }),
        ]
    }

    private func write(_ bytes: [UInt8], _ name: String) throws(CommandFailure) {
        let file = directory.appendingPathComponent(name)
        do {
            try Data(bytes).write(to: file, options: .atomic)
        } catch {
            throw Self.failure(file.path, error)
        }
    }

    private static func failure(_ path: String, _ error: any Error) -> CommandFailure {
        var why = error.localizedDescription
        if why.hasSuffix(".") { why.removeLast() }
        return CommandFailure(
            status: .environment, what: "cannot write \(path)", why: why,
            next: "pass --out a folder that this user may write to")
    }
}
