internal import ArgumentParser
internal import SecureAggregation
internal import SecureFederation

/// A count that may be written as 1000000, 1_000_000 or 1e6.
struct WholeNumber: ExpressibleByArgument {
    let value: Int

    init(_ value: Int) {
        self.value = value
    }

    init?(argument: String) {
        let text = argument.filter { $0 != "_" }
        if let value = Int(text) {
            self.value = value
        } else if let real = Double(text), let value = Int(exactly: real) {
            self.value = value
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { String(value) }
}

/// Before which step clients fall silent.
enum DropoutPlace: ExpressibleByArgument {
    case step(DropoutStep)
    case mixed

    init?(argument: String) {
        if argument == "mixed" {
            self = .mixed
        } else if let step = DropoutStep(rawValue: argument) {
            self = .step(step)
        } else {
            return nil
        }
    }

    var steps: [DropoutStep] {
        switch self {
        case .step(let step): [step]
        case .mixed: DropoutStep.mixture
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .step(let step): step.rawValue
        case .mixed: "mixed"
        }
    }

    static var allValueStrings: [String] { DropoutStep.allCases.map(\.rawValue) + ["mixed"] }
}

/// Which graph.
struct NeighbourOption: ExpressibleByArgument {
    let choice: NeighbourChoice

    init(_ choice: NeighbourChoice) {
        self.choice = choice
    }

    init?(argument: String) {
        switch argument {
        case "auto": choice = .auto
        case "complete": choice = .complete
        default:
            guard let count = Int(argument) else { return nil }
            choice = .count(count)
        }
    }

    var defaultValueDescription: String {
        switch choice {
        case .auto: "auto"
        case .complete: "complete"
        case .count(let count): String(count)
        }
    }
}

/// How many shares open a secret.
struct ThresholdOption: ExpressibleByArgument {
    let rule: ThresholdRule

    init(_ rule: ThresholdRule) {
        self.rule = rule
    }

    init?(argument: String) {
        switch argument {
        case "quorum": rule = .quorum
        case "minimum": rule = .minimum
        default:
            guard let value = Int(argument) else { return nil }
            rule = .explicit(value)
        }
    }

    /// A number of shares, nil for a rule.
    var shares: Int? {
        if case .explicit(let value) = rule { return value }
        return nil
    }

    var defaultValueDescription: String {
        switch rule {
        case .quorum: "quorum"
        case .minimum: "minimum"
        case .explicit(let value): String(value)
        }
    }
}

/// What the server is assumed to do.
enum ServerOption: String, ExpressibleByArgument, CaseIterable {
    case active
    case curious

    var model: ServerModel {
        switch self {
        case .active: .active
        case .curious: .curious
        }
    }
}
