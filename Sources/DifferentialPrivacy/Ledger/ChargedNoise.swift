/// The shares of integer noise that count in one release, in exact fractions.
/// Source: privacy-ledger section 1
public struct NoiseShares: Hashable, Sendable {
    /// sigma_i^2 of one share, squared grid units, at least 18.
    public let share: NoiseVariance
    /// Shares of honest members that the bill counts on: 1 ... 65,536.
    public let honest: Int
    /// Delta^2: the largest squared L2 norm of one unit's vector, squared grid units, 1 ... 2^102.
    public let squaredSensitivity: UInt128
    /// Elements of the vector: 1 ... 2^28.
    public let coordinates: Int
    /// Independent draws that make up a share: 1, or more where surplus is removed (page removable-noise); each of at
    /// least 18.
    public let components: Int

    /// Throws `noiseOutOfRange`.
    /// Source: privacy-ledger section 1
    public init(
        share: NoiseVariance, honest: Int, squaredSensitivity: UInt128, coordinates: Int, components: Int = 1
    ) throws(LedgerRefusal) {
        guard (1...Self.mostComponents).contains(components),
            share.isAtLeast(NoisePlan.smallestShare * UInt64(components)),
            (1...NoisePlan.largestParticipants).contains(honest),
            squaredSensitivity >= 1, squaredSensitivity <= 1 << 102,
            (1...NoiseVector.largestDimension).contains(coordinates)
        else { throw .noiseOutOfRange }
        self.share = share
        self.honest = honest
        self.squaredSensitivity = squaredSensitivity
        self.coordinates = coordinates
        self.components = components
    }

    /// The most draws in a share: with at most 256 silent members each keeps a base and 256 components, and fewer
    /// honest shares carry more of them.
    static let mostComponents = 1 << 17

    /// The floor of a plan whose surplus is removed: at least z^2 Delta^2 whoever is silent, in n - t - k shares of as
    /// many draws as can be. Throws `noiseOutOfRange`.
    /// Source: removable-noise section 2
    public init(floorOf plan: RemovableNoisePlan) throws(LedgerRefusal) {
        let request = plan.total.request
        let honest = request.participants - request.colluders - request.dropouts
        let bill = plan.bill
        // Rounded towards zero in whole parts.
        guard let scaled = UInt64(exactly: bill.least / UInt128(honest)), scaled > 0,
            let share = try? NoiseVariance(scaled, over: bill.parts)
        else { throw .noiseOutOfRange }
        try self.init(
            share: share, honest: honest, squaredSensitivity: request.squaredSensitivity,
            coordinates: request.dimension, components: (bill.draws + honest - 1) / honest)
    }

    /// The floor of a plan: n - t - k shares. Throws `noiseOutOfRange` where Delta lies above 2^51.
    /// Source: privacy-ledger section 1
    public init(floorOf plan: NoisePlan) throws(LedgerRefusal) {
        let request = plan.request
        try self.init(
            share: plan.share, honest: request.participants - request.colluders - request.dropouts,
            squaredSensitivity: request.squaredSensitivity, coordinates: request.dimension)
    }

    /// The same release with another number of honest shares; where surplus is removed more survivors add nothing.
    func with(honest: Int) -> NoiseShares {
        components > 1 ? self : NoiseShares(share, honest: honest, squaredSensitivity, coordinates)
    }

    private init(_ share: NoiseVariance, honest: Int, _ squaredSensitivity: UInt128, _ coordinates: Int) {
        self.share = share
        self.honest = honest
        self.squaredSensitivity = squaredSensitivity
        self.coordinates = coordinates
        components = 1
    }

    /// sigma^2 of the sum: honest times the share.
    public var variance: (numerator: UInt128, denominator: UInt64) {
        (UInt128(share.numerator) * UInt128(honest), share.denominator)
    }

    /// z = sigma / Delta, for people to read.
    var multiplier: Double {
        let sigma = (Double(share.numerator) / Double(share.denominator) * Double(honest)).squareRoot()
        return sigma / Double(squaredSensitivity).squareRoot()
    }

    /// In the accountant's terms: variances rounded towards zero, the sensitivity upwards.
    func sum() throws(LedgerRefusal) -> DiscreteGaussianSum {
        let isExact = share.numerator <= 1 << 53 && share.denominator.nonzeroBitCount == 1
        let quotient = Double(share.numerator) / Double(share.denominator)
        let whole = isExact ? quotient : max(18, quotient.nextDown.nextDown)
        let variance = components == 1 ? whole : max(18, (whole / Double(components)).nextDown)
        guard let sensitivity = try? L2Sensitivity(IntegerRoot.ceiling(squaredSensitivity)) else {
            throw .noiseOutOfRange
        }
        do {
            return try DiscreteGaussianSum(
                variances: [Double](repeating: variance, count: honest * components), sensitivity: sensitivity,
                coordinates: coordinates)
        } catch { throw .notAccounted(error) }
    }
}

extension NoiseShares {
    /// So many rounds of this release, without sampling, in the accountant's terms. Throws `noiseOutOfRange`,
    /// `notAccounted`.
    /// Source: private-procedures section 3
    public func schedule(
        unit: PrivacyUnit, adjacency: Adjacency, rounds: Int
    ) throws(LedgerRefusal) -> PrivacySchedule {
        try .charged(
            unit: unit, adjacency: adjacency,
            [try ChargedEvent(.discreteGaussian(self), sampling: .none, count: rounds)])
    }
}

/// The noise of a release as it is charged.
/// Source: privacy-ledger section 1
public enum ChargedNoise: Hashable, Sendable {
    /// Integer shares.
    case discreteGaussian(NoiseShares)
    /// Real Gaussian noise, standard deviation over sensitivity: a model, named as such in every report.
    case gaussian(NoiseMultiplier)
    /// Laplace noise, scale over the L1 sensitivity.
    case laplace(NoiseMultiplier)
    /// None: refused when charged.
    case unnoised

    /// In the accountant's terms; throws `unnoisedRelease`, `noiseOutOfRange`, `notAccounted`.
    func mechanism() throws(LedgerRefusal) -> Mechanism {
        switch self {
        case .discreteGaussian(let shares): .discreteGaussian(try shares.sum())
        case .gaussian(let multiplier): .gaussian(multiplier)
        case .laplace(let multiplier): .laplace(multiplier)
        case .unnoised: throw .unnoisedRelease
        }
    }
}
