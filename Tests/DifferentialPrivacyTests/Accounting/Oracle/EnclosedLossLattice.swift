#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@testable import DifferentialPrivacy

/// A law of losses on a lattice, (first + index) x mesh + shift, which bounds that of a pair from one side.
///
/// Upper: the mass of every bin goes to its two ends so that its P- and its Q-mass stay (the curve between two lattice
/// points becomes its chord). Lower: every bin is merged into one atom, whose loss is the log-ratio of its masses, and
/// that atom moves down to the bin's centre less `shift`, or to the centre before when even that is above it. Both are
/// stored through their survival function, rounded to the safe side and made monotone, so that rounding moves
/// mass towards larger (smaller) losses only.
struct EnclosedLossLattice: Sendable {
    let mesh: Double
    let first: Int
    let masses: [Double]
    /// Their logarithms, minus infinity for none.
    let logMasses: [Double]
    /// Added to every loss; not above zero for a lower bound.
    let shift: Double
    /// Mass above the lattice, at an infinite loss.
    let infinite: Double

    /// A pair cut at the lattice points; both ends are made from it.
    struct Cut: Sendable {
        let low: Int
        let mesh: Double
        let splits: [EnclosedLossPair.Split]

        init(_ pair: EnclosedLossPair, mesh: Double, reach: Double) {
            let range = pair.range(reach: reach)
            let low = Int((range.low / mesh).rounded(.down)) - 1
            let high = Int((range.high / mesh).rounded(.up)) + 1
            self.low = low
            self.mesh = mesh
            splits = (low...high).map { pair.split(at: Enclosure(Double($0)) * Enclosure(mesh)) }
        }
    }

    init(upper cut: Cut) {
        let (low, mesh, splits) = (cut.low, cut.mesh, cut.splits)
        let width = (Enclosure.one - (-Enclosure(mesh)).exponential)
        var survival = [Double](repeating: 1, count: splits.count)
        for index in splits.indices.dropFirst() {
            let bin = Self.bin(splits[index - 1], splits[index])
            let ratio = (Enclosure(Double(low + index - 1)) * Enclosure(mesh)).exponential
            let kept = (bin.p - bin.q * ratio).nonNegative / width
            survival[index] = min(1, (splits[index].above + Enclosure(min(kept.upper, bin.p.upper))).upper)
        }
        for index in survival.indices.dropLast().reversed() {
            survival[index] = max(survival[index], survival[index + 1])
        }
        let top = min(1, splits[splits.count - 1].above.upper)
        var masses = [Double](repeating: 0, count: survival.count)
        for index in masses.indices {
            let next = index + 1 < survival.count ? survival[index + 1] : top
            masses[index] = max(0, (survival[index] - next).nextUp)
        }
        self.mesh = mesh
        first = low
        self.masses = masses
        logMasses = masses.map { log($0) }
        shift = 0
        infinite = top
    }

    init(lower cut: Cut) {
        let (low, mesh, splits) = (cut.low, cut.mesh, cut.splits)
        let bins = splits.count - 1
        var needed = [Double](repeating: .infinity, count: bins)
        var weights = [Double](repeating: 0, count: bins)
        for index in 0..<bins {
            let bin = Self.bin(splits[index], splits[index + 1])
            weights[index] = bin.p.upper
            guard bin.p.lower > 0, bin.q.lower > 0 else { continue }
            let centre = Enclosure(Double(low + index) + 0.5) * Enclosure(mesh)
            needed[index] = (centre - (bin.p / bin.q).logarithm).upper
        }
        // The shift that costs least: itself, or a whole bin for the mass of the bins that need more.
        var shift = 0.0
        var rest = weights.reduce(0, +)
        var least = mesh * rest
        for index in needed.indices.sorted(by: { needed[$0] < needed[$1] }) where needed[index] < 0.5 * mesh {
            rest -= weights[index]
            let candidate = max(0, needed[index])
            if candidate + mesh * rest < least {
                least = candidate + mesh * rest
                shift = candidate
            }
        }
        // Survival at each centre: the mass of the bins whose atom stays at or above it.
        var masses = [Double](repeating: 0, count: bins)
        var running = 0.0
        for index in (0..<bins).reversed() {
            let stays = needed[index] <= shift
            let survival = max(running, splits[stays ? index : index + 1].above.lower)
            masses[index] = max(0, (survival - running).nextDown)
            running = survival
        }
        self.mesh = mesh
        first = low
        self.masses = masses
        logMasses = masses.map { log($0) }
        self.shift = (0.5 * mesh - shift).nextDown
        infinite = 0
    }

    /// P- and Q-mass between two lattice points, from whichever tail is smaller.
    private static func bin(_ left: EnclosedLossPair.Split, _ right: EnclosedLossPair.Split) -> (
        p: Enclosure, q: Enclosure
    ) {
        let p = left.above.upper < 0.5 ? left.above - right.above : right.below - left.below
        let q = left.otherAbove.upper < 0.5 ? left.otherAbove - right.otherAbove : right.otherBelow - left.otherBelow
        return (p.nonNegative, q.nonNegative)
    }

    /// ln of the sum of mass e^(s (first + index) mesh), to about 1e-13.
    func logMoment(_ s: Double) -> Double {
        let step = s * mesh
        var best = -Double.infinity
        for index in logMasses.indices { best = max(best, step * Double(first + index) + logMasses[index]) }
        guard best.isFinite else { return best }
        var sum = 0.0
        for index in logMasses.indices {
            let exponent = step * Double(first + index) + logMasses[index] - best
            // What is left out is below 1e-20 of the sum.
            if exponent > -60 { sum += exp(exponent) }
        }
        return best + log(sum)
    }
}
