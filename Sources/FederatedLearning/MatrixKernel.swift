/// Small single-precision matrix products: register tiles of four rows by eight columns, no fused multiply-add, so the
/// same bits come out on every machine with the same vector width in the source.
enum MatrixKernel {
    /// A matrix read with two strides, so that a transpose costs nothing.
    @unsafe struct Operand {
        let base: UnsafePointer<Float>
        let rowStride: Int
        let depthStride: Int
    }

    /// `c[i, j] += sum over k of a(i, k) * b[k, j]` with b and c row-major and contiguous in j (`columns` a row).
    static func accumulate(
        rows: Int, columns: Int, depth: Int, a: Operand, b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>
    ) {
        var row = 0
        while row + 4 <= rows {
            unsafe fourRows(row: row, columns: columns, depth: depth, a: a, b: b, c: c)
            row &+= 4
        }
        while row < rows {
            unsafe oneRow(row: row, columns: columns, depth: depth, a: a, b: b, c: c)
            row &+= 1
        }
    }

    private static func fourRows(
        row: Int, columns: Int, depth: Int, a: Operand, b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>
    ) {
        let a0 = unsafe a.base + row &* a.rowStride
        let a1 = unsafe a0 + a.rowStride
        let a2 = unsafe a1 + a.rowStride
        let a3 = unsafe a2 + a.rowStride
        let step = unsafe a.depthStride
        let c0 = unsafe c + row &* columns
        let c1 = unsafe c0 + columns
        let c2 = unsafe c1 + columns
        let c3 = unsafe c2 + columns
        var column = 0
        while column &+ 8 <= columns {
            var s0 = unsafe load(c0 + column)
            var s1 = unsafe load(c1 + column)
            var s2 = unsafe load(c2 + column)
            var s3 = unsafe load(c3 + column)
            var place = 0
            var line = unsafe b + column
            for _ in 0..<depth {
                let x = unsafe load(line)
                unsafe s0 += x * a0[place]
                unsafe s1 += x * a1[place]
                unsafe s2 += x * a2[place]
                unsafe s3 += x * a3[place]
                place &+= step
                unsafe line += columns
            }
            unsafe store(s0, c0 + column)
            unsafe store(s1, c1 + column)
            unsafe store(s2, c2 + column)
            unsafe store(s3, c3 + column)
            column &+= 8
        }
        while column < columns {
            var s = unsafe SIMD4<Float>(c0[column], c1[column], c2[column], c3[column])
            var place = 0
            for k in 0..<depth {
                let x = unsafe b[k &* columns &+ column]
                unsafe s += SIMD4<Float>(a0[place], a1[place], a2[place], a3[place]) * x
                place &+= step
            }
            unsafe c0[column] = s[0]
            unsafe c1[column] = s[1]
            unsafe c2[column] = s[2]
            unsafe c3[column] = s[3]
            column &+= 1
        }
    }

    private static func oneRow(
        row: Int, columns: Int, depth: Int, a: Operand, b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>
    ) {
        let a0 = unsafe a.base + row &* a.rowStride
        let step = unsafe a.depthStride
        let c0 = unsafe c + row &* columns
        var column = 0
        while column &+ 8 <= columns {
            var s0 = unsafe load(c0 + column)
            var line = unsafe b + column
            var place = 0
            for _ in 0..<depth {
                unsafe s0 += load(line) * a0[place]
                place &+= step
                unsafe line += columns
            }
            unsafe store(s0, c0 + column)
            column &+= 8
        }
        while column < columns {
            var s = unsafe c0[column]
            for k in 0..<depth {
                unsafe s += a0[k &* step] * b[k &* columns &+ column]
            }
            unsafe c0[column] = s
            column &+= 1
        }
    }

    /// `target[j, i] = source[i, j]`, source row-major `rows` by `columns`.
    static func transpose(
        _ source: UnsafePointer<Float>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            for column in 0..<columns {
                unsafe target[column &* rows &+ row] = source[row &* columns &+ column]
            }
        }
    }

    /// `sums[j] += sum over rows of source[i, j]`.
    static func addColumnSums(
        _ source: UnsafePointer<Float>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let line = unsafe source + row &* columns
            for column in 0..<columns {
                unsafe sums[column] += line[column]
            }
        }
    }

    @inline(__always)
    private static func load(_ place: UnsafePointer<Float>) -> SIMD8<Float> {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func load(_ place: UnsafeMutablePointer<Float>) -> SIMD8<Float> {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func store(_ value: SIMD8<Float>, _ place: UnsafeMutablePointer<Float>) {
        unsafe UnsafeMutableRawPointer(place).storeBytes(of: value, as: SIMD8<Float>.self)
    }
}
