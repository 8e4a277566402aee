import Testing

@testable import DifferentialPrivacy

#if canImport(Glibc)
    import Glibc
#endif

/// The plain arithmetic of the lattices against intervals.
@Suite struct LossLatticePropertyTests {
    static let pairs: [(LossPair, EnclosedLossPair, EnclosedLossPair)] = [
        (0.01, 1.0), (0.3, 0.4), (0.9, 5.0), (1e-4, 2.0), (0.05, 30.0), (0.5, 0.15),
    ].map { q, z in
        (LossPair(noise: .gaussian(z), rate: q), .removal(noise: z, rate: q), .addition(noise: z, rate: q))
    }

    /// Every cell's two masses within their stated errors of the interval version.
    @Test func cellsAgreeWithIntervals() throws {
        for (pair, slow, _) in Self.pairs {
            for fineness in [0.02, 0.3, 30] {
                let mesh = Double(Float(fineness * pair.deviation))
                guard let cells = LossCells(pair, mesh: mesh, below: 8, above: 8) else { continue }
                let width = Enclosure.one - (-Enclosure(mesh)).exponential
                var seen = 0
                for cell in stride(
                    from: min(3, cells.low.count / 3), to: cells.low.count - 1, by: max(1, cells.low.count / 500))
                {
                    let place = Double(cells.first + cell) * mesh
                    let odds = exp(place)
                    let left = slow.split(at: Enclosure(place))
                    let right = slow.split(at: Enclosure(place) + Enclosure(mesh))
                    let p = left.above.upper < 0.5 ? left.above - right.above : right.below - left.below
                    let q =
                        left.otherAbove.upper < 0.5
                        ? left.otherAbove - right.otherAbove : right.otherBelow - left.otherBelow
                    let high = (p - q * Enclosure(place).exponential) / width
                    let low = p - high
                    // Losses are off by the displacement, which moves mass over a cell's ends.
                    let near = cells.error[cell] + cells.top.p + cells.bottom.p + cells.bottom.q * odds + 1e-290
                    #expect(
                        cells.high[cell] >= high.lower - near && cells.high[cell] <= high.upper + near,
                        "\(pair) \(cell)")
                    #expect(
                        cells.low[cell] >= low.lower - near && cells.low[cell] <= low.upper + near, "\(pair) \(cell)")
                    if p.lower > 1e-12 { #expect(cells.error[cell] < 1e-8 * p.upper, "\(pair) \(cell)") }
                    seen += 1
                }
                #expect(seen > 10 || fineness > 1)
            }
        }
    }

    /// One step: the curves of both ends lie on either side of the true one at every epsilon, in both directions.
    @Test func oneStepCurvesEncloseTheTrueOne() throws {
        for (pair, removal, addition) in Self.pairs {
            for (adding, slow) in [(false, removal), (true, addition)] {
                let mesh = Double(Float(0.11 * pair.deviation))
                guard let cells = LossCells(pair, mesh: mesh, below: 9, above: 9) else { continue }
                let lattice = LossLattice(cells, adding: adding)
                #expect(lattice.deficit < 1e-10)
                #expect(lattice.lower.reduce(0, +) <= 1 && lattice.upper.reduce(0, +) + lattice.infinite > 1 - 1e-15)
                for step in 0..<60 {
                    let epsilon =
                        Double(lattice.first) * mesh * (1 - Double(step) / 59)
                        + Double(lattice.first + lattice.upper.count) * mesh * Double(step) / 59
                    let split = slow.split(at: Enclosure(epsilon))
                    let exact = split.above - Enclosure(epsilon).exponential * split.otherAbove
                    func delta(_ masses: [Double], shift: Double) -> Double {
                        var sum = 0.0
                        for (index, mass) in masses.enumerated() {
                            let loss = Double(lattice.first + index) * mesh + shift
                            if loss > epsilon { sum -= mass * expm1(epsilon - loss) }
                        }
                        return sum
                    }
                    let upper = delta(lattice.upper, shift: lattice.displacement) + lattice.infinite
                    let lower = delta(lattice.lower, shift: -lattice.displacement)
                    #expect(upper >= exact.lower * (1 - 1e-12) - 1e-300, "\(pair) \(adding) \(epsilon)")
                    #expect(lower <= exact.upper * (1 + 1e-12) + lattice.deficit, "\(pair) \(adding) \(epsilon)")
                }
            }
        }
    }
}
