internal import ArgumentParser
internal import DifferentialPrivacy
internal import WireFormat

/// One event and what the figures refer to: the flags of a query. They become the query's JSON, so that flags and
/// batches are checked by the same code.
struct QueryOptions: ParsableArguments {
    @Option(name: .long, help: "gaussian, laplace, or discrete_gaussian (integers on a grid of width 1).")
    var mechanism: String

    @Option(
        name: .customLong("noise-multiplier"),
        help: "Standard deviation (Laplace: scale) over sensitivity. Not for --find sigma.")
    var multiplier: Double?

    @Option(name: .long, help: "How far one unit moves the sum.")
    var sensitivity: Double

    @Option(name: .long, help: "none, poisson, or fixed_size.")
    var sampling: String

    @Option(name: .customLong("sampling-rate"), help: "With poisson: the probability of a unit. Not for --find rate.")
    var rate: Double?

    @Option(name: .long, help: "With fixed_size: units there are.")
    var population: WholeNumber?

    @Option(name: .long, help: "With fixed_size: units drawn.")
    var sample: WholeNumber?

    @Option(name: .long, help: "How often. Not for --find steps.")
    var steps: WholeNumber?

    @Option(name: .long, help: "add_remove (one unit more or fewer), or replace_one (one exchanged).")
    var adjacency: String

    @Option(name: .long, help: "Whom the figure protects: asset, record, or silo.")
    var unit: String

    @Option(name: .long, help: "best, pld, rdp, or gaussian.")
    var accountant = "best"

    /// The answer to one question about the event.
    func answer(_ kind: PrivacyQuery.Kind, delta: Double?, epsilon: Double?) throws -> PrivacyAnswer {
        do throws(QueryRefusal) {
            return try PrivacyQuery(json(kind, delta: delta, epsilon: epsilon)).answer()
        } catch {
            throw CommandFailure(
                status: .badInput, what: "the query has no answer", why: "\(error.code.rawValue): \(error)",
                next: "change the option named; the codes are in Papers/privacy-queries.md")
        }
    }

    private func json(_ kind: PrivacyQuery.Kind, delta: Double?, epsilon: Double?) -> JSONValue {
        [
            "id": "flags", "kind": .string(kind.rawValue),
            "events": [
                [
                    "mechanism": .string(mechanism), "noise_multiplier": Self.number(multiplier),
                    "sensitivity": Self.number(sensitivity), "sampling": .string(sampling),
                    "sampling_rate": Self.number(rate), "population": population.map { .count($0.value) } ?? .null,
                    "sample": sample.map { .count($0.value) } ?? .null,
                    "steps": steps.map { .count($0.value) } ?? .null,
                ]
            ],
            "adjacency": .string(adjacency), "unit": .string(unit), "delta": Self.number(delta),
            "epsilon": Self.number(epsilon), "accountant": .string(accountant),
        ]
    }

    /// What JSON has no number for is a text there.
    private static func number(_ value: Double?) -> JSONValue {
        guard let value else { return .null }
        return value.isFinite ? .number(value) : .string("\(value)")
    }
}
