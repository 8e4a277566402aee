internal import CKernels
public import CryptoPrimitives

extension FixedPointCodec {
    /// Encodes a whole vector; see the slice form for the exact rule.
    public func quantise(
        _ values: [Float], from source: inout any RandomSource
    ) throws(RingFailure) -> (values: [Int64], clipped: Int) {
        try quantise(values[...], from: &source)
    }

    /// Encodes a whole vector; see the slice form for the exact rule.
    public func quantise(
        _ values: [Double], from source: inout any RandomSource
    ) throws(RingFailure) -> (values: [Int64], clipped: Int) {
        try quantise(values[...], from: &source)
    }

    /// Encodes one block of a vector; blocks may have codecs of different clips and one `valueBound`.
    ///
    /// x = Double(clamp(v, -clip, clip)) * scale in Double.  Stochastic: one 32-byte key is drawn from `source`; u is the
    /// little-endian 32-bit word i of its ChaCha20 keystream for value i of the block; the result is floor(x), plus 1 when
    /// x - floor(x) >= 1 - u / 2^32.  Nearest: ties to even, nothing drawn.
    /// Returns the levels and how many values were clipped.  Throws `nonFiniteInput` with the position in the array the
    /// slice was taken from, before anything is drawn or encoded.
    /// Source: fixed-point section 2
    public func quantise(
        _ values: ArraySlice<Float>, from source: inout any RandomSource
    ) throws(RingFailure) -> (values: [Int64], clipped: Int) {
        if let index = unsafe values.withUnsafeBufferPointer({ unsafe QuantiserKernel.firstNonFinite($0) }) {
            throw .nonFiniteInput(index: values.startIndex + index)
        }
        let kernel = QuantiserKernel(self)
        if rounding == .stochastic { kernel.drawKey(from: &source) }
        var clipped = 0
        let levels = unsafe values.withUnsafeBufferPointer { input in
            unsafe [Int64](unsafeUninitializedCapacity: input.count) { output, initialised in
                if let output = output.baseAddress { unsafe clipped = kernel.encode(input, first: 0, into: output) }
                initialised = input.count
            }
        }
        return (levels, clipped)
    }

    /// Encodes one block of Doubles, by the rule of the Float form with finer randomness.
    ///
    /// u is the little-endian 64-bit word i of the keystream shifted right by 11, and 1 is added to floor(x) when
    /// x - floor(x) >= 1 - u / 2^53.
    /// Source: fixed-point section 2
    public func quantise(
        _ values: ArraySlice<Double>, from source: inout any RandomSource
    ) throws(RingFailure) -> (values: [Int64], clipped: Int) {
        if let index = unsafe values.withUnsafeBufferPointer({ unsafe QuantiserKernel.firstNonFinite($0) }) {
            throw .nonFiniteInput(index: values.startIndex + index)
        }
        let kernel = QuantiserKernel(self)
        if rounding == .stochastic { kernel.drawKey(from: &source) }
        var clipped = 0
        let levels = unsafe values.withUnsafeBufferPointer { input in
            unsafe [Int64](unsafeUninitializedCapacity: input.count) { output, initialised in
                if let output = output.baseAddress { unsafe clipped = kernel.encode(input, first: 0, into: output) }
                initialised = input.count
            }
        }
        return (levels, clipped)
    }

    /// Encodes a whole vector and packs it, without the levels in between ever being in memory beyond a tile.
    ///
    /// The result is that of `quantise` and `PackedVector(packing:layout:)`.
    ///
    /// - Parameter threads: at most so many share the work.
    /// - Throws: `nonFiniteInput`, `vectorTooLarge`, `elementOutOfRange` when a level is outside the ring; the last may come
    ///   after the key was drawn.
    /// - Complexity: about 0.5 ns a value with AVX-512, one core.
    /// Source: mask-kernels section 3
    public func quantise(
        _ values: [Float], packedAs layout: LaneLayout, from source: inout any RandomSource, threads: Int = Workers.all
    ) throws(RingFailure) -> (vector: PackedVector, clipped: Int) {
        guard values.count <= PackedVector.maximumCount else { throw .vectorTooLarge }
        if let index = unsafe values.withUnsafeBufferPointer({ unsafe QuantiserKernel.firstNonFinite($0) }) {
            throw .nonFiniteInput(index: index)
        }
        let kernel = QuantiserKernel(self)
        if rounding == .stochastic { kernel.drawKey(from: &source) }
        let totals = QuantiserTotals()
        var vector = unsafe PackedVector(filling: values.count, layout: layout) { words in
            unsafe values.withUnsafeBufferPointer { input in
                let (input, shared) = unsafe (SharedBytes(UnsafeRawBufferPointer(input)), SharedBuffer(words))
                let first = FirstKernel(kernel)
                Workers.forEachRange(of: words.count, threads: threads, least: 1 << 16, multiple: 64) { range in
                    let own = QuantiserKernel(sharing: first.kernel)
                    let range = unsafe (range, shared[range])
                    unsafe totals.add(own.encode(input, words: range.0, into: range.1, layout: layout))
                }
            }
        }
        guard ck_verdict(totals.excess) == 0 else {
            vector.wipe()
            throw .elementOutOfRange
        }
        return (vector, totals.clipped)
    }
}
