#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The composition of a schedule on loss lattices, both directions of neighbours, both ends. The mesh is refined until
/// the interval is narrow or the limits are met.
struct LossComposition {
    /// One step of the schedule with the number of its repetitions.
    typealias Part = (pair: LossPair, count: Int)

    /// An interval, and how it was found: the finest mesh and what the errors of arithmetic added to delta.
    struct Answer {
        var lower: Double
        var upper: Double
        var mesh: Double
        var numericError: Double
    }

    /// Width of an interval, relative to its upper end, at which refinement stops.
    static let width = 2.5e-5
    private static let coarse = 0.12

    private let schedule: PrivacySchedule
    private let limits: AccountingLimits

    init(_ schedule: PrivacySchedule, limits: AccountingLimits) {
        self.schedule = schedule
        self.limits = limits
    }

    func epsilon(upperDelta: Double, lowerDelta: Double) -> Answer {
        var answer = Answer(lower: 0, upper: 0, mesh: 0, numericError: 0)
        var cache = CellCache()
        for adding in directions {
            let pure = largestLoss(adding)
            var one = refined(adding, .delta(upperDelta), &cache, beaten: answer.lower) { upper, lower in
                let high = upper?.epsilon(upperAt: upperDelta) ?? .infinity
                return (min(pure, high), lower?.epsilon(lowerAt: lowerDelta) ?? 0)
            }
            one.upper = min(one.upper, pure)
            if one.upper > answer.upper { (answer.mesh, answer.numericError) = (one.mesh, one.numericError) }
            answer.upper = max(answer.upper, one.upper)
            answer.lower = max(answer.lower, one.lower)
        }
        return answer
    }

    /// The sum of the largest losses of one direction, above which delta is zero; infinite with Gaussian noise, but where
    /// adding a unit that takes part at random.
    private func largestLoss(_ adding: Bool) -> Double {
        parts(adding, upper: true).reduce(Enclosure(0)) {
            let bounds = $1.pair.bounds
            return $0 + Enclosure(Double($1.count)) * Enclosure(adding ? bounds.addition : bounds.removal)
        }.upper
    }

    func delta(upperEpsilon: Double, lowerEpsilon: Double) -> Answer {
        var answer = Answer(lower: 0, upper: 0, mesh: 0, numericError: 0)
        var cache = CellCache()
        // Where no loss is above epsilon a direction costs nothing, and no tilt would find its tail.
        for adding in directions where largestLoss(adding) > upperEpsilon {
            let one = refined(adding, .epsilon(upperEpsilon), &cache, beaten: answer.lower) { upper, lower in
                (upper?.delta(at: upperEpsilon).upper ?? 1, lower?.delta(at: lowerEpsilon).lower ?? 0)
            }
            if one.upper > answer.upper { (answer.mesh, answer.numericError) = (one.mesh, one.numericError) }
            answer.upper = max(answer.upper, one.upper)
            answer.lower = max(answer.lower, one.lower)
        }
        return answer
    }

    /// Whether the upper end of epsilon is at most a value: coarse meshes first, finer ones only near the answer. nil when
    /// neither end decides.
    func holds(epsilon: Double, delta: Double) -> Bool? {
        var cache = CellCache()
        var answer: Bool? = true
        for adding in directions where largestLoss(adding) > epsilon {
            let one = refined(
                adding, .delta(delta), &cache, beaten: 0, decided: { $0 <= epsilon || $1 > epsilon }
            ) { upper, lower in
                (upper?.epsilon(upperAt: delta) ?? .infinity, lower?.epsilon(lowerAt: delta) ?? 0)
            }
            if one.lower > epsilon { return false }
            if one.upper > epsilon { answer = nil }
        }
        return answer
    }

    /// Without sampling both directions have one law of losses.
    private var directions: [Bool] { schedule.steps.allSatisfy { $0.rate == 1 } ? [false] : [false, true] }

    /// One direction, refined until narrow, below `beaten`, or `decided`.
    private func refined(
        _ adding: Bool, _ target: ComposedLoss.Target, _ cache: inout CellCache, beaten: Double,
        decided: ((Double, Double) -> Bool)? = nil, _ read: (ComposedLoss?, ComposedLoss?) -> (Double, Double)
    ) -> Answer {
        let above = parts(adding, upper: true)
        let below = parts(adding, upper: false)
        let shared = above.count == below.count && zip(above, below).allSatisfy { $0.pair == $1.pair }
        var answer = Answer(lower: 0, upper: .infinity, mesh: 0, numericError: 0)
        var fineness = beaten > 0 || decided != nil ? Self.coarse : 1.9 * Self.width.squareRoot()
        var last = 0.0
        for _ in 0..<6 {
            let upper = composed(above, adding, target, fineness: fineness, &cache)
            let lower = shared ? upper : composed(below, adding, target, fineness: fineness, &cache)
            guard let upper else {
                // A mesh may also be too coarse.
                guard fineness == Self.coarse else { break }
                fineness = 1.9 * Self.width.squareRoot()
                continue
            }
            let (high, low) = read(upper.loss, lower?.loss)
            answer.lower = max(answer.lower, low)
            if high < answer.upper {
                answer.upper = high
                answer.mesh = upper.mesh
                answer.numericError = upper.loss.added(at: target, answer: high)
            }
            let goal = Self.width * max(answer.upper, 1e-3)
            let gap = answer.upper - answer.lower
            if answer.upper <= beaten || gap <= goal || decided?(answer.upper, answer.lower) == true { break }
            // The mesh that was possible, not the one asked for, is what the next is measured by.
            if last > 0, upper.mesh >= 0.9 * last { break }
            last = upper.mesh
            let wish = gap.isFinite && gap > 0 ? (goal / gap).squareRoot() : 0.25
            fineness = upper.fineness * min(0.6, max(0.8 * wish, 0.01))
        }
        return answer
    }

    /// Both ends on one mesh; nil when no mesh within the limits covers the composition.
    private func composed(
        _ parts: [Part], _ adding: Bool, _ target: ComposedLoss.Target, fineness: Double, _ cache: inout CellCache
    ) -> (loss: ComposedLoss, mesh: Double, fineness: Double)? {
        guard !parts.isEmpty else { return nil }
        let total = parts.reduce(0) { $0 + Double($1.count) }
        let variance = parts.reduce(0) { $0 + $1.pair.deviation * $1.pair.deviation * Double($1.count) }
        let typical = (variance / total).squareRoot()
        let (below, above) = reach(parts, target)
        var mesh = max(fineness * typical, 15 * variance.squareRoot() / Double(limits.window))
        for part in parts {
            let range = part.pair.range(below: below, above: above)
            mesh = max(mesh, (part.pair.loss(range.high) - part.pair.loss(range.low)) / Double(limits.bins))
        }
        for _ in 0..<12 {
            let even = aligned(mesh, parts)
            var lattices: [(lattice: LossLattice, count: Int)] = []
            for part in parts {
                guard let cells = cache.cells(part.pair, mesh: even, below: below, above: above) else { break }
                lattices.append((LossLattice(cells, adding: adding && part.pair.rate < 1), part.count))
            }
            if lattices.count == parts.count,
                let made = ComposedLoss(lattices, target, limit: limits.window, scale: variance.squareRoot())
            {
                return (made, even, even / typical)
            }
            mesh *= 1.6
        }
        return nil
    }

    /// A mesh of 24 bits, so that its multiples are exact; of 31 for a lone Laplace step, whose largest loss lies a hair
    /// below a lattice point.
    private func aligned(_ mesh: Double, _ parts: [Part]) -> Double {
        if parts.count == 1, case .laplace(let b) = parts[0].pair.noise {
            let most = parts[0].pair.loss(1 / b)
            let bins = (most / mesh).rounded(.up)
            let exact = most / bins
            let grain = exact.ulp * 0x1p22
            return (exact / grain).rounded(.up) * grain
        }
        return Double(max(Float(mesh), 1e-37))
    }

    /// How far out the lattices go, standard deviations: what lies beyond costs 1e-7 of delta.
    private func reach(_ parts: [Part], _ target: ComposedLoss.Target) -> (below: Double, above: Double) {
        guard case .delta(let delta) = target else { return (12, 12) }
        func first(_ total: Double) -> Double {
            var reach = 4.0
            while reach < 14, NormalTail.split(Enclosure(reach)).above.upper * total > 1e-7 * delta { reach += 0.25 }
            return reach
        }
        let total = parts.reduce(0) { $0 + Double($1.count) }
        let sampled = parts.reduce(0) { $0 + Double($1.count) * $1.pair.rate }
        return (first(total), first(sampled))
    }

    /// The steps in terms of pairs. Gaussian steps without sampling are joined into one, which is exact.
    private func parts(_ adding: Bool, upper: Bool) -> [Part] {
        var counts: [LossPair: Int] = [:]
        var order: [LossPair] = []
        var joined: [(noise: Double, count: Int)] = []
        for step in schedule.steps {
            guard let noise = upper ? step.noise : step.lowerNoise else { continue }
            if !step.isLaplace, step.rate == 1 {
                joined.append((noise, step.count))
                continue
            }
            let pair = LossPair(noise: step.isLaplace ? .laplace(noise) : .gaussian(noise), rate: step.rate)
            if counts[pair] == nil { order.append(pair) }
            counts[pair, default: 0] += step.count
        }
        var parts = order.map { (pair: $0, count: counts[$0] ?? 0) }
        if joined.count == 1, joined[0].count == 1 {
            parts.append((LossPair(noise: .gaussian(joined[0].noise), rate: 1), 1))
        } else if !joined.isEmpty {
            let precision = joined.reduce(Enclosure(0)) {
                $0 + Enclosure(Double($1.count)) / (Enclosure($1.noise) * Enclosure($1.noise))
            }
            let noise = (Enclosure.one / precision).squareRoot
            parts.append((LossPair(noise: .gaussian(upper ? noise.lower : noise.upper), rate: 1), 1))
        }
        return parts
    }
}

/// Cells already cut within one query, so that both directions and both ends share them.
struct CellCache {
    private struct Key: Hashable {
        let pair: LossPair
        let mesh: Double
        let below: Double
        let above: Double
    }

    private var cells: [Key: LossCells] = [:]

    mutating func cells(_ pair: LossPair, mesh: Double, below: Double, above: Double) -> LossCells? {
        let key = Key(pair: pair, mesh: mesh, below: below, above: above)
        if let known = cells[key] { return known }
        let made = LossCells(pair, mesh: mesh, below: below, above: above)
        cells[key] = made
        return made
    }
}
