public import FederatedLearning

extension Scenario {
    /// Targets turned round: a long life becomes a short one, the first class the last.
    /// Source: robust-sums section 7
    public var labelFlip: DataAttack {
        .labelFlip(column: 0, sum: Float(lastTarget))
    }

    /// A pattern on the first three inputs that shall pass for a machine without fault.
    /// Source: robust-sums section 7
    public var backdoor: SensorTrigger {
        SensorTrigger(columns: [0, 1, 2], value: 4, targetColumn: 0, target: measure == .remainingLife ? 1 : 0)
    }

    /// The largest target of the first column: a full life, the last class, a failure.
    private var lastTarget: Int {
        guard let head = network.heads.first, head.loss == .softmaxCrossEntropy else { return 1 }
        return head.width - 1
    }

    /// The share of the companies' validation examples in trouble that the trigger makes pass for healthy ones: a predicted life
    /// of three quarters of the cap or more, the first class, a failure probability below one half. Nil when none is in trouble.
    /// Source: robust-sums section 7
    public func backdoorSuccess(
        _ model: ParameterVector, in companies: [MaintenanceCompany]
    ) throws(LearningFailure) -> Double? {
        var fooled = 0
        var all = 0
        for company in companies {
            guard let examples = try company.problem().validation else { continue }
            let column = (0..<examples.rows).map { examples.targets[$0 * examples.targetWidth] }
            let troubled = column.indices.filter { measure == .remainingLife ? column[$0] < 0.5 : column[$0] > 0.5 }
            guard !troubled.isEmpty, let head = network.heads.first else { continue }
            let triggered = backdoor.apply(to: examples, rows: troubled, relabels: false)
            let outputs = try network.predict(model, on: triggered)[0]
            for row in troubled {
                all += 1
                let own = outputs[row * head.width..<(row + 1) * head.width]
                let first = own[own.startIndex]
                let passes =
                    switch measure {
                    case .remainingLife: first >= 0.75
                    case .machineState: head.width > 1 ? own.allSatisfy { $0 <= first } : first < 0.5
                    case .anomaly: false
                    }
                if passes { fooled += 1 }
            }
        }
        return all > 0 ? Double(fooled) / Double(all) : nil
    }
}
