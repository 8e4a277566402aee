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
        return unsafe values.withUnsafeBufferPointer { input in
            encode(count: input.count, from: &source) { kernel, range, clipped in
                unsafe kernel.scale(UnsafeBufferPointer(rebasing: input[range]), clipped: &clipped)
            } thresholds: { kernel, range in
                kernel.thresholdsOf32Bits(first: range.lowerBound, count: range.count)
            }
        }
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
        return unsafe values.withUnsafeBufferPointer { input in
            encode(count: input.count, from: &source) { kernel, range, clipped in
                unsafe kernel.scale(UnsafeBufferPointer(rebasing: input[range]), clipped: &clipped)
            } thresholds: { kernel, range in
                kernel.thresholdsOf53Bits(first: range.lowerBound, count: range.count)
            }
        }
    }

    /// Runs the three steps of a tile (scale, draw, round) over the block.
    private func encode(
        count: Int, from source: inout any RandomSource,
        scale: (QuantiserKernel, Range<Int>, inout Int) -> Void,
        thresholds: (QuantiserKernel, Range<Int>) -> Void
    ) -> (values: [Int64], clipped: Int) {
        let kernel = QuantiserKernel(scale: self.scale, clip: clip)
        if rounding == .stochastic { kernel.drawKey(from: &source) }
        var clipped = 0
        let values = unsafe [Int64](unsafeUninitializedCapacity: count) { output, initialised in
            for start in stride(from: 0, to: count, by: QuantiserKernel.tileValues) {
                let range = start..<min(start + QuantiserKernel.tileValues, count)
                let target = unsafe UnsafeMutableBufferPointer(rebasing: output[range])
                scale(kernel, range, &clipped)
                switch rounding {
                case .nearest:
                    unsafe kernel.roundToNearest(into: target)
                case .stochastic:
                    thresholds(kernel, range)
                    unsafe kernel.roundByThreshold(into: target)
                }
            }
            initialised = count
        }
        return (values, clipped)
    }
}
