internal import ArgumentParser
internal import DifferentialPrivacy
internal import WireFormat

/// `privacy epsilon`: epsilon at a delta.
struct PrivacyEpsilon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epsilon", abstract: "Both ends of epsilon at a delta, for one event.")

    @OptionGroup var query: QueryOptions

    @Option(name: .long, help: "The probability that epsilon may fail.")
    var delta: Double

    @OptionGroup var output: OutputOptions

    func run() throws {
        try query.answer(.epsilon, delta: delta, epsilon: nil).print(output)
    }
}

/// `privacy delta`: delta at an epsilon.
struct PrivacyDelta: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta", abstract: "Both ends of delta at an epsilon, for one event.")

    @OptionGroup var query: QueryOptions

    @Option(name: .long, help: "The bound on the loss, nats.")
    var epsilon: Double

    @OptionGroup var output: OutputOptions

    func run() throws {
        try query.answer(.delta, delta: nil, epsilon: epsilon).print(output)
    }
}

/// `privacy calibrate`: what fits a budget.
struct PrivacyCalibrate: ParsableCommand {
    /// What is searched for.
    enum Setting: String, ExpressibleByArgument, CaseIterable {
        case sigma
        case steps
        case rate

        var kind: PrivacyQuery.Kind {
            switch self {
            case .sigma: .sigma
            case .steps: .steps
            case .rate: .rate
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "The least noise, the most steps or the highest sampling rate within a budget.")

    @Option(name: .long, help: "sigma, steps, or rate.")
    var find: Setting

    @Option(name: .long, help: "The budget, nats.")
    var epsilon: Double

    @Option(name: .long, help: "The probability that epsilon may fail.")
    var delta: Double

    @OptionGroup var query: QueryOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try query.answer(find.kind, delta: delta, epsilon: epsilon).print(output)
    }
}

extension PrivacyAnswer {
    fileprivate func print(_ output: OutputOptions) throws {
        if output.json {
            try JSONOutput.write(
                .object(
                    [
                        JSONMember("schema", .string(JSONOutput.schema)), JSONMember("case", "privacy"),
                        JSONMember("kind", .string(query.kind.rawValue)),
                    ] + members))
        } else {
            Swift.print(facts.text)
        }
    }

    private var facts: FactList {
        var facts = FactList()
        switch query.kind {
        case .sigma: facts.add("least noise", "multiplier \(noiseMultiplier), sigma \(sigma)")
        case .steps: facts.add("most steps", "\(steps ?? 0)")
        case .rate: facts.add("highest rate", "\(samplingRate ?? 0)")
        case .epsilon, .delta: break
        }
        if let epsilon {
            let delta = query.delta ?? 0
            facts.add("epsilon", "at most \(epsilon.upper), not below \(epsilon.lower), at delta \(delta)")
        }
        if let delta {
            let epsilon = query.epsilon ?? 0
            facts.add("delta", "at most \(delta.upper), not below \(delta.lower), at epsilon \(epsilon)")
        }
        facts.add("holds for", terms)
        facts.add("accountant", method.rawValue)
        return facts
    }
}
