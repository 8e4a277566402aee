#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One pair cut at the points of a loss lattice: the mass of every cell [l, l + h), split over its two ends so that its
/// P- and its Q-mass stay. Plain doubles; the error of every number is bounded beside it (section 5 of the page).
struct LossCells: Sendable {
    let mesh: Double
    /// Cell k lies between the lattice points first + k and first + k + 1.
    let first: Int
    /// P-mass for the lower and for the upper end of every cell.
    private(set) var low: [Double]
    private(set) var high: [Double]
    /// Absolute error of either.
    private(set) var error: [Double]
    /// P-masses that stand on lattice points, good to 16 x 2^-53.
    private(set) var atoms: [(point: Int, mass: Double)] = []
    /// Losses are known up to this much, once a step.
    private(set) var displacement: Double
    /// Mass beyond the cells, above and below, under P and under Q; rounded up.
    let top: (p: Double, q: Double)
    let bottom: (p: Double, q: Double)

    /// The most cells, parts of cells included, that are ever made.
    static let limit = 1 << 21

    private let pair: LossPair

    /// Whether no loss at all lies below the cells.
    var isWhole: Bool {
        bottom.p == 0 || (pair.rate < 1 && log1p(-pair.rate) * (1 + 0x1p-40) > Double(first) * mesh)
    }

    /// nil when the mesh asks for more than `limit` cells or parts of cells.
    init?(_ pair: LossPair, mesh: Double, below: Double, above: Double) {
        let range = pair.range(below: below, above: above)
        let start = (pair.loss(range.low) / mesh).rounded(.down) - 1
        let end = (pair.loss(range.high) / mesh).rounded(.up) + 1
        guard abs(start) < 0x1p28, abs(end) < 0x1p28, end - start < Double(Self.limit) else { return nil }
        self.pair = pair
        self.mesh = mesh
        first = Int(start)
        let count = Int(end) - first
        low = []
        high = []
        error = []
        displacement = 0
        switch pair.noise {
        case .gaussian(let z):
            let share = Enclosure(pair.rate)
            let margin = 1 - 0x1p-40
            let farAbove = NormalTail.split(Enclosure(above * margin)).above
            let nearAbove = NormalTail.split(Enclosure((above + 1 / z) * margin)).above
            let farBelow = NormalTail.split(Enclosure(below * margin)).above
            top = (((Enclosure.one - share) * nearAbove + share * farAbove).upper, nearAbove.upper)
            bottom = (farBelow.upper, farBelow.upper)
        case .laplace:
            top = (0, 0)
            bottom = (0, 0)
        }
        let edges = LatticeEdges(pair, mesh: mesh, first: first, count: count + 1, range: range)
        guard fill(edges) else { return nil }
        if case .laplace(let b) = pair.noise {
            let p = 0.5 * (pair.rate + (1 - pair.rate) * exp(-1 / b))
            addAtom(at: pair.loss(1 / b), mass: p)
            addAtom(at: pair.loss(-1 / b), mass: 0.5 * ((1 - pair.rate) + pair.rate * exp(-1 / b)))
        }
    }

    /// ln of the two densities in t: of the noise about 0 and of that about 1.
    private func exponents(_ t: Double) -> (near: Double, far: Double) {
        switch pair.noise {
        case .gaussian(let z):
            let near = z * t + 0.5 / z
            let far = z * t - 0.5 / z
            return (-0.5 * near * near, -0.5 * far * far)
        case .laplace(let b): return (-0.5 * (t + 1 / b), 0.5 * (t - 1 / b))
        }
    }

    /// Relative error of a cell's masses in units of 2^-53: the exponential's argument, the library, the series.
    private func roughness(_ t: Double) -> Double {
        switch pair.noise {
        case .gaussian(let z):
            let reach = z * abs(t) + 0.5 / z
            return 8 * reach * reach + 24 * abs(t) + 240
        case .laplace(let b): return 8 / b + 24 * abs(t) + 240
        }
    }

    private mutating func fill(_ edges: LatticeEdges) -> Bool {
        let count = edges.places.count - 1
        let unit = 0x1p-53
        let (factor, curvature) = constants
        let q = pair.rate
        let narrow = -1 / expm1(-mesh)
        let wide = 1 / expm1(mesh)
        low = [Double](repeating: 0, count: count)
        high = low
        error = low
        displacement = 3 * edges.displacements.reduce(0, max)
        var smooth = [Bool](repeating: false, count: count)
        var work = count
        var block = SeriesBlock()
        var places = SIMD8<Int>(repeating: 0)
        var lead = SIMD8<Double>(repeating: 0)
        var base = lead
        var filled = 0
        func flush(_ cells: inout Self) {
            guard filled > 0 else { return }
            let (whole, rise) = block.sums(filled)
            for lane in 0..<filled {
                let index = places[lane]
                let width = block.width[lane]
                let upper = lead[lane] * width * width * rise[lane]
                cells.high[index] = upper * narrow
                cells.low[index] = max(0, base[lane] * width * whole[lane] - upper * wide)
            }
            filled = 0
        }
        for index in 0..<count {
            let (left, right) = (edges.places[index], edges.places[index + 1])
            let width = right - left
            guard width > 0 else { continue }
            let drift = -(curvature * left + 0.5) * width
            let bend = 0.5 * curvature * width * width
            if edges.inside[index], SeriesBlock.serves(drift, width, bend) {
                let (near, far) = exponents(left)
                if left <= 0 {
                    let density = factor * exp(near)
                    lead[filled] = density * edges.excess[index]
                    base[filled] = density * (1 + edges.growth[index])
                } else {
                    let density = factor * exp(far)
                    lead[filled] = q * density
                    base[filled] = density * (q + (1 - q) * (q / edges.excess[index]))
                }
                places[filled] = index
                smooth[index] = true
                block.set(filled, drift: drift, width: width, bend: bend)
                filled += 1
                if filled == 8 { flush(&self) }
            } else {
                let parts = SeriesBlock.parts(abs(drift), width, bend)
                if parts > 24, split(index, edges) { continue }
                work += parts
                guard work <= Self.limit else { return false }
                sum(index, edges, parts: parts, narrow: narrow, wide: wide)
            }
        }
        flush(&self)
        for index in 0..<count {
            let mass = low[index] + high[index]
            guard mass > 0 else { continue }
            let reach = max(abs(edges.places[index]), abs(edges.places[index + 1]))
            var off = max(edges.displacements[index], edges.displacements[index + 1])
            // The loss at an end that was cut off is the library's.
            if !edges.inside[index] { off = max(off, 0x1p-47 * (abs(pair.loss(edges.places[index])) + pair.rate)) }
            // Of a narrow cell the split is exact for a loss off by 2 x off, but where that leaves the cell.
            let slope = 8 * off * narrow
            let relative =
                unit * (roughness(reach) + 4 * edges.relative[index]) + (smooth[index] ? slope * slope : slope) + 4
                * off
            error[index] += mass * relative
        }
        return true
    }

    /// Normalisation of the densities in t and the curvature of their logarithm.
    private var constants: (factor: Double, curvature: Double) {
        switch pair.noise {
        case .gaussian(let z): (z * 0.398_942_280_401_432_7, z * z)
        case .laplace: (0.25, 0)
        }
    }

    /// A wide cell, in parts.
    private mutating func sum(_ index: Int, _ edges: LatticeEdges, parts: Int, narrow: Double, wide: Double) {
        let (left, right) = (edges.places[index], edges.places[index + 1])
        let (factor, curvature) = constants
        let q = pair.rate
        let lattice = Double(first + index) * mesh
        // e^l at the cell's lower end, by its own place when that was cut off.
        let level = edges.inside[index] ? lattice : pair.loss(left)
        var upper = 0.0
        var whole = 0.0
        var block = SeriesBlock()
        for part in 0..<parts {
            let start = left + (right - left) * (Double(part) / Double(parts))
            let stop = part + 1 == parts ? right : left + (right - left) * (Double(part + 1) / Double(parts))
            let width = stop - start
            guard width > 0 else { continue }
            block.set(
                0, drift: -(curvature * start + 0.5) * width, width: width, bend: 0.5 * curvature * width * width)
            let (plain, rise) = block.sums(1)
            let (near, far) = exponents(start)
            let density = factor * exp(far)
            upper += q * density * width * (width * rise[0] - expm1(left - start) * plain[0])
            whole +=
                (start <= 0 ? factor * exp(near) * exp(level) : density * exp(level - start)) * width * plain[0]
        }
        // A cell cut off at its lower end holds no loss below `level`.
        high[index] = (upper - min(0, expm1(lattice - level)) * whole) * narrow
        low[index] = max(0, whole + upper - high[index])
    }

    /// A very wide cell, by the differences of enclosed tails; false where they overflow or there are none.
    private mutating func split(_ index: Int, _ edges: LatticeEdges) -> Bool {
        guard case .gaussian(let z) = pair.noise else { return false }
        let (left, right) = (Enclosure(edges.places[index]), Enclosure(edges.places[index + 1]))
        let noise = Enclosure(z)
        let offset = Enclosure(0.5) / noise
        func mass(_ from: Enclosure, _ to: Enclosure) -> Enclosure {
            let (start, stop) = (NormalTail.split(from), NormalTail.split(to))
            return (start.above.upper < 0.5 ? start.above - stop.above : stop.below - start.below).nonNegative
        }
        let near = mass(noise * left + offset, noise * right + offset)
        let far = mass(noise * left - offset, noise * right - offset)
        let q = Enclosure(pair.rate)
        let lattice = Enclosure(Double(first + index)) * Enclosure(mesh)
        let whole = (Enclosure.one - q) * near + q * far
        // e^l times the mass about 0; where that overflows, by the two densities' ratio e^t at the cell's ends.
        var level = lattice.exponential * near
        if !level.upper.isFinite || near.upper < 1e-300 {
            level =
                far
                * Enclosure(
                    between: (lattice - right).exponential.lower, and: (lattice - left).exponential.upper)
        }
        let narrow = Enclosure.one / (Enclosure.one - (-Enclosure(mesh)).exponential)
        let upper = ((whole - level) * narrow).nonNegative
        let lower = (whole - upper).nonNegative
        guard upper.upper <= 1.5, lower.upper <= 1.5 else { return false }
        high[index] = 0.5 * (upper.lower + upper.upper)
        low[index] = 0.5 * (lower.lower + lower.upper)
        error[index] = max(upper.upper - upper.lower, lower.upper - lower.lower).nextUp
        return true
    }

    /// An atom close to a lattice point is taken to stand there, which costs displacement; another is split.
    private mutating func addAtom(at loss: Double, mass: Double) {
        let place = min(max(Int((loss / mesh).rounded(.down)) - first, 0), low.count - 1)
        let off = min(max(loss - Double(first + place) * mesh, 0), mesh)
        let slip = 0x1p-48 * (abs(loss) + pair.rate) + 0x1p-52 * mesh
        let near = min(off, mesh - off)
        if near <= 0x1p-28 * abs(loss) {
            atoms.append((off < mesh - off ? place : place + 1, mass))
            displacement = max(displacement, near + slip)
            return
        }
        let upper = mass * (expm1(-off) / expm1(-mesh))
        let lower = mass * (expm1(mesh - off) / expm1(mesh))
        displacement = max(displacement, slip)
        high[place] += upper
        low[place] += lower
        error[place] += mass * (8 * slip / mesh + 64 * 0x1p-53)
    }
}
