/// Products of small matrices whose columns are examples, eight of them side by side as the lanes of a vector.
///
/// A table of features of many examples is cut into panels of eight examples: [panel][feature][lane]. Weights that meet many
/// panels are spread once, each number over four lanes, so that the innermost loop needs no shuffle: only loads,
/// multiplications and additions, never fused.
/// Source: lstm-attention section 3
enum LaneKernel {
    /// Examples side by side.
    static let lanes = 8

    /// Numbers that `spread` writes.
    static func spreadCount(rows: Int, depth: Int) -> Int { rows * depth * 4 }

    /// Spreads `source(row, k) = source[row * rowStride + k * depthStride]`; `rows` must be a multiple of 4. Each four rows
    /// begin `whole * 16` numbers after the last four, so that another source can take the rest of a greater depth.
    static func spread(
        _ source: UnsafePointer<Float>, rowStride: Int, depthStride: Int, rows: Int, depth: Int, of whole: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        for tile in stride(from: 0, to: rows, by: 4) {
            var out = unsafe target + tile &* whole &* 4
            for k in 0..<depth {
                for row in tile..<(tile &+ 4) {
                    let value = unsafe source[row &* rowStride &+ k &* depthStride]
                    unsafe store(SIMD4(repeating: value), out)
                    unsafe out += 4
                }
            }
        }
    }

    /// `c = bias + w x`, or `c += w x` without a bias, for every panel; of spread weights of depth `whole` the first `depth`
    /// are used. Panels of x and c lie `inputStride` and `outputStride` numbers apart.
    static func multiply(
        _ w: UnsafePointer<Float>, rows: Int, depth: Int, of whole: Int, bias: UnsafePointer<Float>?,
        _ x: UnsafePointer<Float>, inputStride: Int, _ c: UnsafeMutablePointer<Float>, outputStride: Int, panels: Int
    ) {
        for tile in stride(from: 0, to: rows, by: 4) {
            let weights = unsafe w + tile &* whole &* 4
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
            var weight = unsafe load4(weights)
            s0 += weight * low
            s1 += weight * high
            unsafe weight = load4(weights + 4)
            s2 += weight * low
            s3 += weight * high
            unsafe weight = load4(weights + 8)
            s4 += weight * low
            s5 += weight * high
            unsafe weight = load4(weights + 12)
            s6 += weight * low
            s7 += weight * high
            unsafe weights += 16
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
    /// be a multiple of 4. Several steps at a time save additions across lanes.
    static func accumulateOuter(
        _ e: Table, rows: Int, _ x: Table, columns: Int, panels: Int, steps: Int, into g: UnsafeMutablePointer<Float>
    ) {
        for row in stride(from: 0, to: rows, by: 4) {
            var column = 0
            let line = unsafe g + row &* columns
            while column &+ 3 <= columns {
                unsafe fourByThree(
                    e, row &* lanes, x, column &* lanes, panels: panels, steps: steps, line + column, columns)
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
                    unsafe line[part &* columns &+ column] += sum.lowHalf.sum() + sum.highHalf.sum()
                }
                column &+= 1
            }
        }
    }

    private static func fourByThree(
        _ e: Table, _ eOffset: Int, _ x: Table, _ xOffset: Int, panels: Int, steps: Int,
        _ g: UnsafeMutablePointer<Float>, _ columns: Int
    ) {
        let zero = SIMD4<Float>(repeating: 0)
        var (s00, s01, s02, s10, s11, s12) = (zero, zero, zero, zero, zero, zero)
        var (s20, s21, s22, s30, s31, s32) = (zero, zero, zero, zero, zero, zero)
        for step in 0..<steps {
            var a = unsafe e.base + (step &* e.stepStride &+ eOffset)
            var b = unsafe x.base + (step &* x.stepStride &+ xOffset)
            for _ in 0..<panels {
                for half in stride(from: 0, to: 8, by: 4) {
                    let b0 = unsafe load4(b + half)
                    let b1 = unsafe load4(b + (8 &+ half))
                    let b2 = unsafe load4(b + (16 &+ half))
                    var value = unsafe load4(a + half)
                    s00 += value * b0
                    s01 += value * b1
                    s02 += value * b2
                    unsafe value = load4(a + (8 &+ half))
                    s10 += value * b0
                    s11 += value * b1
                    s12 += value * b2
                    unsafe value = load4(a + (16 &+ half))
                    s20 += value * b0
                    s21 += value * b1
                    s22 += value * b2
                    unsafe value = load4(a + (24 &+ half))
                    s30 += value * b0
                    s31 += value * b1
                    s32 += value * b2
                }
                unsafe a += e.panelStride
                unsafe b += x.panelStride
            }
        }
        unsafe addSums(s00, s01, s02, g)
        unsafe addSums(s10, s11, s12, g + columns)
        unsafe addSums(s20, s21, s22, g + 2 &* columns)
        unsafe addSums(s30, s31, s32, g + 3 &* columns)
    }

    @inline(__always)
    private static func addSums(
        _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, _ g: UnsafeMutablePointer<Float>
    ) {
        // three horizontal sums at once
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
