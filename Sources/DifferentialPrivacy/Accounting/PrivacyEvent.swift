/// What is added to a sum.
/// Source: privacy-accounting section 3
public enum Mechanism: Hashable, Sendable {
    /// Real Gaussian noise; the model that discrete noise is compared with. Multiplier: standard deviation over
    /// the L2 sensitivity.
    case gaussian(NoiseMultiplier)
    /// Integer noise in shares.
    case discreteGaussian(DiscreteGaussianSum)
    /// Integer noise of a single draw, of any width.
    case gridGaussian(GridGaussian)
    /// Laplace noise. Multiplier: scale b over the L1 sensitivity.
    case laplace(NoiseMultiplier)
}

/// The sum of independent discrete Gaussian shares on every coordinate of an integer vector.
/// Source: privacy-accounting section 3
public struct DiscreteGaussianSum: Hashable, Sendable {
    /// The smallest variance parameter of a share, 2 r^2 with r = 3.
    public static let smallestVariance = 18

    /// The variance parameters of the shares that count, grid units squared, each at least 18.
    public let variances: [Double]
    /// How far one unit moves the sum, grid units.
    public let sensitivity: L2Sensitivity
    /// Coordinates of one release.
    public let coordinates: Int

    /// Variances must be exact or rounded towards zero. Refuses a share below 18, no shares, no coordinates.
    /// Source: privacy-accounting section 3
    public init(variances: [Double], sensitivity: L2Sensitivity, coordinates: Int) throws(AccountingRefusal) {
        guard !variances.isEmpty, variances.allSatisfy({ $0 >= 18 && $0 <= 0x1p200 }) else {
            throw .shareTooSmall(minimum: Self.smallestVariance)
        }
        guard coordinates >= 1 else { throw .noCoordinates }
        self.variances = variances
        self.sensitivity = sensitivity
        self.coordinates = coordinates
    }

    /// Sum of the variances.
    var variance: Enclosure { variances.reduce(Enclosure(0)) { $0 + Enclosure($1) } }

    /// Multiplier of the continuous Gaussian that bounds the sum from above (variance less r^2), rounded down.
    var upperMultiplier: Double { multiplier(of: variance - Enclosure(9)).lower }

    /// Multiplier of the continuous Gaussian that is post-processing of the sum (variance plus r^2), rounded up.
    var lowerMultiplier: Double { multiplier(of: variance + Enclosure(9)).upper }

    /// The log-ratio between both laws, a release, at the upper end: n d kappa(3), kappa(3) < 3e-77.
    var upperSlack: Double { (3e-77 * Double(variances.count) * Double(coordinates)).nextUp }

    /// The same at the lower end, one coordinate: kappa(sqrt 6) + n kappa(3) < n 2e-51.
    var lowerSlack: Double { (2e-51 * Double(variances.count)).nextUp }

    private func multiplier(of variance: Enclosure) -> Enclosure {
        variance.squareRoot / Enclosure(Double(sensitivity.value))
    }
}

/// One discrete Gaussian draw on every coordinate of an integer vector, on a grid of width 1.
///
/// Above sigma^2 = 9 it is accounted for as a sum of one share is, and by exact zCDP; at and below 9 by zCDP alone, which
/// holds for integer shifts at any width. Coordinates up to 2^28 are provided for.
/// Source: privacy-accounting section 3
public struct GridGaussian: Hashable, Sendable {
    /// The variance parameter, grid units squared, exact or rounded towards zero, above zero and at most 2^200.
    public let variance: Double
    /// How far one unit moves the vector, an L2 norm in grid units.
    public let sensitivity: L2Sensitivity

    /// Refuses a variance that is not in range.
    /// Source: privacy-accounting section 3
    public init(variance: Double, sensitivity: L2Sensitivity) throws(AccountingRefusal) {
        guard variance > 0, variance <= 0x1p200 else { throw .varianceOutOfRange }
        self.variance = variance
        self.sensitivity = sensitivity
    }

    /// sigma / Delta, rounded down: exact zCDP takes this.
    var multiplier: Double { ratio(Enclosure(variance)).lower }

    /// The stand-in from above, variance less r^2; nil where there is none.
    var upperMultiplier: Double? {
        let rest = Enclosure(variance) - Enclosure(9)
        guard rest.lower > 0 else { return nil }
        return ratio(rest).lower
    }

    /// The stand-in from below, variance plus r^2; nil where its own log-ratio is not negligible.
    var lowerMultiplier: Double? { variance >= 18 ? ratio(Enclosure(variance) + Enclosure(9)).upper : nil }

    /// The log-ratios of a release, 2^28 coordinates above, one below.
    static let upperSlack = 3e-77 * 0x1p28
    static let lowerSlack = 2e-51

    private func ratio(_ variance: Enclosure) -> Enclosure {
        variance.squareRoot / Enclosure(Double(sensitivity.value))
    }
}

/// One mechanism applied a number of times under one sampling scheme.
/// Source: privacy-accounting section 3
public struct PrivacyEvent: Hashable, Sendable {
    /// The noise.
    public let mechanism: Mechanism
    /// Who takes part.
    public let sampling: SamplingScheme
    /// How often, 1 ... 2^40.
    public let count: Int

    /// Refuses a count out of range and Laplace noise on samples of a fixed size.
    /// Source: privacy-accounting section 3
    public init(_ mechanism: Mechanism, sampling: SamplingScheme, count: Int) throws(AccountingRefusal) {
        guard count >= 1, count <= 1 << 40 else { throw .countOutOfRange }
        if case .laplace = mechanism, case .fixedSize = sampling { throw .sampledLaplace }
        if case .gridGaussian(let noise) = mechanism, sampling != .none, noise.upperMultiplier == nil {
            throw .sampledNarrowGrid
        }
        self.mechanism = mechanism
        self.sampling = sampling
        self.count = count
    }
}
