#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The discrete Fourier transform of a length that is a power of two, in place. `forward` leaves its result in
/// bit-reversed order, `inverse` takes it from there; nothing is permuted.
///
/// Twiddle factors come from two tables of sines and cosines by one product each, hence are good to 2^-50.
struct FourierTransform {
    let length: Int
    /// At half + j: e^(-pi i j / half), for half = 1, 2, 4, ... length/2.
    private let cosines: [Double]
    private let sines: [Double]

    private typealias Place = UnsafeMutablePointer<Double>
    private typealias Four = SIMD4<Double>

    init(length: Int) {
        precondition(length >= 4 && length & (length - 1) == 0, "a length that is no power of two")
        self.length = length
        let half = length / 2
        let bits = half.trailingZeroBitCount
        let fine = 1 << (bits / 2)
        let step = Double.pi / Double(half)
        let near = (0..<fine).map { (cos(step * Double($0)), -sin(step * Double($0))) }
        let far = (0..<half / fine).map { (cos(step * Double($0 * fine)), -sin(step * Double($0 * fine))) }
        var c = [Double](repeating: 0, count: length)
        var s = c
        for high in 0..<half / fine {
            let (a, b) = far[high]
            for low in 0..<fine {
                let (x, y) = near[low]
                c[half + high * fine + low] = a * x - b * y
                s[half + high * fine + low] = a * y + b * x
            }
        }
        var stage = half / 2
        while stage >= 1 {
            for index in 0..<stage {
                c[stage + index] = c[2 * stage + 2 * index]
                s[stage + index] = s[2 * stage + 2 * index]
            }
            stage /= 2
        }
        cosines = c
        sines = s
    }

    /// Where the coefficient of minus the frequency at a place of the bit-reversed order stands.
    static func partner(_ place: Int) -> Int {
        place == 0 ? 0 : place ^ ((1 << (Int.bitWidth - 1 - place.leadingZeroBitCount)) - 1)
    }

    func forward(_ real: inout [Double], _ imaginary: inout [Double]) {
        precondition(real.count == length && imaginary.count == length, "vectors of another length")
        unsafe run(&real, &imaginary) { re, im, c, s in
            var half = length / 2
            if length.trailingZeroBitCount & 1 == 1 {
                unsafe Self.halve(re, im, c, s, half)
                half /= 2
            }
            while half >= 2 {
                let quarter = half / 2
                var start = 0
                while start < length {
                    if quarter >= 4 {
                        unsafe Self.quarterForward(re + start, im + start, c, s, quarter)
                    } else {
                        unsafe Self.lastForward(re + start, im + start)
                    }
                    start += 2 * half
                }
                half /= 4
            }
        }
    }

    /// The inverse times the length.
    func inverse(_ real: inout [Double], _ imaginary: inout [Double]) {
        precondition(real.count == length && imaginary.count == length, "vectors of another length")
        unsafe run(&real, &imaginary) { re, im, c, s in
            var quarter = 1
            let odd = length.trailingZeroBitCount & 1 == 1
            while 4 * quarter <= (odd ? length / 2 : length) {
                var start = 0
                while start < length {
                    if quarter >= 4 {
                        unsafe Self.quarterInverse(re + start, im + start, c, s, quarter)
                    } else {
                        unsafe Self.firstInverse(re + start, im + start)
                    }
                    start += 4 * quarter
                }
                quarter *= 4
            }
            if odd { unsafe Self.double(re, im, c, s, length / 2) }
        }
    }

    private func run(
        _ real: inout [Double], _ imaginary: inout [Double], _ body: (Place, Place, Place, Place) -> Void
    ) {
        var (c, s) = (cosines, sines)
        unsafe real.withUnsafeMutableBufferPointer { re in
            unsafe imaginary.withUnsafeMutableBufferPointer { im in
                unsafe c.withUnsafeMutableBufferPointer { c in
                    unsafe s.withUnsafeMutableBufferPointer { s in
                        guard let re = re.baseAddress, let im = im.baseAddress, let c = c.baseAddress,
                            let s = s.baseAddress
                        else { return }
                        unsafe body(re, im, c, s)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func load(_ place: Place) -> Four {
        unsafe UnsafeRawPointer(place).loadUnaligned(as: Four.self)
    }

    @inline(__always)
    private static func store(_ value: Four, _ place: Place) {
        unsafe UnsafeMutableRawPointer(place).storeBytes(of: value, as: Four.self)
    }

    /// One step of decimation in frequency, scalar.
    private static func halve(_ re: Place, _ im: Place, _ c: Place, _ s: Place, _ half: Int) {
        for j in 0..<half {
            let (a, b) = unsafe (re[j], im[j])
            let (x, y) = unsafe (re[j + half], im[j + half])
            let (dx, dy) = (a - x, b - y)
            unsafe re[j] = a + x
            unsafe im[j] = b + y
            unsafe re[j + half] = dx * c[half + j] - dy * s[half + j]
            unsafe im[j + half] = dx * s[half + j] + dy * c[half + j]
        }
    }

    private static func double(_ re: Place, _ im: Place, _ c: Place, _ s: Place, _ half: Int) {
        for j in 0..<half {
            let (x, y) = unsafe (re[j + half], im[j + half])
            let dx = unsafe x * c[half + j] + y * s[half + j]
            let dy = unsafe y * c[half + j] - x * s[half + j]
            let (a, b) = unsafe (re[j], im[j])
            unsafe re[j] = a + dx
            unsafe im[j] = b + dy
            unsafe re[j + half] = a - dx
            unsafe im[j + half] = b - dy
        }
    }

    /// Two steps at once on 4 x quarter numbers, four columns at a time.
    private static func quarterForward(_ re: Place, _ im: Place, _ c: Place, _ s: Place, _ quarter: Int) {
        let (q, h) = (quarter, 2 * quarter)
        var j = 0
        while j < q {
            let (a0, a1) = unsafe (load(re + j), load(re + j + q))
            let (a2, a3) = unsafe (load(re + j + h), load(re + j + h + q))
            let (b0, b1) = unsafe (load(im + j), load(im + j + q))
            let (b2, b3) = unsafe (load(im + j + h), load(im + j + h + q))
            let (c1, s1) = unsafe (load(c + h + j), load(s + h + j))
            let (c2, s2) = unsafe (load(c + q + j), load(s + q + j))
            let (u0, v0) = (a0 + a2, b0 + b2)
            let (u1, v1) = (a1 + a3, b1 + b3)
            let (d0, e0) = (a0 - a2, b0 - b2)
            let (d1, e1) = (a1 - a3, b1 - b3)
            unsafe store(u0 + u1, re + j)
            unsafe store(v0 + v1, im + j)
            let (x1, y1) = (u0 - u1, v0 - v1)
            unsafe store(x1 * c2 - y1 * s2, re + j + q)
            unsafe store(x1 * s2 + y1 * c2, im + j + q)
            // -i (d1 + i e1) = e1 - i d1
            let (x2, y2) = (d0 + e1, e0 - d1)
            unsafe store(x2 * c1 - y2 * s1, re + j + h)
            unsafe store(x2 * s1 + y2 * c1, im + j + h)
            let (c3, s3) = (c1 * c2 - s1 * s2, c1 * s2 + s1 * c2)
            let (x3, y3) = (d0 - e1, e0 + d1)
            unsafe store(x3 * c3 - y3 * s3, re + j + h + q)
            unsafe store(x3 * s3 + y3 * c3, im + j + h + q)
            j += 4
        }
    }

    private static func quarterInverse(_ re: Place, _ im: Place, _ c: Place, _ s: Place, _ quarter: Int) {
        let (q, h) = (quarter, 2 * quarter)
        var j = 0
        while j < q {
            let (c1, s1) = unsafe (load(c + h + j), load(s + h + j))
            let (c2, s2) = unsafe (load(c + q + j), load(s + q + j))
            let (c3, s3) = (c1 * c2 - s1 * s2, c1 * s2 + s1 * c2)
            let (x0, y0) = unsafe (load(re + j), load(im + j))
            let (p1, q1) = unsafe (load(re + j + q), load(im + j + q))
            let (p2, q2) = unsafe (load(re + j + h), load(im + j + h))
            let (p3, q3) = unsafe (load(re + j + h + q), load(im + j + h + q))
            let (x1, y1) = (p1 * c2 + q1 * s2, q1 * c2 - p1 * s2)
            let (x2, y2) = (p2 * c1 + q2 * s1, q2 * c1 - p2 * s1)
            let (x3, y3) = (p3 * c3 + q3 * s3, q3 * c3 - p3 * s3)
            let (u0, v0) = (x0 + x1, y0 + y1)
            let (u1, v1) = (x0 - x1, y0 - y1)
            let (d0, e0) = (x2 + x3, y2 + y3)
            // i (x2 - x3)
            let (d1, e1) = (y3 - y2, x2 - x3)
            unsafe store(u0 + d0, re + j)
            unsafe store(v0 + e0, im + j)
            unsafe store(u1 + d1, re + j + q)
            unsafe store(v1 + e1, im + j + q)
            unsafe store(u0 - d0, re + j + h)
            unsafe store(v0 - e0, im + j + h)
            unsafe store(u1 - d1, re + j + h + q)
            unsafe store(v1 - e1, im + j + h + q)
            j += 4
        }
    }

    /// The last two steps, where all twiddle factors are 1 and -i.
    private static func lastForward(_ re: Place, _ im: Place) {
        let (u0, v0) = unsafe (re[0] + re[2], im[0] + im[2])
        let (u1, v1) = unsafe (re[1] + re[3], im[1] + im[3])
        let (d0, e0) = unsafe (re[0] - re[2], im[0] - im[2])
        let (d1, e1) = unsafe (re[1] - re[3], im[1] - im[3])
        unsafe (re[0], im[0]) = (u0 + u1, v0 + v1)
        unsafe (re[1], im[1]) = (u0 - u1, v0 - v1)
        unsafe (re[2], im[2]) = (d0 + e1, e0 - d1)
        unsafe (re[3], im[3]) = (d0 - e1, e0 + d1)
    }

    private static func firstInverse(_ re: Place, _ im: Place) {
        let (u0, v0) = unsafe (re[0] + re[1], im[0] + im[1])
        let (u1, v1) = unsafe (re[0] - re[1], im[0] - im[1])
        let (d0, e0) = unsafe (re[2] + re[3], im[2] + im[3])
        let (d1, e1) = unsafe (im[3] - im[2], re[2] - re[3])
        unsafe (re[0], im[0]) = (u0 + d0, v0 + e0)
        unsafe (re[1], im[1]) = (u1 + d1, v1 + e1)
        unsafe (re[2], im[2]) = (u0 - d0, v0 - e0)
        unsafe (re[3], im[3]) = (u1 - d1, v1 - e1)
    }
}
