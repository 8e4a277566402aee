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
            let clamped = input.map { min(max($0, -bound), bound) }
            let inside = clamped == input && Self.squares(input) <= rule.squaredBound
            #expect(result.isClipped == !inside)
            if Self.squares(clamped) <= rule.squaredBound { #expect(result.values == clamped) }
            if inside { kept += 1 } else { clipped += 1 }
            for (before, after) in zip(input, result.values) {
                #expect(after == 0 || (after < 0) == (before < 0))
                #expect(after.magnitude <= before.magnitude)
            }
        }
        #expect(clipped > 100 && kept > 100)
    }

    /// |q| C / R - 1 - 2^-13 < |q'| <= |q| C / R for R = ceil(norm), so that clipping keeps the direction.
    @Test(arguments: bounds) func clippedVectorsAreScaledNotMore(bound: Int64) throws {
        var draw = Draw(99 &+ UInt64(bound))
        for _ in 0..<500 {
            let dimension = Int(draw.next() % 20) + 2
            let input = (0..<dimension).map { _ in Int64(draw.next() % UInt64(2 * bound + 1)) - bound }
            let rule = try L2Clip(bound: bound, dimension: dimension)
            guard Self.squares(input) > rule.squaredBound else { continue }
            var norm = UInt128(IntegerRoot.floor(Self.squares(input)))
            if norm * norm < Self.squares(input) { norm += 1 }
            for (before, after) in zip(input, rule.clip(input).values) {
                let scaled = UInt128(before.magnitude) * UInt128(bound)
                #expect(UInt128(after.magnitude) * norm <= scaled)
                #expect((UInt128(after.magnitude) + 1) * norm + (norm >> 13) + 1 > scaled)
            }
        }
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
    }

    @Test func realsAreTruncatedTowardZero() throws {
        let rule = try L2Clip(bound: 100, dimension: 4)
        let result = rule.clip([0.99, -0.99, 1.5, -7.75], levelsPerUnit: 4)
        #expect(result.values == [3, -3, 6, -31])
        #expect(!result.isClipped && result.isFinite)
        let huge = rule.clip([.greatestFiniteMagnitude, 0, 0, 0], levelsPerUnit: 1e300)
        #expect(huge.values == [100, 0, 0, 0])
        #expect(huge.isClipped && huge.isFinite)
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
