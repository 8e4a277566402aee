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
    /// The result is that of `quantise` and `PackedVector(packing:layout:)`, with u from the keystream of `generator`.
    ///
    /// - Parameters:
    ///   - generator: expands the key of the draws; one that this machine cannot run is the caller's error. Nobody else ever
    ///     needs the draws again, so it is not part of the protocol: AES-256-CTR is the faster one where it runs.
    ///   - threads: at most so many share the work.
    /// - Throws: `nonFiniteInput`, `vectorTooLarge`, `elementOutOfRange` when a level is outside the ring; the first and the
    ///   last may come after the key was drawn, and what was encoded by then is wiped.
    /// - Complexity: one core, AVX-512: about 0.6 ns a value, and the draws: 0.3 ns by AES with VAES, 0.9 by ChaCha20.
    /// Source: mask-kernels section 3
    public func quantise(
        _ values: [Float], packedAs layout: LaneLayout, from source: inout any RandomSource,
        drawing generator: KeystreamGenerator = .chaCha20, threads: Int = Workers.all
    ) throws(RingFailure) -> (vector: PackedVector, clipped: Int) {
        guard values.count <= PackedVector.maximumCount else { throw .vectorTooLarge }
        let kernel = QuantiserKernel(self, drawing: generator)
        if rounding == .stochastic { kernel.drawKey(from: &source) }
        let totals = QuantiserTotals()
        var vector = unsafe PackedVector(filling: values.count, layout: layout) { words in
            unsafe values.withUnsafeBufferPointer { input in
                let (input, shared) = unsafe (SharedBytes(UnsafeRawBufferPointer(input)), SharedBuffer(words))
                let byteCount = 8 * words.count
                let first = FirstKernel(kernel)
                Workers.forEachRange(of: words.count, threads: threads, least: 1 << 16, multiple: 64) { range in
                    let own = QuantiserKernel(sharing: first.kernel)
                    let range = unsafe (range, shared[range])
                    unsafe FreshPages.prepare(UnsafeMutableRawBufferPointer(range.1), of: byteCount)
                    unsafe totals.add(own.encode(input, words: range.0, into: range.1, layout: layout))
                }
            }
        }
        let index =
            ck_verdict(totals.nonFinite) == 0
            ? nil : unsafe values.withUnsafeBufferPointer { unsafe $0.firstIndex { !$0.isFinite } }
        guard index == nil, ck_verdict(totals.excess) == 0 else {
            vector.wipe()
            throw index.map { .nonFiniteInput(index: $0) } ?? .elementOutOfRange
        }
        return (vector, totals.clipped)
    }
}
