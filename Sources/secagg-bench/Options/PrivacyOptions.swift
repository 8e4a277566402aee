internal import ArgumentParser
internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import Foundation
internal import PredictiveMaintenance
internal import SecureFederation

/// Whom a training protects from what its sums say.
struct PrivacyOptions: ParsableArguments {
    /// The unit of privacy, or none.
    enum Unit: String, ExpressibleByArgument, CaseIterable {
        case none
        case asset
        case record
        case silo
    }

    /// Which procedure, or the quietest.
    enum Procedure: String, ExpressibleByArgument, CaseIterable {
        case auto
        case a = "A"
        case b = "B"
        case c = "C"
        case d = "D"

        init?(argument: String) {
            self.init(rawValue: argument == "auto" ? argument : argument.uppercased())
        }

        var chosen: PrivateProcedure? { PrivateProcedure(rawValue: rawValue) }
    }

    /// Which data sets are neighbours.
    enum Neighbours: String, ExpressibleByArgument, CaseIterable {
        case addRemove = "add_remove"
        case replaceOne = "replace_one"

        var adjacency: Adjacency { self == .addRemove ? .addRemove : .replaceOne }
    }

    @Option(name: .customLong("privacy"), help: "none, asset (one machine), record, or silo (one company).")
    var unit = Unit.none

    @Option(name: .long, help: "The budget: epsilon of all private sums together. Needed with --privacy.")
    var epsilon: Double?

    @Option(name: .long, help: "The probability that epsilon may fail, 1e-15 to 0.5. Needed with --privacy.")
    var delta: Double?

    @Option(
        name: .long,
        help: "A: local training a machine; B: its gradient; C: one sum of moments; D: steps inside a company.")
    var procedure = Procedure.auto

    @Option(name: .long, help: "Neighbours: one unit more or fewer (add_remove), or exchanged (replace_one).")
    var adjacency = Neighbours.addRemove

    @Option(name: .long, help: "Companies that may be missing from a private sum; more noise for each.")
    var missing = 1

    @Flag(
        name: .customLong("keep-surplus"),
        help: "Leave the noise that was meant for missing companies in the sum, even when nobody is missing.")
    var keepSurplus = false

    @Option(name: .customLong("unit-cap"), help: "The most machines or records of one company; public.")
    var unitCap: Int?

    @Option(
        name: .customLong("signing-key"),
        help: "A file with the 32-byte seed of the key that signs the report, in hexadecimal. Without it: a fresh key.")
    var signingKeyFile: String?

    func validate() throws {
        if unit == .none {
            guard epsilon == nil, delta == nil, procedure == .auto, adjacency == .addRemove, missing == 1,
                unitCap == nil, !keepSurplus, signingKeyFile == nil
            else {
                throw ValidationError(
                    "--epsilon, --delta, --procedure, --adjacency, --missing, --keep-surplus, --unit-cap and --signing-key need --privacy"
                )
            }
            return
        }
        guard epsilon != nil, delta != nil else { throw ValidationError("--privacy needs --epsilon and --delta") }
        if missing < 0 { throw ValidationError("--missing is not negative") }
        if let unitCap, !(1...1 << 20).contains(unitCap) { throw ValidationError("--unit-cap is in 1...1048576") }
    }

    /// The unit asked for, nil for none.
    var privacyUnit: PrivacyUnit? {
        switch unit {
        case .none: nil
        case .asset: .asset
        case .record: .record
        case .silo: .silo
        }
    }

    /// The budget; throws what is wrong with its numbers.
    func budget() throws(CommandFailure) -> PrivacyBudget {
        try CommandFailure.budget(epsilon: epsilon ?? .nan, delta: delta ?? .nan)
    }

    /// The key of the file, or a fresh one.
    func signingKey() throws(CommandFailure) -> SigningKey {
        var system: any RandomSource = SystemRandomSource()
        guard let signingKeyFile else { return SigningKey(from: &system) }
        let text = try? String(contentsOfFile: signingKeyFile, encoding: .utf8)
        guard let digits = text?.trimmingCharacters(in: .whitespacesAndNewlines), let seed = Bytes32(hex: digits) else {
            throw CommandFailure(
                status: .badInput, what: "no signing key", why: "\(signingKeyFile) does not hold 64 hexadecimal digits",
                next: "make one with `openssl rand -hex 32`, readable by you alone")
        }
        return SigningKey(seed: unsafe seed.withUnsafeBytes { unsafe SecretBytes(copying: $0) })
    }
}

extension CommandFailure {
    /// A budget from two numbers as they were typed.
    static func budget(epsilon: Double, delta: Double) throws(CommandFailure) -> PrivacyBudget {
        do throws(ParameterRefusal) {
            let budget = PrivacyBudget(epsilon: try Epsilon(epsilon), delta: try Delta(delta))
            guard budget.epsilon.value > 0 else { throw .notPositive }
            return budget
        } catch {
            throw CommandFailure(
                status: .badInput, what: "no such privacy budget", why: "\(error)",
                next: "pass a finite positive --epsilon and a --delta in 1e-15...0.5")
        }
    }
}
