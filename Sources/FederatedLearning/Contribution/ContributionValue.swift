extension GroupMeans {
    /// The model moved by a coalition's weighted mean; the empty coalition moves nothing. Bit g is row g.
    ///
    /// Throws `unknownGroup` for a bit beyond the rows, `lengthMismatch`.
    public func model(of coalition: Coalition, from model: ParameterVector) throws(RobustnessRefusal) -> ParameterVector
    {
        guard model.layout.parameterCount == dimension else {
            throw .lengthMismatch(expected: dimension, found: model.layout.parameterCount)
        }
        let rows = coalition.groups
        guard !rows.isEmpty else { return model }
        let mean = try self.mean(of: rows)
        var moved = model
        var parameters = model.values
        for index in mean.indices { parameters[index] = Float(Double(parameters[index]) + mean[index]) }
        moved.values = parameters
        return moved
    }

    /// What computing contributions from these group means shows beyond the model: one line for each thing a ledger
    /// must charge.
    ///
    /// - Parameters:
    ///   - coalitions: how many coalitions were valued.
    ///   - validation: whose examples their losses were taken on.
    public func releases(round: Int, coalitions: Int, validation: ContributionRelease.Validation)
        -> [ContributionRelease]
    {
        var list = groups.map { group in
            ContributionRelease(round: round, kind: .groupSum(group: group), numbers: dimension + 1)
        }
        switch validation {
        case .publicData: break
        case .companies: list.append(.init(round: round, kind: .coalitionLosses, numbers: coalitions))
        }
        return list
    }
}

/// Something that a contribution count shows and that the sum of a round alone would not; plain data for a privacy ledger.
/// Source: group-shapley section 4
public struct ContributionRelease: Hashable, Sendable {
    /// On whose examples losses are taken.
    public enum Validation: Hashable, Sendable {
        /// Public examples: losses of coalitions are post-processing of the group sums.
        case publicData
        /// The companies' own: each coalition's summed loss is a release about validation examples.
        case companies
    }

    /// What is shown.
    public enum Kind: Hashable, Sendable {
        /// The sum of one group's updates in clear.
        case groupSum(group: Int)
        /// The summed losses of coalitions on the companies' validation examples.
        case coalitionLosses
    }

    /// The round.
    public let round: Int
    /// What is shown.
    public let kind: Kind
    /// How many numbers it has.
    public let numbers: Int

    /// Joins the parts.
    public init(round: Int, kind: Kind, numbers: Int) {
        self.round = round
        self.kind = kind
        self.numbers = numbers
    }
}
