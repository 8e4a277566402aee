/// Every number of a report that follows from the ledger.
struct ReportFigures: Sendable {
    struct ProfilePoint: Hashable, Sendable {
        var delta: Double
        var epsilon: Double
    }

    struct RoundPoint: Hashable, Sendable {
        var round: UInt64
        var epsilon: Double
    }

    /// The claim at the budget's delta.
    let claim: PrivacyInterval
    let profile: [ProfilePoint]
    let mu: Double?
    let rho: Double?
    let byRound: [RoundPoint]
    /// Spent at the noise that was really there, if the choices did not depend on data.
    let realised: PrivacyInterval?
    let tradeOff: TradeOffBound

    static let profileDeltas = [0.3, 0.1, 0.03, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12]
    static let falseAlarms = [1e-3, 1e-2, 0.1]
    static let priors = [0.01, 0.1, 0.5]
    static let posteriorFalseAlarms = 1e-2

    init(_ ledger: LedgerRecord) {
        let terms = ledger.terms
        claim = terms.figure
        profile = Self.profileDeltas.compactMap { value in
            guard let delta = try? Delta(value) else { return nil }
            return ProfilePoint(delta: value, epsilon: terms.guarantee.epsilon(at: delta).upper)
        }
        mu = terms.guarantee.mu
        rho = terms.guarantee.rho
        realised = ledger.realised()?.epsilon(at: terms.budget.delta)
        byRound = Self.byRound(ledger)
        tradeOff = Self.tradeOff(terms.guarantee, profile)
    }

    /// The realised figure after some of the rounds: all while that is cheap.
    private static func byRound(_ ledger: LedgerRecord) -> [RoundPoint] {
        var rounds: [UInt64] = []
        for charge in ledger.charges where rounds.last != charge.round { rounds.append(charge.round) }
        let most = ledger.realised()?.mu == nil ? 8 : 50
        let step = max(1, (rounds.count + most - 1) / most)
        var points: [RoundPoint] = []
        for (index, round) in rounds.enumerated() where (rounds.count - 1 - index) % step == 0 {
            guard let upper = ledger.realised(throughRound: round)?.epsilon(at: ledger.terms.budget.delta).upper else {
                continue
            }
            points.append(RoundPoint(round: round, epsilon: upper))
        }
        return points
    }

    /// The profile's points, and where the curve is Gaussian many more.
    private static func tradeOff(_ guarantee: PrivacyGuarantee, _ profile: [ProfilePoint]) -> TradeOffBound {
        var points = profile.map { TradeOffBound.Point(epsilon: $0.epsilon, delta: $0.delta) }
        if guarantee.mu != nil, let top = profile.map(\.epsilon).max(), top.isFinite {
            for index in 0...512 {
                guard let epsilon = try? Epsilon(top * Double(index) / 512) else { continue }
                points.append(.init(epsilon: epsilon.value, delta: guarantee.delta(at: epsilon).upper))
            }
        }
        return TradeOffBound(points)
    }
}

/// How the accountant came by a figure. The one place to change when it says more about itself.
struct AccountingDetail {
    let method: String
    let mesh: Double?
    let numericError: Double

    init(_ guarantee: PrivacyGuarantee, _ claim: PrivacyInterval) {
        switch guarantee.basis {
        case .schedule: method = guarantee.mu == nil ? "least of renyi and loss lattice" : "gaussian closed form"
        case .gaussian: method = "gaussian filter, closed form"
        case .renyi: method = "renyi filter at one order"
        }
        mesh = nil
        numericError = claim.lower > 0 ? claim.width : 0
    }
}
