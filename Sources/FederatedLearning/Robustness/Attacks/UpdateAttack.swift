/// What a saboteur sends instead of its update: for measuring how rules hold, in simulations alone.
/// Source: robust-sums section 7
public enum UpdateAttack: Hashable, Sendable {
    /// `-factor` times its honest update; 1 and 10 are usual.
    case signFlip(factor: Float)
    /// Normal noise of this deviation in each coordinate.
    case gaussian(deviation: Float)
    /// A little is enough: the mean of what attackers know minus z of its deviations, coordinate by coordinate; nil takes z
    /// from the numbers of participants and attackers.
    case littleIsEnough(z: Double?)
    /// Inner-product manipulation: `-epsilon` times the mean of what attackers know.
    case innerProduct(epsilon: Float)
    /// The change to a model of the attacker's own, times participants over attackers, so that the mean becomes that model.
    case modelReplacement(target: [Float])
    /// Nothing at all.
    case idle
    /// A free rider's noise: normal with this share of the deviation of the model's last change.
    case disguisedIdle(share: Float)
    /// A free rider's echo: the model's last change once more.
    case echo

    /// What an attacker can see.
    public struct View: Sendable {
        /// The shared model of the round.
        public var model: [Float]
        /// The model's last change; zeros in the first round.
        public var lastChange: [Float]
        /// Updates that attackers trained honestly or know of; not empty for the attacks that use their mean.
        public var known: [[Float]]
        /// All participants of the round.
        public var participants: Int
        /// How many of them attack, at least 1.
        public var attackers: Int

        /// Joins the parts; vectors must have one length.
        public init(
            model: [Float], lastChange: [Float], known: [[Float]], participants: Int, attackers: Int
        ) {
            precondition(([lastChange] + known).allSatisfy { $0.count == model.count }, "vectors of different lengths")
            precondition(attackers >= 1 && participants >= attackers, "no attacker, or too many")
            self.model = model
            self.lastChange = lastChange
            self.known = known
            self.participants = participants
            self.attackers = attackers
        }
    }

    /// The change that is sent in place of an honest update of the same length.
    public func change(
        honest: [Float], view: View, from generator: inout SeededGenerator
    ) -> [Float] {
        precondition(honest.count == view.model.count, "an update of another length")
        switch self {
        case .signFlip(let factor): return honest.map { -factor * $0 }
        case .gaussian(let deviation): return honest.map { _ in deviation * Float(generator.gaussian()) }
        case .littleIsEnough(let z):
            let (means, deviations) = Self.moments(view.known)
            let shift = Float(z ?? Self.littleIsEnoughZ(participants: view.participants, attackers: view.attackers))
            return zip(means, deviations).map { $0 - shift * $1 }
        case .innerProduct(let epsilon): return Self.moments(view.known).means.map { -epsilon * $0 }
        case .modelReplacement(let target):
            let boost = Float(view.participants) / Float(view.attackers)
            return difference(target, view.model).map { boost * $0 }
        case .idle: return [Float](repeating: 0, count: honest.count)
        case .disguisedIdle(let share):
            let deviation = Self.deviation(view.lastChange)
            return honest.map { _ in share * deviation * Float(generator.gaussian()) }
        case .echo: return view.lastChange
        }
    }

    /// The z of "a little is enough": so many honest participants lie farther out that attackers and they make a majority.
    ///
    /// With n participants and b attackers, s = floor(n / 2 + 1) - b supporters are needed and
    /// `z = Phi^-1((n - b - s) / (n - b))`, not below 0.
    public static func littleIsEnoughZ(participants: Int, attackers: Int) -> Double {
        precondition(attackers >= 1 && participants > attackers, "no attacker, or nobody else")
        let honest = participants - attackers
        let supporters = max(1, participants / 2 + 1 - attackers)
        let share = Double(honest - supporters) / Double(honest)
        return share <= 0.5 ? 0 : NormalQuantile.value(min(share, 1 - 1e-12))
    }

    static func moments(_ vectors: [[Float]]) -> (means: [Float], deviations: [Float]) {
        guard let first = vectors.first else { preconditionFailure("attackers that know no update") }
        var means = [Double](repeating: 0, count: first.count)
        for vector in vectors {
            for index in means.indices { means[index] += Double(vector[index]) / Double(vectors.count) }
        }
        var squares = [Double](repeating: 0, count: first.count)
        for vector in vectors {
            for index in means.indices {
                let gap = Double(vector[index]) - means[index]
                squares[index] += gap * gap / Double(vectors.count)
            }
        }
        return (means.map { Float($0) }, squares.map { Float($0.squareRoot()) })
    }

    static func deviation(_ vector: [Float]) -> Float {
        guard !vector.isEmpty else { return 0 }
        let mean = vector.reduce(0) { $0 + Double($1) } / Double(vector.count)
        let square = vector.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(vector.count)
        return Float(square.squareRoot())
    }
}

extension UpdateAttack {
    /// Whether the attacker wants to gain without giving, not to harm.
    public var isFreeRiding: Bool {
        switch self {
        case .idle, .disguisedIdle, .echo: true
        default: false
        }
    }
}
