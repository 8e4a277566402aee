/// A participant of `SharedSlopes`: a company's rows, and its own intercept and scale, which stay at home.
/// Source: personalisation section 9
public struct SharedSlopesParticipant: Sendable {
    /// What was agreed.
    public let terms: SharedSlopes
    /// Row-major features.
    public let features: [Double]
    /// One target a row.
    public let targets: [Double]
    /// Whether a row's target is only a lower bound.
    public let censored: [Bool]
    /// The company's own part after the last contribution or fit; nil before.
    public private(set) var own: InterceptAndScale?

    /// Takes a company's rows.
    ///
    /// Throws `dimensionMismatch`, `exampleCountOutOfRange`, `noExamples` without an uncensored row, and with the place in
    /// the table (targets follow features) `nonFinite` and `valueOutOfBound`.
    public init(
        _ terms: SharedSlopes, features: [Double], targets: [Double], censored: [Bool]
    ) throws(LearningFailure) {
        guard features.count == targets.count * terms.features else {
            throw .dimensionMismatch(expected: targets.count * terms.features, found: features.count)
        }
        guard censored.count == targets.count else {
            throw .dimensionMismatch(expected: targets.count, found: censored.count)
        }
        guard targets.count <= terms.maximumRows else {
            throw .exampleCountOutOfRange(found: targets.count, maximum: terms.maximumRows)
        }
        for (index, value) in features.enumerated() {
            guard value.isFinite else { throw .nonFinite(index: index) }
            guard value.magnitude <= terms.featureBounds[index % terms.features] else {
                throw .valueOutOfBound(index: index)
            }
        }
        if let index = targets.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: features.count + index) }
        guard censored.contains(false) else { throw .noExamples }
        self.terms = terms
        self.features = features
        self.targets = targets
        self.censored = censored
    }

    /// As `init` with features, of a table of failure times: targets are the logarithms, rows that did not fail are censored.
    public init(_ terms: SharedSlopes, _ table: SurvivalTable) throws(LearningFailure) {
        guard table.width == terms.features else {
            throw .dimensionMismatch(expected: terms.features, found: table.width)
        }
        try self.init(
            terms, features: table.features, targets: table.logTimes, censored: table.failed.map { !$0 })
    }

    /// Fits intercept and scale to the slopes; throws `layoutMismatch` or `nonFinite`.
    @discardableResult
    public mutating func fit(to slopes: ParameterVector) throws(LearningFailure) -> InterceptAndScale {
        let fitted = try InterceptAndScale.fit(
            residuals: residuals(slopes), censored: censored, law: terms.law, scales: terms.scales)
        own = fitted
        return fitted
    }

    /// What this company predicts by: the shared slopes with its own intercept and scale, fitted now; throws as `fit` does.
    public mutating func model(at slopes: ParameterVector) throws(LearningFailure) -> AcceleratedFailureModel {
        let own = try fit(to: slopes)
        return AcceleratedFailureModel(
            distribution: terms.law, intercept: own.intercept, slopes: slopes.values.map { Double($0) },
            scale: own.scale)
    }

    /// One round's upload at the shared slopes; fits intercept and scale first.
    ///
    /// Throws as `fit` does, and `valueOutOfBound` with the place in the upload when a mean exceeds the terms' bounds:
    /// clipping it would fit another model in silence. Costs `rows * features^2 / 2` multiplications.
    public mutating func contribution(at slopes: ParameterVector) throws(LearningFailure) -> Upload {
        let own = try fit(to: slopes)
        let count = terms.features
        let rest = try residuals(slopes)
        let t = 1 / own.scale
        var gradient = [Double](repeating: 0, count: count)
        var moments = gradient
        var curvature = [Double](repeating: 0, count: count * (count + 1) / 2)
        var loss = 0.0
        var mass = 0.0
        for row in targets.indices {
            let part = terms.law.terms(residual: (rest[row] - own.intercept) * t, failed: !censored[row])
            loss += part.loss - (censored[row] ? 0 : SharedSlopesParticipant.logarithm(t))
            mass += part.curvature
            var place = 0
            for i in 0..<count {
                let x = features[row * count + i]
                gradient[i] -= part.slope * t * x
                let weighted = part.curvature * t * x
                moments[i] += weighted
                for j in i..<count {
                    curvature[place] += weighted * t * features[row * count + j]
                    place += 1
                }
            }
        }
        // The intercept moves with the slopes: what it takes up is no curvature of theirs.
        if mass > 0 {
            var place = 0
            for i in 0..<count {
                for j in i..<count {
                    curvature[place] -= moments[i] * moments[j] / mass
                    place += 1
                }
            }
        }
        var values = zip(gradient + curvature, terms.gradientUnits + terms.curvatureUnits).map { $0 / $1 }
        values.append(loss / terms.lossUnit)
        values.append(Double(targets.count) / Double(terms.maximumRows))
        if let index = values.firstIndex(where: { !($0.magnitude <= 1) }) { throw .valueOutOfBound(index: index) }
        return try Upload(schema: terms.schema, values: values)
    }

    /// The company's own intercept and scale.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.interceptAndScale, layout: terms.layout)
        writer.write(own != nil)
        if let own {
            writer.write(own.intercept)
            writer.write(own.scale)
        }
        return writer.state
    }

    /// Takes up a stored state; on a throw nothing has changed.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .interceptAndScale, layout: terms.layout)
        guard try reader.flag() else {
            try reader.end()
            own = nil
            return
        }
        let intercept = try reader.finite()
        let scale = try reader.finite()
        guard scale > 0 else { throw .outOfRange }
        try reader.end()
        own = InterceptAndScale(intercept: intercept, scale: scale)
    }

    private func residuals(_ slopes: ParameterVector) throws(LearningFailure) -> [Double] {
        guard slopes.layout == terms.layout else { throw .layoutMismatch }
        let count = terms.features
        return targets.indices.map { row in
            var rest = targets[row]
            for j in 0..<count { rest -= features[row * count + j] * Double(slopes.values[j]) }
            return rest
        }
    }
}
