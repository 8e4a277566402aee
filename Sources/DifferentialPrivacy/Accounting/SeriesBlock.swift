/// Integrals over [0, 1] of e^(a x - b x^2) and of e^(a x - b x^2) (e^(w x) - 1)/w for eight cells at a time, by the
/// power series of the integrand.
///
/// a, b, w are a cell's drift, bend and width. With Y = |a| + w + sqrt(14 b) at most 0.3 the terms after the twelfth are
/// below 2^-54 of the sum, and those that are added cancel by a factor below two (section 5 of the page).
struct SeriesBlock {
    private(set) var drift = SIMD8<Double>(repeating: 0)
    private(set) var width = SIMD8<Double>(repeating: 0)
    private(set) var bend = SIMD8<Double>(repeating: 0)
    private var reach = SIMD8<Double>(repeating: 0)

    private static func reach(_ drift: Double, _ width: Double, _ bend: Double) -> Double {
        abs(drift) + width + (14 * bend).squareRoot()
    }

    static func serves(_ drift: Double, _ width: Double, _ bend: Double) -> Bool { reach(drift, width, bend) <= 0.3 }

    /// Into how many equal parts a cell must be cut.
    static func parts(_ drift: Double, _ width: Double, _ bend: Double) -> Int {
        // The drift of a part is at most that of the whole over the parts, plus twice the bend over the parts.
        let whole = reach(drift + 2 * bend, width, bend)
        return whole < 1e6 ? Int((whole / 0.29).rounded(.up)) : 1 << 23
    }

    mutating func set(_ lane: Int, drift: Double, width: Double, bend: Double) {
        self.drift[lane] = drift
        self.width[lane] = width
        self.bend[lane] = bend
        reach[lane] = Self.reach(drift, width, bend)
    }

    func sums(_ lanes: Int) -> (whole: SIMD8<Double>, rise: SIMD8<Double>) {
        var most = 0.0
        for lane in 0..<lanes { most = max(most, reach[lane]) }
        let terms = most < 0.01 ? 6 : (most < 0.06 ? 8 : 12)
        let twice = bend + bend
        let far = drift + width
        var one = (SIMD8<Double>(repeating: 0), SIMD8<Double>(repeating: 1))
        var two = (SIMD8<Double>(repeating: 0), SIMD8<Double>(repeating: 0))
        var whole = SIMD8<Double>(repeating: 1)
        var rise = SIMD8<Double>(repeating: 0)
        var share = 1.0
        for term in 1...terms {
            let next = Self.inverse(term + 1)
            let nextOne = (drift * one.1 - twice * one.0) * share
            let nextTwo = (far * two.1 + one.1 - twice * two.0) * share
            one = (one.1, nextOne)
            two = (two.1, nextTwo)
            whole += nextOne * next
            rise += nextTwo * next
            share = next
        }
        return (whole, rise)
    }

    /// 1/n without a division.
    private static func inverse(_ n: Int) -> Double {
        switch n {
        case 1: 1
        case 2: 0.5
        case 3: 1.0 / 3
        case 4: 0.25
        case 5: 0.2
        case 6: 1.0 / 6
        case 7: 1.0 / 7
        case 8: 0.125
        case 9: 1.0 / 9
        case 10: 0.1
        case 11: 1.0 / 11
        case 12: 1.0 / 12
        default: 1.0 / 13
        }
    }
}
