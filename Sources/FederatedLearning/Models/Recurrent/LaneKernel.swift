internal import CKernels

/// Products of small matrices whose columns are examples, eight of them side by side as the lanes of a vector.
///
/// A table of features of many examples is cut into panels of eight examples: [panel][feature][lane]. Weights that meet many
/// panels are packed once, four rows side by side. Multiplications and additions in a fixed order, never fused: where a
/// processor has wider vectors, `CKernels` comes to the same bits as the loops here.
/// Source: lstm-attention section 3
enum LaneKernel {
    /// Examples side by side.
    static let lanes = 8

    /// How products are computed: an upper bound on the instructions used. Results do not depend on it.
    enum Path: Int32, CaseIterable {
        case automatic = 0
        case portable = 1
        case avx2 = 2
        case avx512 = 3
    }

    /// Packs `source(row, k) = source[row * rowStride + k * depthStride]` as [four rows][k][row]; `rows` must be a multiple of
    /// 4. Each four rows begin `whole * 4` numbers after the last four, so that another source can take the rest of a greater
    /// depth.
    static func pack(
        _ source: UnsafePointer<Float>, rowStride: Int, depthStride: Int, rows: Int, depth: Int, of whole: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        for tile in stride(from: 0, to: rows, by: 4) {
            let out = unsafe target + tile &* whole
            for row in 0..<4 {
                let line = unsafe source + (tile &+ row) &* rowStride
                for k in 0..<depth { unsafe out[k &* 4 &+ row] = line[k &* depthStride] }
            }
        }
    }

    /// `c = bias + w x`, or `c += w x` without a bias, for every panel; of packed weights of depth `whole` the first `depth`
    /// are used. Panels of x and c lie `inputStride` and `outputStride` numbers apart.
    static func multiply(
        _ w: UnsafePointer<Float>, rows: Int, depth: Int, of whole: Int, bias: UnsafePointer<Float>?,
        _ x: UnsafePointer<Float>, inputStride: Int, _ c: UnsafeMutablePointer<Float>, outputStride: Int, panels: Int,
        path: Path = .automatic
    ) {
        let done = unsafe ck_lanes_multiply(
            w, rows, depth, whole, bias, x, inputStride, c, outputStride, panels, path.rawValue)
        if done != 0 { return }
        for tile in stride(from: 0, to: rows, by: 4) {
            let weights = unsafe w + tile &* whole
            for panel in 0..<panels {
                let out = unsafe c + (panel &* outputStride &+ tile &* lanes)
                if let bias = unsafe bias {
                    for row in 0..<4 {
                        let value = unsafe SIMD8<Float>(repeating: bias[tile &+ row])
                        unsafe store(value, out + row &* lanes)
                    }
                }
                unsafe fourRows(weights, x + panel &* inputStride, out, depth: depth)
            }
        }
    }

    private static func fourRows(
        _ w: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, depth: Int
    ) {
        var s0 = unsafe load4(c)
        var s1 = unsafe load4(c + 4)
        var s2 = unsafe load4(c + 8)
        var s3 = unsafe load4(c + 12)
        var s4 = unsafe load4(c + 16)
        var s5 = unsafe load4(c + 20)
        var s6 = unsafe load4(c + 24)
        var s7 = unsafe load4(c + 28)
        var weights = unsafe w
        var inputs = unsafe x
        for _ in 0..<depth {
            let low = unsafe load4(inputs)
            let high = unsafe load4(inputs + 4)
            let four = unsafe load4(weights)
            var weight = SIMD4(repeating: four[0])
            s0 += weight * low
            s1 += weight * high
            weight = SIMD4(repeating: four[1])
            s2 += weight * low
            s3 += weight * high
            weight = SIMD4(repeating: four[2])
            s4 += weight * low
            s5 += weight * high
            weight = SIMD4(repeating: four[3])
            s6 += weight * low
            s7 += weight * high
            unsafe weights += 4
            unsafe inputs += 8
        }
        unsafe store(s0, c)
        unsafe store(s1, c + 4)
        unsafe store(s2, c + 8)
        unsafe store(s3, c + 12)
        unsafe store(s4, c + 16)
        unsafe store(s5, c + 20)
        unsafe store(s6, c + 24)
        unsafe store(s7, c + 28)
    }

    /// Panels of examples at some steps in a row.
    @unsafe struct Table {
        let base: UnsafePointer<Float>
        /// Numbers from panel to panel and from step to step.
        let panelStride: Int
        let stepStride: Int
    }

    /// `g[row, column] += sum over steps and examples of e[row] * x[column]`, with g row-major, `columns` a row; `rows` must
    /// be a multiple of 4. Each lane is summed by itself and lanes are added at the end, so that several steps at a time save
    /// additions.
    static func accumulateOuter(
        _ e: Table, rows: Int, _ x: Table, columns: Int, panels: Int, steps: Int, into g: UnsafeMutablePointer<Float>,
        path: Path = .automatic
    ) {
        let done = unsafe ck_lanes_outer(
            e.base, e.panelStride, e.stepStride, rows, x.base, x.panelStride, x.stepStride, columns, panels, steps, g,
            path.rawValue)
        if done != 0 { return }
        for row in stride(from: 0, to: rows, by: 4) {
            var column = 0
            let line = unsafe g + row &* columns
            while column &+ 3 <= columns {
                let low = unsafe fourByThree(e, row &* lanes, x, column &* lanes, panels: panels, steps: steps)
                let high = unsafe fourByThree(
                    e, row &* lanes &+ 4, x, column &* lanes &+ 4, panels: panels, steps: steps)
                let place = unsafe line + column
                unsafe addSums(low.0, high.0, place)
                unsafe addSums(low.1, high.1, place + columns)
                unsafe addSums(low.2, high.2, place + 2 &* columns)
                unsafe addSums(low.3, high.3, place + 3 &* columns)
                column &+= 3
            }
            while column < columns {
                for part in 0..<4 {
                    var sum = SIMD8<Float>(repeating: 0)
                    for step in 0..<steps {
                        let left = unsafe e.base + (step &* e.stepStride &+ (row &+ part) &* lanes)
                        let right = unsafe x.base + (step &* x.stepStride &+ column &* lanes)
                        for panel in 0..<panels {
                            unsafe sum += load8(left + panel &* e.panelStride) * load8(right + panel &* x.panelStride)
                        }
                    }
                    let four = sum.lowHalf + sum.highHalf
                    let two = four.lowHalf + four.highHalf
                    unsafe line[part &* columns &+ column] += two[0] + two[1]
                }
                column &+= 1
            }
        }
    }

    /// Three sums of four lanes each.
    private struct Sums {
        var first = SIMD4<Float>(repeating: 0)
        var second = SIMD4<Float>(repeating: 0)
        var third = SIMD4<Float>(repeating: 0)

        @inline(__always)
        mutating func add(_ value: SIMD4<Float>, _ b0: SIMD4<Float>, _ b1: SIMD4<Float>, _ b2: SIMD4<Float>) {
            first += value * b0
            second += value * b1
            third += value * b2
        }
    }

    /// Four lanes of four rows by three columns.
    private static func fourByThree(
        _ e: Table, _ eOffset: Int, _ x: Table, _ xOffset: Int, panels: Int, steps: Int
    ) -> (Sums, Sums, Sums, Sums) {
        var (s0, s1, s2, s3) = (Sums(), Sums(), Sums(), Sums())
        for step in 0..<steps {
            var a = unsafe e.base + (step &* e.stepStride &+ eOffset)
            var b = unsafe x.base + (step &* x.stepStride &+ xOffset)
            for _ in 0..<panels {
                let b0 = unsafe load4(b)
                let b1 = unsafe load4(b + 8)
                let b2 = unsafe load4(b + 16)
                unsafe s0.add(load4(a), b0, b1, b2)
                unsafe s1.add(load4(a + 8), b0, b1, b2)
                unsafe s2.add(load4(a + 16), b0, b1, b2)
                unsafe s3.add(load4(a + 24), b0, b1, b2)
                unsafe a += e.panelStride
                unsafe b += x.panelStride
            }
        }
        return (s0, s1, s2, s3)
    }

    @inline(__always)
    private static func addSums(_ low: Sums, _ high: Sums, _ g: UnsafeMutablePointer<Float>) {
        // three sums across lanes at once
        let (a, b, c) = (low.first + high.first, low.second + high.second, low.third + high.third)
        let ab = SIMD4(lowHalf: a.lowHalf + a.highHalf, highHalf: b.lowHalf + b.highHalf)
        let cc = c.lowHalf + c.highHalf
        let pair = ab.evenHalf + ab.oddHalf
        unsafe g[0] += pair[0]
        unsafe g[1] += pair[1]
        unsafe g[2] += cc[0] + cc[1]
    }

    @inline(__always)
    static func load4(_ place: UnsafePointer<Float>) -> SIMD4<Float> {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    static func load4(_ place: UnsafeMutablePointer<Float>) -> SIMD4<Float> {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    static func load8(_ place: UnsafePointer<Float>) -> SIMD8<Float> {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    static func load8(_ place: UnsafeMutablePointer<Float>) -> SIMD8<Float> {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    static func store(_ value: SIMD4<Float>, _ place: UnsafeMutablePointer<Float>) {
        unsafe UnsafeMutableRawPointer(place).storeBytes(of: value, as: SIMD4<Float>.self)
    }

    @inline(__always)
    static func store(_ value: SIMD8<Float>, _ place: UnsafeMutablePointer<Float>) {
        unsafe UnsafeMutableRawPointer(place).storeBytes(of: value, as: SIMD8<Float>.self)
    }
}
