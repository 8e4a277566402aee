#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// An intercept and a scale: what is a company's own in a regression over shared slopes.
/// Source: personalisation section 9
public struct InterceptAndScale: Hashable, Sendable {
    /// b0, in the target's units.
    public let intercept: Double
    /// s, positive, in the target's units.
    public let scale: Double

    /// Joins the two; finite, the scale positive.
    public init(intercept: Double, scale: Double) {
        precondition(intercept.isFinite && scale > 0 && scale.isFinite, "an intercept or a scale out of range")
        self.intercept = intercept
        self.scale = scale
    }

    /// The most likely pair for residuals `y - x'b`, the scale within `scales`.
    ///
    /// With t = 1 / s and c = b0 / s the loss is convex in (c, t); projected Newton with halving. Throws `noExamples`
    /// when no row is uncensored (then nothing bounds the intercept from above), `dimensionMismatch`, `nonFinite`.
    public static func fit(
        residuals: [Double], censored: [Bool], law: SurvivalDistribution, scales: ClosedRange<Double>
    ) throws(LearningFailure) -> InterceptAndScale {
        guard residuals.count == censored.count else {
            throw .dimensionMismatch(expected: residuals.count, found: censored.count)
        }
        if let index = residuals.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        let observed = zip(residuals, censored).filter { !$0.1 }.map(\.0)
        guard !observed.isEmpty else { throw .noExamples }
        let mean = observed.reduce(0, +) / Double(observed.count)
        let variance = observed.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(observed.count)
        let range = (1 / scales.upperBound)...(1 / scales.lowerBound)
        var fit = ScaleFit(residuals: residuals, censored: censored, law: law, range: range, centre: mean)
        fit.t = min(max(1 / max(variance.squareRoot(), 1e-300), range.lowerBound), range.upperBound)
        var steps = 0
        while steps < 200, fit.step() { steps += 1 }
        return InterceptAndScale(intercept: mean + fit.c / fit.t, scale: 1 / fit.t)
    }
}

/// Newton's iterate for (c, t), residuals centred so that the two hardly pull at one another.
private struct ScaleFit {
    let residuals: [Double]
    let censored: [Bool]
    let law: SurvivalDistribution
    let range: ClosedRange<Double>
    let centre: Double
    var c = 0.0
    var t = 1.0

    init(
        residuals: [Double], censored: [Bool], law: SurvivalDistribution, range: ClosedRange<Double>, centre: Double
    ) {
        self.residuals = residuals
        self.censored = censored
        self.law = law
        self.range = range
        self.centre = centre
    }

    private func loss(_ c: Double, _ t: Double) -> Double {
        var sum = 0.0
        for (residual, censored) in zip(residuals, censored) {
            sum += law.terms(residual: t * (residual - centre) - c, failed: !censored).loss - (censored ? 0 : log(t))
        }
        return sum
    }

    /// One step; false when nothing improves any more.
    mutating func step() -> Bool {
        var gc = 0.0
        var gt = 0.0
        var hcc = 0.0
        var hct = 0.0
        var htt = 0.0
        for (value, censored) in zip(residuals, censored) {
            let residual = value - centre
            let terms = law.terms(residual: t * residual - c, failed: !censored)
            gc -= terms.slope
            gt += terms.slope * residual - (censored ? 0 : 1 / t)
            hcc += terms.curvature
            hct -= terms.curvature * residual
            htt += terms.curvature * residual * residual + (censored ? 0 : 1 / (t * t))
        }
        let isHeld = (t == range.lowerBound && gt > 0) || (t == range.upperBound && gt < 0)
        hcc += 1e-12 * (1 + hcc)
        let determinant = hcc * htt - hct * hct
        var dc = -gc / hcc
        var dt = 0.0
        if !isHeld, determinant > 0 {
            dc = -(htt * gc - hct * gt) / determinant
            dt = -(hcc * gt - hct * gc) / determinant
        } else if !isHeld {
            dt = -gt / htt
        }
        let now = loss(c, t)
        var fraction = 1.0
        for _ in 0..<60 {
            let nextT = min(max(t + fraction * dt, range.lowerBound), range.upperBound)
            let nextC = c + fraction * dc
            let next = loss(nextC, nextT)
            if next < now {
                c = nextC
                t = nextT
                return now - next > 1e-14 * (1 + now.magnitude)
            }
            fraction /= 2
        }
        return false
    }
}

extension SharedSlopesParticipant {
    /// The natural logarithm.
    static func logarithm(_ value: Double) -> Double { log(value) }
}
