#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Chernoff bounds on both tails of a sum under its tilted laws: ln P[S >= x] <= constant - slope x for every line of
/// `above`, ln P[S <= x] <= constant + slope x for every line of `below`.
struct TailBound {
    private struct Line {
        let slope: Double
        let constant: Double
    }

    private var aboveLines: [Line] = []
    private var belowLines: [Line] = []
    /// Mean and standard deviation of the tilted sum, roughly.
    let mean: Double
    let deviation: Double

    /// From the logarithm of the (untilted) moment function, larger of both laws, and from that of the law by which both were
    /// normalised at the tilt; `error` bounds their relative error. Mean and deviation are the upper law's: they only steer
    /// the slopes, and a difference of the two laws over a small step would drown them.
    init(
        tilt: Double, scale: Double, error: Double, base: Double, upper: (Double) -> Double,
        larger logMoment: (Double) -> Double
    ) {
        let nudge = 0.02 / scale
        let (right, left) = (upper(tilt + nudge), upper(tilt - nudge))
        mean = (right - left) / (2 * nudge)
        deviation = max(1e-3 * scale * scale, (right + left - 2 * base) / (nudge * nudge)).squareRoot()
        for factor in [0.6, 1.2, 2, 3.2, 5, 7, 10] {
            let slope = factor / deviation
            aboveLines.append(Line(slope: slope, constant: logMoment(tilt + slope) - base + error))
            belowLines.append(Line(slope: slope, constant: logMoment(tilt - slope) - base + error))
        }
    }

    func logAbove(_ x: Double) -> Double { aboveLines.reduce(0) { min($0, $1.constant - $1.slope * x) } }

    func logBelow(_ x: Double) -> Double { belowLines.reduce(0) { min($0, $1.constant + $1.slope * x) } }

    /// Where ln P[S >= x] - bias (x - centre) is at most -goal.
    func upperEnd(goal: Double, bias: Double, centre: Double) -> Double {
        aboveLines.reduce(bias > 0 ? centre + goal / bias : .infinity) {
            min($0, ($1.constant + goal + bias * centre) / ($1.slope + bias))
        }
    }

    func lowerEnd(goal: Double) -> Double {
        belowLines.reduce(-Double.infinity) { max($0, -($1.constant + goal) / $1.slope) }
    }
}
