#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A privacy curve below the true one with kinks at lattice points only: the chords of the true curve, less a curve that
/// is at least the distance from chord to tangents in every cell, then its lower convex hull (section 5 of the page).
struct LowerCurve {
    /// P-mass at every lattice point; negative before `makeConvex`.
    private(set) var masses: [Double]
    /// What the curve may lie above the true one.
    private(set) var deficit = 0.0
    private let mesh: Double
    private let ratio: Double

    /// From the split masses of the cells with their errors, losses rising, and masses that stand on lattice points.
    init(_ low: [Double], _ high: [Double], _ error: [Double], atoms: [(point: Int, mass: Double)], mesh: Double) {
        let unit = 0x1p-53
        let count = low.count
        let ratio = exp(mesh)
        self.mesh = mesh
        self.ratio = ratio
        masses = [Double](repeating: 0, count: count + 1)
        var solid = masses
        for cell in 0..<count {
            solid[cell] += max(0, low[cell] - error[cell])
            solid[cell + 1] += max(0, high[cell] - error[cell])
        }
        for atom in atoms { solid[atom.point] += atom.mass * (1 - 16 * unit) }
        /// The distance from chord to tangents where they cross, over (ratio - 1).
        func gap(_ cell: Int) -> Double {
            guard cell >= 0, cell < count else { return 0 }
            let (v, w) = (low[cell] + error[cell], high[cell] + error[cell])
            return v + w > 0 ? v / (v * ratio + w) * w * (1 + 16 * unit) : 0
        }
        func plain(_ point: Int) -> Double { max(gap(point - 1), gap(point)) }
        // Up to `bottom` the new curve is the line that the true one starts with, from `top` it is nothing; `line` and
        // `chord` are how far the chords lie above that, over (ratio - 1). Both ends move inwards until the kink there
        // is convex.
        var bottom = 0
        var (line, before, weight, slips, short, second) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        while true {
            guard bottom < count else { break }
            let (v, w) = (low[bottom] + error[bottom], high[bottom] + error[bottom])
            let least = max(0, low[bottom] - error[bottom])
            second = max(plain(bottom + 1), w > 0 ? (v - line * (least / w) * ratio) * (1 + 16 * unit) : 0)
            let kink = (solid[bottom] - second) + ((1 + ratio) * line - ratio * before)
            if kink >= 0 { break }
            before = line
            weight = ratio * weight + solid[bottom]
            slips += 2 * (bottom > 0 ? error[bottom - 1] + error[bottom] : error[bottom])
            line += weight
            bottom += 1
            short += slips * ratio
        }
        var top = count
        var (chord, beyond, mass, penultimate) = (0.0, 0.0, 0.0, 0.0)
        while top > 0 {
            let (v, w) = (low[top - 1] + error[top - 1], high[top - 1] + error[top - 1])
            let least = max(0, high[top - 1] - error[top - 1])
            penultimate = max(
                plain(top - 1), v > 0 ? (w - chord * (least / v)) / ratio * (1 + 16 * unit) : 0)
            let kink = (solid[top] - beyond) + ((1 + ratio) * chord - ratio * penultimate)
            if kink >= 0 { break }
            beyond = chord
            mass += solid[top]
            chord = (chord + mass) / ratio
            top -= 1
        }
        guard bottom + 1 < top else {
            // The whole law within a few cells: all of it moves to the lowest point.
            masses[0] = solid.reduce(0, +) * (1 - 4 * unit * Double(count))
            return
        }
        let rough = 64 * Double(count - top + bottom + 4)
        var left = before
        for point in bottom...top {
            let middle = drop(point)
            let right = drop(point + 1)
            let size = solid[point] + right + (1 + ratio) * middle + ratio * left
            masses[point] = (solid[point] - right) + ((1 + ratio) * middle - ratio * left)
            masses[point] -= unit * size * (point < bottom + 2 || point > top - 2 ? rough : 16)
            left = middle
        }
        masses[bottom + 1] -= short * (1 + 64 * unit)

        func drop(_ point: Int) -> Double {
            if point == bottom { return line }
            if point == top { return chord }
            if point > top { return beyond }
            var value = plain(point)
            if point == bottom + 1 { value = max(value, second) }
            if point == top - 1 { value = max(value, penultimate) }
            return value
        }
    }

    /// Spreads every negative mass over its neighbours, mean of P and of Q kept, until none is left.
    mutating func makeConvex() {
        let unit = 0x1p-53
        let near = 1 / (ratio + 1) * (1 + 16 * unit)
        let far = ratio / (ratio + 1) * (1 + 16 * unit)
        let last = masses.count - 1
        var kept: [Int] = []
        kept.reserveCapacity(masses.count)
        for point in 0...last {
            if masses[point] >= 0 {
                kept.append(point)
                continue
            }
            guard point < last else {
                deficit -= masses[point]
                masses[point] = 0
                break
            }
            // Shared between the nearest point left of it and the next one; what turns negative there is shared on.
            var index = point
            while masses[index] < 0 {
                let debt = masses[index]
                masses[index] = 0
                guard let left = kept.last else {
                    masses[point + 1] += debt * exp(mesh * Double(point + 1 - index)) * (1 + 32 * unit)
                    break
                }
                if index - left == 1, index == point {
                    masses[left] += debt * near
                    masses[point + 1] += debt * far
                } else {
                    let (below, above) = (mesh * Double(index - left), mesh * Double(point + 1 - index))
                    let span = -expm1(-(below + above))
                    masses[left] += debt * exp(-below) * (-expm1(-above) / span) * (1 + 64 * unit)
                    masses[point + 1] += debt * (-expm1(-below) / span) * (1 + 64 * unit)
                }
                if masses[left] < 0 { kept.removeLast() }
                index = left
            }
        }
        for point in masses.indices { masses[point] *= 1 - 8 * unit }
    }
}
