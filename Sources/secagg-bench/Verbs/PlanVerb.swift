internal import ArgumentParser
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// `plan`: what is safe for these numbers, or why nothing is.
struct PlanVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Compute thresholds, graph, ring and bytes that are safe, or say why not.")

    @OptionGroup var session: SessionOptions

    @Option(name: .customLong("value-bound"), help: "Largest quantised value. Without it: what the ring has room for.")
    var valueBound: UInt64?

    @OptionGroup var noise: NoiseOptions

    @OptionGroup var output: OutputOptions

    func run() throws {
        let dropouts = session.dropouts(seed: 0)
        let bound = valueBound ?? session.valueBound
        let plan = try session.plan(dropouts: dropouts, valueBound: bound)
        let planned = try noise.plan(plan, dropped: dropouts.count)
        if output.json {
            let object = plan.json(clients: session.clients, valueBound: bound, dropped: dropouts.count)
            try JSONOutput.write(object.appending(["privacy": planned?.json ?? .null]))
        } else {
            var facts = plan.facts(clients: session.clients, valueBound: bound, dropped: dropouts.count)
            planned?.add(to: &facts)
            print(facts.text)
        }
    }
}

extension Plan {
    fileprivate var windowFloor: Int? {
        if case .regular(_, let floor) = graph { floor } else { nil }
    }

    fileprivate func json(clients: Int, valueBound: UInt64, dropped: Int) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "plan", "n": .count(clients), "d": .count(dimension),
            "bits": .count(ringBits), "value_bound": JSONValue(valueBound), "dropped": .count(dropped),
            "colluders": .count(colluders), "server": .string(server.rawValue), "quorum": .count(quorum),
            "threshold": .count(shamirThreshold), "graph": .string(graphText), "neighbours": .count(peers),
            "window_floor": windowFloor.map { .count($0) } ?? .null, "receipts": .count(receiptsRequired),
            "minimum_honest": .count(minimumHonest), "minimum_survivors": .count(minimumSurvivors),
            "vector_bytes": .count(vectorBytes), "control_bytes": .count(controlBytes),
            "upload_ratio": .rounded(uploadRatio, digits: 4),
            "session_members": .count(participants),
            "warnings": .array(warnings.map { .string($0.description) }),
        ]
    }

    fileprivate func facts(clients: Int, valueBound: UInt64, dropped: Int) -> FactList {
        var facts = FactList()
        facts.add("clients", "\(clients), \(dropped) of them assumed to fall silent")
        facts.add("colluders withstood", "\(colluders), against a server that is \(server.rawValue)")
        facts.add("graph", windowFloor.map { "\(peers) neighbours, window floor \($0)" } ?? "complete, \(peers) peers")
        facts.add("quorum", "\(quorum) signatures fix a survivor set")
        facts.add("threshold", "\(shamirThreshold) shares open a secret")
        facts.add("receipts", "\(receiptsRequired) admit a dealer")
        facts.add("survivors", "at least \(minimumSurvivors), of them \(minimumHonest) honest")
        facts.add("ring", "\(ringBits) bits: values up to \(valueBound) cannot wrap")
        facts.add(
            "upload",
            "\(NumberText.bytes(Double(vectorBytes))) of vector and \(NumberText.bytes(Double(controlBytes)))"
                + " beside it: \(NumberText.fixed(uploadRatio, 3)) of 32-bit floats")
        return facts
    }
}
