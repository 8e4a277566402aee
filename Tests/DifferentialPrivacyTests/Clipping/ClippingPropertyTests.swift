import Testing

@testable import DifferentialPrivacy

@Suite struct ClippingPropertyTests {
    static let bounds: [Int64] = [1, 2, 3, 10, 1000, 1 << 20, (1 << 31) - 1, 1 << 40, (1 << 51) - 1, 1 << 51]

    /// The exact sum of squares by full products.
    private static func squares(_ values: some Collection<Int64>) -> UInt128 {
        values.reduce(0) { $0 + UInt128($1.magnitude) * UInt128($1.magnitude) }
    }

    /// Vectors of every kind near and far from a bound.
    private static func vector(_ draw: inout Draw, bound: Int64, dimension: Int) -> [Int64] {
        let kind = draw.next() % 8
        let reach = UInt64(bound.magnitude)
        return (0..<dimension).map { index in
            let random = Int64(bitPattern: draw.next())
            switch kind {
            case 0: return [Int64.min, .max, 0, -1, bound, -bound, bound + 1][Int(draw.next() % 7)]
            case 1: return random
            case 2: return index == 0 ? (random < 0 ? -bound : bound) : Int64(draw.next() % 2)
            case 3: return Int64(draw.next() % (reach + 1))
            case 4: return -Int64(draw.next() % (reach / UInt64(dimension) + 1))
            case 5: return bound
            case 6: return random % (bound &* 2 + 1)
            default: return Int64(draw.next() % 3) - 1
            }
        }
    }

    @Test(arguments: bounds) func nothingLeavesTheBall(bound: Int64) throws {
        var draw = Draw(UInt64(bound))
        var (clipped, kept) = (0, 0)
        for round in 0..<3000 {
            let dimension = round % 100 == 0 ? 5000 : Int(draw.next() % 40) + 1
            let rule = try L2Clip(bound: bound, dimension: dimension)
            let input = Self.vector(&draw, bound: bound, dimension: dimension)
            let result = rule.clip(input)
            #expect(Self.squares(result.values) <= rule.squaredBound)
            #expect(rule.clip(result.values).values == result.values)
            #expect(!rule.clip(result.values).isClipped)
            let near = input.allSatisfy { $0.magnitude <= bound.magnitude }
            let inside = near && Self.squares(input) <= rule.squaredBound
            #expect(result.isClipped == !inside)
            if inside { #expect(result.values == input) }
            if inside { kept += 1 } else { clipped += 1 }
            for (before, after) in zip(input, result.values) {
                #expect(after == 0 || (after < 0) == (before < 0))
                #expect(after.magnitude <= before.magnitude)
            }
        }
        #expect(clipped > 100 && kept > 100)
    }

    /// |q'| = floor(|q| C / R) for R = ceil(norm), to the integer, as long as squares add up.
    @Test(arguments: bounds) func clippedVectorsAreScaledNotMore(bound: Int64) throws {
        var draw = Draw(99 &+ UInt64(bound))
        for _ in 0..<500 {
            let dimension = Int(draw.next() % 20) + 2
            let reach = min(64 * UInt64(bound), (1 << 57))
            let input = (0..<dimension).map { _ in Int64(draw.next() % reach) - Int64(reach / 2) }
            let rule = try L2Clip(bound: bound, dimension: dimension)
            guard Self.squares(input) > rule.squaredBound else { continue }
            var norm = UInt128(IntegerRoot.floor(Self.squares(input)))
            if norm * norm < Self.squares(input) { norm += 1 }
            for (before, after) in zip(input, rule.clip(input).values) {
                #expect(UInt128(after.magnitude) == UInt128(before.magnitude) * UInt128(bound) / norm)
            }
        }
    }

    /// Beyond that the direction stays too: at most 3 + 2 (sqrt d + 1) |q_j| / |q| levels from q C / |q|.
    @Test(arguments: bounds) func directionsStayWhateverTheLargestElement(bound: Int64) throws {
        var draw = Draw(7 &+ UInt64(bound))
        var (worst, beyond) = (0.0, 0)
        for round in 0..<2000 {
            let dimension = round % 200 == 0 ? 3000 : Int(draw.next() % 20) + 1
            let bits = 63 - draw.next() % 24
            var input = (0..<dimension).map { _ in Int64(bitPattern: draw.next()) >> Int64(63 - bits) }
            if draw.next() % 4 == 0 { input[0] = draw.next() % 2 == 0 ? .min : .max }
            let rule = try L2Clip(bound: bound, dimension: dimension)
            // The norm to some 60 bits, by scaled squares in whole numbers.
            let squares = input.reduce(0.0) { $0 + Double($1) * Double($1) }
            let norm = squares.squareRoot()
            guard norm > Double(bound) * 1.001 else { continue }
            beyond += input.contains { $0.magnitude > bound.magnitude } ? 1 : 0
            let result = rule.clip(input)
            #expect(Self.squares(result.values) <= rule.squaredBound && result.isClipped)
            for (before, after) in zip(input, result.values) {
                let exact = Double(before) / norm * Double(bound)
                let share = abs(Double(before)) / norm
                let allowed = 3 + 2 * (Double(dimension).squareRoot() + 1) * share + abs(exact) * 1e-12
                worst = max(worst, abs(Double(after) - exact) / allowed)
                #expect(after == 0 || (after < 0) == (before < 0))
            }
        }
        #expect(beyond > 1000)
        #expect(worst <= 1)
    }

    @Test func zeroStaysZeroAndTheEdgeIsInside() throws {
        let rule = try L2Clip(bound: 5, dimension: 2)
        #expect(rule.clip([0, 0]).values == [0, 0])
        for edge in [[3, 4], [-3, 4], [5, 0], [0, -5]] as [[Int64]] {
            #expect(rule.clip(edge).values == edge)
            #expect(!rule.clip(edge).isClipped)
        }
        #expect(rule.clip([4, 4]).isClipped)
        #expect(rule.clip([6, 0]).isClipped)
        #expect(rule.clip([6, 0]).values == [5, 0])
        // Clamping first would turn these into (3, 3).
        #expect(rule.clip([.max, 1]).values == [5, 0])
        #expect(rule.clip([30, -40]).values == [3, -4])
        #expect(rule.clip([.min, .max]).values == [-3, 3])
    }

    @Test func realsAreTruncatedTowardZero() throws {
        let rule = try L2Clip(bound: 100, dimension: 4)
        let result = rule.clip([0.99, -0.99, 1.5, -7.75], levelsPerUnit: 4)
        #expect(result.values == [3, -3, 6, -31])
        #expect(!result.isClipped && result.isFinite)
        let huge = rule.clip([.greatestFiniteMagnitude, 0, 0, 0], levelsPerUnit: 1e300)
        #expect(huge.values == [100, 0, 0, 0])
        #expect(huge.isClipped && huge.isFinite)
        let mixed = rule.clip([3e38, -2e38, 1, 0], levelsPerUnit: 0x1p890)
        #expect(mixed.values == [83, -55, 0, 0])
        let wide = rule.clip([0x1.8p101, -0x1p102, 1, 0], levelsPerUnit: 1)
        #expect(wide.values == [60, -80, 0, 0])
        #expect(wide.isClipped && mixed.isClipped)
        let tiny = rule.clip([.leastNonzeroMagnitude, -0.0, 100, 0], levelsPerUnit: 1)
        #expect(tiny.values == [0, 0, 100, 0])
        #expect(!tiny.isClipped)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN]) func notANumberCostsNothing(bad: Float) throws {
        let rule = try L2Clip(bound: 100, dimension: 3)
        for place in 0..<3 {
            var input: [Float] = [50, -60, 70]
            input[place] = bad
            let result = rule.clip(input, levelsPerUnit: 1)
            #expect(result.values == [0, 0, 0])
            #expect(!result.isFinite && !result.isClipped)
            let layers = try LayerClip([try L2Clip(bound: 9, dimension: 1), try L2Clip(bound: 9, dimension: 2)])
            #expect(layers.clip(input, levelsPerUnit: [1, 1]).values == [0, 0, 0])
        }
    }

    @Test func layersKeepTheirOwnBounds() throws {
        var draw = Draw(4)
        let rule = try LayerClip([
            try L2Clip(bound: 10, dimension: 3), try L2Clip(bound: 1 << 51, dimension: 2),
            try L2Clip(bound: 77, dimension: 5),
        ])
        #expect(rule.dimension == 10)
        #expect(rule.squaredBound == UInt128(100 + 77 * 77) + UInt128(1) << 102)
        for _ in 0..<2000 {
            let input = Self.vector(&draw, bound: 60, dimension: 10)
            let result = rule.clip(input)
            var start = 0
            var clipped = false
            for layer in rule.layers {
                let part = layer.clip(Array(input[start..<start + layer.dimension]))
                #expect(Array(result.values[start..<start + layer.dimension]) == part.values)
                clipped = clipped || part.isClipped
                start += layer.dimension
            }
            #expect(result.isClipped == clipped)
            #expect(Self.squares(result.values) <= rule.squaredBound)
        }
        let reals = rule.clip([1, 2, 2, 5, 5, 1, 1, 1, 1, 1], levelsPerUnit: [3, 1, 100])
        #expect(Array(reals.values[0..<5]) == [3, 6, 6, 5, 5])
        #expect(reals.isClipped)
    }

    @Test func rulesOutOfRangeAreRefused() throws {
        #expect(throws: ClipRefusal.boundOutOfRange) { try L2Clip(bound: 0, dimension: 1) }
        #expect(throws: ClipRefusal.boundOutOfRange) { try L2Clip(bound: (1 << 51) + 1, dimension: 1) }
        #expect(throws: ClipRefusal.dimensionOutOfRange(largest: 1 << 24)) {
            try L2Clip(bound: 1 << 51, dimension: (1 << 24) + 1)
        }
        #expect(throws: ClipRefusal.dimensionOutOfRange(largest: 1 << 32)) { try L2Clip(bound: 1, dimension: 0) }
        #expect(throws: ClipRefusal.dimensionOutOfRange(largest: 1 << 32)) { try LayerClip([]) }
        let wide = try L2Clip(bound: 1, dimension: 1 << 32)
        #expect(throws: ClipRefusal.dimensionOutOfRange(largest: 1 << 32)) { try LayerClip([wide, wide]) }
    }
}
