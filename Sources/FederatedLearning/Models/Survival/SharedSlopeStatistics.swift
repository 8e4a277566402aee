#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Slopes that all companies share, over an intercept and a scale of each company's own that never leave it.
///
/// For announced slopes a company fits its intercept and scale alone, then uploads the loss that is left and its first two
/// derivatives by the slopes, the company's own numbers eliminated. Blocks as in `AcceleratedFailureStatistics`, without
/// intercept and scale. Bounds hold for every company whose scale is at least `minimumScale`; a number beyond its
/// bound is for the secure sum to clip.
/// Source: aft section 4
public struct SharedSlopeStatistics: Hashable, Sendable {
    /// Law, feature bounds, range of times and cap on rows.
    public let base: AcceleratedFailureStatistics
    /// No company's own scale (in units of log time) goes below this, so that a handful of rows cannot claim certainty.
    public let minimumScale: Double

    /// Joins the terms; `minimumScale` must be finite and positive.
    public init(_ base: AcceleratedFailureStatistics, minimumScale: Double) {
        precondition(minimumScale > 0 && minimumScale.isFinite, "a scale must be finite and positive")
        self.base = base
        self.minimumScale = minimumScale
    }

    var largestInverse: Double { base.logTimes.halfWidth / minimumScale }

    /// What participants must upload for slopes in scaled units (log time over its half range, features over bounds).
    public func schema(at slopes: [Double]) -> UploadSchema {
        check(slopes)
        let inverse = largestInverse
        let bounds = base.distribution.bounds(largest: 4 * inverse * (1 + slopes.reduce(0) { $0 + $1.magnitude }))
        let size = base.features
        return UploadSchema([
            .init(name: "count", count: 2, bound: 1),
            .init(name: "loss", count: 1, bound: bounds.loss + 20 + log(inverse).magnitude),
            .init(name: "slope", count: size, bound: inverse * bounds.slope),
            .init(name: "curvature", count: size * (size + 1) / 2, bound: inverse * inverse * bounds.curvature),
        ])
    }

    /// One company's upload for these slopes; throws as `AcceleratedFailureStatistics.upload` does, and `noExamples` for a
    /// company without a failure.
    public func upload(_ table: SurvivalTable, at slopes: [Double]) throws(LearningFailure) -> Upload {
        let schema = schema(at: slopes)
        guard table.rows <= base.maximumRows else {
            throw .exampleCountOutOfRange(found: table.rows, maximum: base.maximumRows)
        }
        let scaled = try base.scaled(table)
        let rests = rests(scaled, slopes)
        let own = try ownFit(rests, table.failed)
        let sums = profile(scaled.features, rests, table, own)
        let cap = Double(base.maximumRows)
        return try Upload(
            schema: schema,
            values: ([Double(table.rows), Double(table.failures), sums.loss] + sums.slope + sums.curvature)
                .map { $0 / cap })
    }

    /// The company's own model over agreed slopes; throws as `upload` does.
    public func ownModel(
        _ table: SurvivalTable, slopes: [Double]
    ) throws(LearningFailure) -> AcceleratedFailureModel {
        check(slopes)
        let own = try ownFit(rests(base.scaled(table), slopes), table.failed)
        let inverse = own.inverseScale
        return base.model(at: slopes.map { $0 * inverse } + [own.intercept, inverse])
    }

    /// A company's private numbers in scaled units: r = inverseScale (v - u'slopes) - intercept.
    struct Own: Equatable {
        var intercept: Double
        var inverseScale: Double
        var isAtLimit: Bool
    }

    private func check(_ slopes: [Double]) {
        precondition(slopes.count == base.features && slopes.allSatisfy(\.isFinite), "slopes of another size")
    }

    private func rests(_ scaled: (features: [Double], times: [Double]), _ slopes: [Double]) -> [Double] {
        let width = slopes.count
        return scaled.times.indices.map { row in
            var rest = scaled.times[row]
            for j in 0..<width { rest -= slopes[j] * scaled.features[row * width + j] }
            return rest
        }
    }

    /// Minimises the company's loss by its own two numbers: Newton, with the inverse scale held at its limit if it would pass.
    func ownFit(_ rests: [Double], _ failed: [Bool]) throws(LearningFailure) -> Own {
        let failures = Double(failed.reduce(0) { $0 + ($1 ? 1 : 0) })
        guard failures > 0 else { throw .noExamples }
        let limit = largestInverse
        var newton = DampedNewton(
            from: [0, min(1, limit)], positive: 1, tolerance: 1e-14, dampsIndefinite: true)
        while !newton.isConverged, newton.evaluations < 200, newton.candidate[1] <= limit {
            let sums = ownSums(rests, failed, newton.candidate)
            let inverse = newton.candidate[1]
            var hessian = SymmetricMatrix(upperTriangle: sums.curvature, size: 2)
            hessian[1, 1] += failures / (inverse * inverse)
            try newton.absorb(
                loss: sums.loss - failures * log(inverse),
                gradient: [sums.slope[0], sums.slope[1] - failures / inverse], hessian: hessian)
        }
        if newton.candidate[1] <= limit {
            return Own(intercept: newton.candidate[0], inverseScale: newton.candidate[1], isAtLimit: false)
        }
        var line = DampedNewton(from: [newton.candidate[0]], tolerance: 1e-14, dampsIndefinite: true)
        while !line.isConverged, line.evaluations < 200 {
            let sums = ownSums(rests, failed, [line.candidate[0], limit])
            try line.absorb(
                loss: sums.loss, gradient: [sums.slope[0]],
                hessian: SymmetricMatrix(upperTriangle: [sums.curvature[0]], size: 1))
        }
        return Own(intercept: line.candidate[0], inverseScale: limit, isAtLimit: true)
    }

    private func ownSums(
        _ rests: [Double], _ failed: [Bool], _ point: [Double]
    ) -> (loss: Double, slope: [Double], curvature: [Double]) {
        var sums = (loss: 0.0, slope: [0.0, 0.0], curvature: [0.0, 0.0, 0.0])
        for (rest, failed) in zip(rests, failed) {
            let terms = base.distribution.terms(residual: point[1] * rest - point[0], failed: failed)
            sums.loss += terms.loss
            sums.slope[0] -= terms.slope
            sums.slope[1] += terms.slope * rest
            sums.curvature[0] += terms.curvature
            sums.curvature[1] -= terms.curvature * rest
            sums.curvature[2] += terms.curvature * rest * rest
        }
        return sums
    }

    /// Loss, gradient and curvature by the slopes with the company's own numbers eliminated. The cross terms with the
    /// scores, whose sum is zero, are left out: the matrix is then never indefinite.
    private func profile(
        _ features: [Double], _ rests: [Double], _ table: SurvivalTable, _ own: Own
    ) -> (loss: Double, slope: [Double], curvature: [Double]) {
        let width = base.features
        let inverse = own.inverseScale
        var loss = 0.0
        var slope = [Double](repeating: 0, count: width)
        var curvature = [Double](repeating: 0, count: width * (width + 1) / 2)
        var byIntercept = slope
        var byScale = slope
        for row in 0..<table.rows {
            let terms = base.distribution.terms(
                residual: inverse * rests[row] - own.intercept, failed: table.failed[row])
            loss += terms.loss
            if table.failed[row] { loss -= log(inverse) }
            var place = 0
            for i in 0..<width {
                let u = features[row * width + i]
                slope[i] -= inverse * terms.slope * u
                byIntercept[i] += inverse * terms.curvature * u
                byScale[i] -= inverse * terms.curvature * rests[row] * u
                let left = inverse * inverse * terms.curvature * u
                for j in i..<width {
                    curvature[place] += left * features[row * width + j]
                    place += 1
                }
            }
        }
        let sums = ownSums(rests, table.failed, [own.intercept, inverse])
        let (a, b) = (sums.curvature[0], sums.curvature[1])
        let c = sums.curvature[2] + Double(table.failures) / (inverse * inverse)
        let determinant = a * c - b * b
        var place = 0
        for i in 0..<width {
            for j in i..<width {
                if own.isAtLimit || determinant <= 1e-12 * a * c {
                    curvature[place] -= byIntercept[i] * byIntercept[j] / a
                } else {
                    curvature[place] -=
                        (c * byIntercept[i] * byIntercept[j] + a * byScale[i] * byScale[j]
                            - b * (byIntercept[i] * byScale[j] + byScale[i] * byIntercept[j])) / determinant
                }
                place += 1
            }
        }
        return (loss, slope, curvature)
    }
}
