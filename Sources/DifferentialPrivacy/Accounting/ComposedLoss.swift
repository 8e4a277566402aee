#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The two laws of a sum of lattice losses in one direction, by one exponentially tilted Fourier transform (the upper law
/// is its real, the lower its imaginary part), with the terms that make their curves bounds: rounding of the tilt,
/// error of the transform, mass outside the window, mass at infinity.
struct ComposedLoss {
    /// What the tilt is chosen for.
    enum Target: Hashable {
        case delta(Double)
        case epsilon(Double)
    }

    /// Losses from `origin` x mesh upwards; `shift` is how far they may be off.
    private let mesh: Double
    private let origin: Int
    private let shift: Double
    /// Tilted masses; e^(logMoment - tilt x loss) takes the tilt off again.
    private let upper: [Double]
    private let lower: [Double]
    private let tilt: Double
    private let logMoment: Double
    /// What the transform's error may add to a tilted sum.
    private let padding: Double
    /// The largest weight of a tilted loss, and the mass outside the window.
    private let peak: Double
    private let tails: TailBound
    /// Relative slack of everything.
    private let slack: Double
    private let infinite: Double
    private let deficit: Double

    /// nil when the window is longer than `limit` points or no tilt serves.
    init?(_ parts: [(lattice: LossLattice, count: Int)], _ target: Target, limit: Int, scale: Double) {
        guard let first = parts.first else { return nil }
        let counts = parts.map { Double($0.count) }
        let total = counts.reduce(0, +)
        func moments(_ s: Double) -> (upper: Double, lower: Double) {
            zip(parts, counts).reduce((0, 0)) {
                let value = $1.0.lattice.logMoments(s)
                return ($0.0 + $1.1 * value.upper, $0.1 + $1.1 * value.lower)
            }
        }
        // A smaller tilt than Chernoff's makes far shorter tails of rare large losses; it may cost e^2.5 of precision.
        let best = Self.tilt(for: target, scale: scale) { moments($0).upper }
        let centre: Double
        if case .epsilon(let epsilon) = target {
            centre = epsilon
        } else {
            let nudge = 0.01 * best
            centre = (moments(best + nudge).upper - moments(best - nudge).upper) / (2 * nudge)
        }
        let least = moments(best).upper - best * centre
        let factor = [0.5, 0.6, 0.7, 0.8, 0.88, 0.94].first {
            moments($0 * best).upper - $0 * best * centre <= least + 2.5
        }
        let tilt = best * (factor ?? 1)
        let base = moments(tilt)
        guard base.upper.isFinite, centre.isFinite else { return nil }
        let mesh = first.lattice.mesh
        var points = 0
        for part in parts { points = max(points, part.lattice.upper.count) }
        // A lower law that owes much may have masses above one, and one far below the window none: nothing is claimed.
        let owed = zip(parts, counts).reduce(0) { $0 + $1.1 * $1.0.lattice.deficit }
        let claims = owed < 0.25 && base.lower.isFinite
        let tails = TailBound(
            tilt: tilt, scale: scale, error: 8 * 0x1p-53 * total * Double(points) + 1e-9,
            base: base.upper, upper: { moments($0).upper },
            larger: {
                let value = moments($0)
                return claims ? max(value.upper, value.lower) : value.upper
            })
        // The window [bottom, top): mass above top by its weight at the answer, and mass that wraps round to the answer
        // or beyond, stay below e^-20.
        let goal = 20 + 2.5
        let bottom = min(tails.lowerEnd(goal: goal), centre - tails.deviation)
        let top = tails.upperEnd(goal: goal, bias: tilt, centre: centre)
        let wrapped = tails.upperEnd(goal: goal, bias: 0, centre: 0) - centre
        let extent = max(top - bottom, wrapped) + tails.deviation
        guard extent.isFinite, extent > 0, abs(bottom) < mesh * 0x1p50 else { return nil }
        let origin = Int((bottom / mesh).rounded(.down)) - 1
        var length = 1 << 8
        while Double(length) * mesh < extent + 4 * mesh {
            length *= 2
            guard length <= limit else { return nil }
        }

        let unit = 0x1p-53
        let transform = FourierTransform(length: length)
        let levels = Double(length.trailingZeroBitCount)
        var spectrum: Spectrum?
        var normSum = 0.0
        var growth = 0.0
        var rounding = 0.0
        var (infinite, deficit, shift) = (0.0, 0.0, 0.0)
        var logSum = 0.0
        for (part, count) in zip(parts, counts) {
            let lattice = part.lattice
            let log = lattice.logMoments(tilt).upper
            let folded = Self.tilted(lattice, tilt, log, length, claims: claims)
            var (re, im) = (folded.upper, folded.lower)
            var square = 0.0
            for index in 0..<length { square += re[index] * re[index] + im[index] * im[index] }
            let norm = square.squareRoot()
            normSum += count * norm
            growth += count * 14 * unit * levels * Double(length).squareRoot() * norm
            rounding += count * folded.relative
            shift += count * lattice.displacement
            infinite += count * lattice.infinite
            deficit += count * lattice.deficit
            logSum += count * log
            transform.forward(&re, &im)
            let powered = Spectrum(re, im, power: part.count)
            if spectrum == nil { spectrum = powered } else { spectrum?.multiply(powered) }
        }
        guard var (real, imaginary) = spectrum?.joined() else { return nil }
        transform.inverse(&real, &imaginary)
        // Into window order; what is negative is closer to the truth as nothing.
        var upper = [Double](repeating: 0, count: length)
        var lower = upper
        let scaling = 1 / Double(length)
        var square = 0.0
        var place = ((origin % length) + length) % length
        for index in 0..<length {
            let (a, b) = (real[place] * scaling, imaginary[place] * scaling)
            square += a * a + b * b
            upper[index] = max(0, a)
            lower[index] = max(0, b)
            place = place + 1 == length ? 0 : place + 1
        }
        let norm = square.squareRoot()
        let multiplications = 2 * total + 2 * Double(parts.count)
        // The norm of the true vector is that of the computed one up to the error itself, hence the factor 2.
        let error =
            2 * exp(min(growth + rounding, 700))
            * (14 * unit * levels * (normSum + 2 * norm) + 4 * unit * multiplications * norm
                + Spectrum.dropped * total.squareRoot()) + 1e-290
        // Norm and maximum of (1 - e^-y) e^(-s y) at points a mesh apart.
        let peak = exp(-tilt * log1p(1 / tilt)) / (tilt + 1)
        let integral = 1 / (2 * tilt * (2 * tilt + 1) * (tilt + 1))
        let weight = (integral / mesh + peak * peak).squareRoot()
        self.mesh = mesh
        self.origin = origin
        self.shift = shift * (1 + 0x1p-30) + 8 * unit * mesh * (abs(Double(origin)) + Double(length))
        self.upper = upper
        self.lower = lower
        self.tilt = tilt
        logMoment = logSum
        padding = weight * error * (1 + 0x1p-30)
        self.peak = peak * (1 + 0x1p-30)
        self.tails = tails
        let reach = abs(logSum) + tilt * mesh * (abs(Double(origin)) + Double(length))
        slack = rounding + (16 * reach + 16 * Double(length) + 256 + 4 * total) * unit
        self.infinite = infinite * (1 + 0x1p-30)
        // A law of mass 1 + d a step costs (1 + d)^T; beyond a half nothing is claimed.
        self.deficit = claims ? 2 * deficit : .infinity
        // Nothing that is not a number may pass for a bound.
        guard padding.isFinite, slack.isFinite, shift.isFinite, logSum.isFinite, norm.isFinite else { return nil }
    }

    /// Both laws times e^(tilt x loss - log), folded to a length, with a bound on their relative error.
    private static func tilted(
        _ lattice: LossLattice, _ tilt: Double, _ log: Double, _ length: Int, claims: Bool
    ) -> (upper: [Double], lower: [Double], relative: Double) {
        var upper = [Double](repeating: 0, count: length)
        var lower = upper
        let step = tilt * lattice.mesh
        let powers = (0..<64).map { exp(step * Double($0)) }
        var place = ((lattice.first % length) + length) % length
        var scale = 0.0
        for index in lattice.upper.indices {
            if index & 63 == 0 { scale = exp(step * Double(lattice.first + index) - log) }
            let factor = scale * powers[index & 63]
            upper[place] += lattice.upper[index] * factor
            if claims { lower[place] += lattice.lower[index] * factor }
            place = place + 1 == length ? 0 : place + 1
        }
        let reach = max(abs(lattice.first), abs(lattice.first + lattice.upper.count))
        let folds = Double(lattice.upper.count / length)
        return (upper, lower, (8 * (step * Double(reach) + abs(log)) + 64 * step + 64 + folds) * 0x1p-53)
    }

    /// The tilt that makes the Chernoff bound best at the target, by golden section over its logarithm.
    private static func tilt(for target: Target, scale: Double, _ logMoment: (Double) -> Double) -> Double {
        func cost(_ logTilt: Double) -> Double {
            let s = exp(logTilt)
            return switch target {
            case .delta(let delta): (logMoment(s) - log(delta)) / s
            case .epsilon(let epsilon): logMoment(s) - s * epsilon
            }
        }
        // Small tilts for laws of rare large losses.
        var (low, high) = (log(min(0.1 / scale, 0.3)), log(60 / scale))
        let ratio = 0.618_033_988_749_894_9
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var (costLeft, costRight) = (cost(left), cost(right))
        for _ in 0..<12 {
            if costLeft < costRight {
                (high, right, costRight) = (right, left, costLeft)
                left = high - ratio * (high - low)
                costLeft = cost(left)
            } else {
                (low, left, costLeft) = (left, right, costRight)
                right = low + ratio * (high - low)
                costRight = cost(right)
            }
        }
        return exp(0.5 * (low + high))
    }
}

extension ComposedLoss {
    /// Tilted sums of the losses from a lattice point upwards, each times e^(-tilt (loss - that of the point)): all of
    /// their mass, and their mass times 1 - e^(loss of the point - loss).
    private struct Sums {
        var mass = 0.0
        var excess = 0.0
    }

    private struct Decay {
        let mass: Double
        let excess: Double
        let mix: Double

        init(_ tilt: Double, _ mesh: Double) {
            mass = exp(-tilt * mesh)
            excess = exp(-(tilt + 1) * mesh)
            mix = -expm1(-mesh) * mass
        }

        @inline(__always)
        func step(_ sums: inout Sums, _ value: Double) {
            sums.excess = excess * sums.excess + mix * sums.mass
            sums.mass = value + mass * sums.mass
        }
    }

    /// ln delta by the sums of the first point at or above an epsilon `gap` below it; `sign` chooses the end.
    private func logDelta(_ sums: Sums, gap: Double, epsilon: Double, sign: Double) -> Double {
        let value =
            exp(-tilt * gap) * (exp(-gap) * sums.excess - expm1(-gap) * sums.mass) + sign * margin(epsilon, sign)
        guard value > 0 else { return -.infinity }
        return logMoment - tilt * epsilon + log(value) + sign * slack
    }

    /// Error of the transform; for the upper end the mass above the window, which is missing, for the lower the mass that
    /// wraps round to epsilon or beyond.
    private func margin(_ epsilon: Double, _ sign: Double) -> Double {
        let top = loss(upper.count)
        let outside =
            sign > 0
            ? exp(tails.logAbove(top) - tilt * (top - epsilon))
            : peak * (exp(tails.logAbove(epsilon + top - loss(0))) + exp(tails.logBelow(loss(0))))
        return padding + outside
    }

    private func loss(_ index: Int) -> Double { Double(origin + index) * mesh }

    /// An epsilon at which the upper curve is at most `delta`; infinite when the window holds none.
    func epsilon(upperAt delta: Double) -> Double {
        guard delta > infinite else { return .infinity }
        let goal = log((delta - infinite) * (1 - 0x1p-40))
        return crossing(upper, sign: 1, goal: goal).map { max(0, $0 + shift) } ?? .infinity
    }

    /// An epsilon at which the lower curve is at least `delta`, or zero.
    func epsilon(lowerAt delta: Double) -> Double {
        let goal = log((delta + deficit) * (1 + 0x1p-40))
        return max(0, (crossing(lower, sign: -1, goal: goal) ?? 0) - shift)
    }

    /// Near the largest epsilon where the curve passes e^goal: just above for the upper end, just below for the lower.
    private func crossing(_ values: [Double], sign: Double, goal: Double) -> Double? {
        let decay = Decay(tilt, mesh)
        var sums = Sums()
        // Blocks from above until one ends beyond the goal, then point by point.
        let block = 64
        var index = values.count
        while index > 0 {
            let start = sums
            let stop = max(0, index - block)
            for place in stride(from: index - 1, through: stop, by: -1) { decay.step(&sums, values[place]) }
            if passes(sums, at: stop, sign: sign, goal: goal) {
                var before = start
                var now = start
                for place in stride(from: index - 1, through: stop, by: -1) {
                    before = now
                    decay.step(&now, values[place])
                    if passes(now, at: place, sign: sign, goal: goal) {
                        // The curve has no kink between this point and the next.
                        let next = loss(place + 1)
                        if place + 1 == values.count { return sign > 0 ? nil : loss(place) }
                        func passes(_ epsilon: Double) -> Bool {
                            let value = logDelta(
                                before, gap: max(0, next - epsilon), epsilon: epsilon, sign: sign)
                            return self.passes(value, sign: sign, goal: goal)
                        }
                        let low = max(0, loss(place))
                        if sign < 0 { return Bisection.last(from: low, to: next, passes) }
                        return passes(next) ? nil : Bisection.first(from: low, to: next) { !passes($0) }
                    }
                }
            }
            index = stop
        }
        return sign > 0 ? max(0, loss(0)) : nil
    }

    /// Whether the curve passes e^goal at a point (what is not a number passes for the upper end only), or the point lies
    /// below zero.
    private func passes(_ sums: Sums, at place: Int, sign: Double, goal: Double) -> Bool {
        loss(place) < 0 || passes(logDelta(sums, gap: 0, epsilon: loss(place), sign: sign), sign: sign, goal: goal)
    }

    private func passes(_ value: Double, sign: Double, goal: Double) -> Bool {
        sign > 0 ? !(value <= goal) : value > goal
    }

    /// The curves at one epsilon: not below and not above the true one.
    func delta(at epsilon: Double) -> (upper: Double, lower: Double) {
        let over = logDelta(at: epsilon - shift, upper, sign: 1)
        let under = logDelta(at: epsilon + shift, lower, sign: -1)
        return (
            min(1, exp(over) * (1 + 0x1p-40) + infinite), max(0, exp(under) * (1 - 0x1p-40) - deficit)
        )
    }

    private func logDelta(at epsilon: Double, _ values: [Double], sign: Double) -> Double {
        let decay = Decay(tilt, mesh)
        var sums = Sums()
        let first = min(max((epsilon / mesh).rounded(.up) - Double(origin), 0), Double(values.count))
        let index = Int(first)
        for place in stride(from: values.count - 1, through: index, by: -1) { decay.step(&sums, values[place]) }
        if index == 0, loss(0) > epsilon {
            // Below the window every loss counts; the curve at the window's end is a bound from below only.
            return sign > 0 ? 0 : logDelta(sums, gap: 0, epsilon: loss(0), sign: sign)
        }
        return logDelta(sums, gap: max(0, loss(index) - epsilon), epsilon: epsilon, sign: sign)
    }
}

extension ComposedLoss {
    /// What transform, window and truncation added to delta at the answer to a query.
    func added(at target: Target, answer: Double) -> Double {
        let epsilon =
            switch target {
            case .delta: answer
            case .epsilon(let epsilon): epsilon
            }
        guard epsilon.isFinite else { return 1 }
        return min(1, exp(logMoment - tilt * (epsilon - shift)) * margin(epsilon - shift, 1) + infinite)
    }
}
