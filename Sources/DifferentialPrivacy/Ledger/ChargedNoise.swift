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

    /// Throws `noiseOutOfRange`.
    /// Source: privacy-ledger section 1
    public init(
        share: NoiseVariance, honest: Int, squaredSensitivity: UInt128, coordinates: Int
    ) throws(LedgerRefusal) {
        guard share.isAtLeast(NoisePlan.smallestShare), (1...NoisePlan.largestParticipants).contains(honest),
            squaredSensitivity >= 1, squaredSensitivity <= 1 << 102,
            (1...NoiseVector.largestDimension).contains(coordinates)
        else { throw .noiseOutOfRange }
        self.share = share
        self.honest = honest
        self.squaredSensitivity = squaredSensitivity
        self.coordinates = coordinates
    }

    /// The floor of a plan: n - t - k shares. Throws `noiseOutOfRange` where Delta lies above 2^51.
    /// Source: privacy-ledger section 1
    public init(floorOf plan: NoisePlan) throws(LedgerRefusal) {
        let request = plan.request
        try self.init(
            share: plan.share, honest: request.participants - request.colluders - request.dropouts,
            squaredSensitivity: request.squaredSensitivity, coordinates: request.dimension)
    }

    /// The same release with another number of honest shares.
    func with(honest: Int) -> NoiseShares {
        NoiseShares(share, honest: honest, squaredSensitivity, coordinates)
    }

    private init(_ share: NoiseVariance, honest: Int, _ squaredSensitivity: UInt128, _ coordinates: Int) {
        self.share = share
        self.honest = honest
        self.squaredSensitivity = squaredSensitivity
        self.coordinates = coordinates
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
        let variance = isExact ? quotient : max(18, quotient.nextDown.nextDown)
        guard let sensitivity = try? L2Sensitivity(IntegerRoot.ceiling(squaredSensitivity)) else {
            throw .noiseOutOfRange
        }
        do {
            return try DiscreteGaussianSum(
                variances: [Double](repeating: variance, count: honest), sensitivity: sensitivity,
                coordinates: coordinates)
        } catch { throw .notAccounted(error) }
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
