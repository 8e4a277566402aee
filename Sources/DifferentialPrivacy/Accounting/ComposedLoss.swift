#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The law of a sum of lattice losses, by one exponentially tilted Fourier transform, with the terms that make its
/// curve a bound: rounding of the tilt, error of the transform, mass outside the window, mass at infinity.
struct ComposedLoss {
    enum End { case upper, lower }

    /// What the tilt is chosen for.
    enum Target: Hashable {
        case delta(Double)
        case epsilon(Double)
    }

    private let end: End
    /// Losses from here upwards by `mesh`.
    private let start: Enclosure
    private let mesh: Double
    /// Tilted masses; e^(constant + slope x index) takes the tilt off again.
    private let tilted: [Double]
    private let logWeight: (constant: Double, slope: Double)
    /// 2-norm bound on the error of `tilted`.
    private let transformError: Double
    /// Tilted mass outside the window.
    private let outside: Double
    /// Relative slack of every weight.
    private let slack: Double
    private let infinite: Double
    /// Where Chernoff's bound meets the target delta; no epsilon above it needs a look.
    private let chernoff: Double

    /// nil when no mesh within the limits covers the composition.
    init?(
        _ parts: [(pair: LossPair, count: Int)], _ end: End, _ target: Target, _ limits: AccountingLimits,
        _ cuts: inout CutCache
    ) {
        guard !parts.isEmpty else { return nil }
        let counts = parts.map { Double($0.count) }
        let total = counts.reduce(0, +)
        let variance = zip(parts, counts).reduce(0) { $0 + $1.0.pair.variance * $1.1 } / total
        let reach = Self.reach(target, total)
        var mesh = 0.01 * variance.squareRoot()
        for part in parts {
            mesh = max(mesh, (Self.span(part.pair, reach)) / Double(limits.bins))
        }
        if parts.count == 1, case .laplace(let scale) = parts[0].pair {
            // The two atoms fall on bin centres (lower) or a hair inside lattice points (upper).
            let bins = (1 / (scale * mesh)).rounded(.up)
            mesh = end == .lower ? 1 / (scale * (bins + 0.5)) : (1 + 0x1p-40) / (scale * bins)
        } else {
            mesh = Double(Float(mesh))
        }
        for _ in 0..<40 {
            if let made = Self(parts, counts, end, target, limits, &cuts, mesh: mesh, reach: reach) {
                self = made
                return
            }
            mesh *= 2
        }
        return nil
    }

    private init?(
        _ parts: [(pair: LossPair, count: Int)], _ counts: [Double], _ end: End, _ target: Target,
        _ limits: AccountingLimits, _ cuts: inout CutCache, mesh: Double, reach: Double
    ) {
        var lattices: [LossLattice] = []
        for part in parts {
            let cut = cuts.cut(part.pair, mesh: mesh, reach: reach)
            lattices.append(end == .upper ? LossLattice(upper: cut) : LossLattice(lower: cut))
        }
        guard lattices.allSatisfy({ $0.masses.contains { $0 > 0 } }) else { return nil }
        func logMoment(_ s: Double) -> Double {
            zip(lattices, counts).reduce(0) { $0 + $1.1 * $1.0.logMoment(s) }
        }
        let tilt = Self.tilt(for: target, logMoment)
        let base = logMoment(tilt)
        // The window by Chernoff under the tilted law; ln 1e20 = 46.05.
        let spread = max(
            1e-12, ((logMoment(tilt * 1.01) + logMoment(tilt * 0.99) - 2 * base) / (1e-4 * tilt * tilt))
        ).squareRoot()
        var top = Double.infinity
        var bottom = -Double.infinity
        for factor in [1.0, 2, 4, 7, 10, 15, 25] {
            let t = factor / spread
            top = min(top, (logMoment(tilt + t) - base + 46.06) / t)
            bottom = max(bottom, -(logMoment(tilt - t) - base + 46.06) / t)
        }
        guard top.isFinite, bottom.isFinite, top > bottom, abs(top) < mesh * 0x1p50, abs(bottom) < mesh * 0x1p50
        else { return nil }
        let origin = Int((bottom / mesh).rounded(.down)) - 1
        var length = 1 << 10
        while Double(length) * mesh < top - bottom + 4 * mesh { length *= 2 }
        guard length <= limits.window else { return nil }

        let transform = FourierTransform(length: length)
        var real = [Double](repeating: 1, count: length)
        var imaginary = [Double](repeating: 0, count: length)
        let unit = 0x1p-53
        let logLength = Double(length.trailingZeroBitCount)
        var normSum = 0.0
        var growth = 1.0
        var tiltError = 0.0
        var shift = Enclosure(0)
        var infinite = 0.0
        for (lattice, part) in zip(lattices, parts) {
            let count = Double(part.count)
            let log = lattice.logMoment(tilt)
            var re = [Double](repeating: 0, count: length)
            var im = [Double](repeating: 0, count: length)
            var reach = 0.0
            for index in lattice.masses.indices where lattice.masses[index] > 0 {
                let place = lattice.first + index
                let exponent = tilt * mesh * Double(place) - log
                let value = lattice.masses[index] * exp(exponent)
                if value > 0 { reach = max(reach, abs(tilt * mesh * Double(place)) + abs(log)) }
                re[((place % length) + length) % length] += value
            }
            var square = 0.0
            for value in re { square += value * value }
            let norm = square.squareRoot()
            normSum += count * norm
            growth *= exp(count * 14 * unit * logLength * Double(length).squareRoot() * norm)
            // Rounding of the exponent, the exponential, the mass, and of at most a few additions by folding.
            let folds = Double(lattice.masses.count / length)
            tiltError += count * (4 * reach + 40 + folds) * unit
            shift = shift + Enclosure(count) * Enclosure(lattice.shift)
            infinite += count * lattice.infinite * (1 + 8 * unit)
            transform.forward(&re, &im)
            Self.power(&re, &im, part.count)
            for index in 0..<length {
                let a = real[index] * re[index] - imaginary[index] * im[index]
                imaginary[index] = real[index] * im[index] + imaginary[index] * re[index]
                real[index] = a
            }
        }
        transform.inverse(&real, &imaginary)
        // Into window order.
        var tilted = [Double](repeating: 0, count: length)
        var square = 0.0
        for index in 0..<length {
            let place = (((origin + index) % length) + length) % length
            tilted[index] = max(0, real[place])
            square += real[place] * real[place]
        }
        let norm = square.squareRoot()
        let multiplications = 2 * counts.reduce(0, +) + Double(parts.count)
        // 14 u a level: twiddles good to 7 u. The norm of the true vector is that of the computed one up to the error
        // itself, hence the factor 2.
        let error =
            2 * growth * exp(tiltError)
            * (14 * unit * logLength * (normSum + 2 * norm) + 2.3 * unit * multiplications * norm) + 1e-290
        self.end = end
        self.mesh = mesh
        start = Enclosure(Double(origin)) * Enclosure(mesh) + shift
        self.tilted = tilted
        logWeight = (base - tilt * mesh * Double(origin), -tilt * mesh)
        transformError = error
        outside = 2.2e-20 * exp(1e-12 * abs(base) + 1e-13 * counts.reduce(0, +))
        let reach = abs(base) + tilt * mesh * (abs(Double(origin)) + Double(length))
        slack = tiltError + (8 * reach + 4 * Double(length) + 64) * unit
        self.infinite = infinite
        if case .delta(let delta) = target {
            chernoff = (base - log(delta)) / tilt + abs(shift.upper)
        } else {
            chernoff = .infinity
        }
    }

    /// How far up the lattices go, standard deviations: what lies above costs a millionth of the target delta.
    private static func reach(_ target: Target, _ total: Double) -> Double {
        guard case .delta(let delta) = target else { return 12 }
        var reach = 5.0
        while reach < 12, NormalTail.split(Enclosure(reach)).above.upper * total > 1e-6 * delta { reach += 0.25 }
        return reach
    }

    private static func span(_ pair: LossPair, _ reach: Double) -> Double {
        let range = pair.range(reach: reach)
        return range.high - range.low
    }

    /// z^count by repeated squaring, every element.
    private static func power(_ real: inout [Double], _ imaginary: inout [Double], _ count: Int) {
        for index in real.indices {
            var base = (real[index], imaginary[index])
            var value = (1.0, 0.0)
            var rest = count
            while rest > 0 {
                if rest & 1 == 1 {
                    value = (value.0 * base.0 - value.1 * base.1, value.0 * base.1 + value.1 * base.0)
                }
                rest >>= 1
                if rest > 0 { base = (base.0 * base.0 - base.1 * base.1, 2 * base.0 * base.1) }
            }
            real[index] = value.0
            imaginary[index] = value.1
        }
    }

    /// The tilt that makes the Chernoff bound best at the target, by golden section over its logarithm.
    private static func tilt(for target: Target, _ logMoment: (Double) -> Double) -> Double {
        func cost(_ logTilt: Double) -> Double {
            let s = exp(logTilt)
            return switch target {
            case .delta(let delta): (logMoment(s) - log(delta)) / s
            case .epsilon(let epsilon): logMoment(s) - s * epsilon
            }
        }
        var (low, high) = (log(1e-3), log(1e4))
        let ratio = 0.618_033_988_749_894_9
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var (costLeft, costRight) = (cost(left), cost(right))
        for _ in 0..<16 {
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

    /// The curve at one epsilon, not below (upper) or not above (lower) the true one.
    func delta(at epsilon: Double) -> Double {
        // A loss counts at its larger value for the upper end, at its smaller for the lower.
        let first = end == .upper ? start.upper : start.lower
        let margin = 4 * 0x1p-53 * (abs(first) + mesh * Double(tilted.count) + abs(epsilon))
        let gap = end == .upper ? first - epsilon + margin : first - epsilon - margin
        var sum = 0.0
        var square = 0.0
        var largest = 0.0
        var index = max(0, Int(min(Double(tilted.count), (-gap / mesh).rounded(.down))))
        while index < tilted.count {
            let excess = gap + mesh * Double(index)
            if excess > 0 {
                let weight = exp(logWeight.constant + logWeight.slope * Double(index)) * -expm1(-excess)
                sum += tilted[index] * weight
                square += weight * weight
                largest = max(largest, weight)
            }
            index += 1
        }
        let padding = square.squareRoot() * transformError + largest * outside
        switch end {
        case .upper:
            let above = exp(logWeight.constant + logWeight.slope * Double(tilted.count)) * outside
            let bound = (sum + padding + above) * exp(slack) + infinite
            return bound.isNaN ? 1 : min(1, bound * (1 + 0x1p-50))
        case .lower:
            let bound = (sum - padding) * exp(-slack) * (1 - 0x1p-50)
            return bound.isNaN ? 0 : max(0, bound)
        }
    }

    func epsilon(upperAt delta: Double) -> Double {
        let top = max(0, start.upper + mesh * Double(tilted.count))
        return Bisection.first(from: 0, to: top, relative: 1e-9) { self.delta(at: $0) <= delta } ?? .infinity
    }

    func epsilon(lowerAt delta: Double) -> Double {
        // Far below its target the tilted bound is worthless, hence the search comes from above.
        let top = max(0, min(chernoff, start.upper + mesh * Double(tilted.count)))
        var last = top
        for part in 1...128 {
            let epsilon = top * (1 - Double(part) / 128)
            if self.delta(at: epsilon) >= delta {
                return Bisection.last(from: epsilon, to: last, relative: 1e-9) { self.delta(at: $0) >= delta } ?? 0
            }
            last = epsilon
        }
        return 0
    }
}

/// Cuts already made, so that the upper and the lower end share them.
struct CutCache {
    private struct Key: Hashable {
        let pair: LossPair
        let mesh: Double
        let reach: Double
    }

    private var cuts: [Key: LossLattice.Cut] = [:]

    mutating func cut(_ pair: LossPair, mesh: Double, reach: Double) -> LossLattice.Cut {
        let key = Key(pair: pair, mesh: mesh, reach: reach)
        if let known = cuts[key] { return known }
        let made = LossLattice.Cut(pair, mesh: mesh, reach: reach)
        cuts[key] = made
        return made
    }
}
