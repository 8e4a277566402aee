internal import CKernels
internal import CryptoPrimitives

/// The key and the scratch memory of one quantisation, or of one thread's part of it; wiped when it ends.
///
/// Keystream is made for a tile of values at a time, so that it stays in the nearest cache; the loops are C.
/// Source: fixed-point section 2
@safe final class QuantiserKernel {
    /// Values of a tile; a multiple of it begins at a keystream block.
    static let tileValues = 2048

    private let codec: FixedPointCodec
    private let generator: KeystreamGenerator
    private let scratch: UnsafeMutableRawBufferPointer
    private let key: UnsafeMutableRawBufferPointer
    private let draws: UnsafeMutableRawBufferPointer

    init(_ codec: FixedPointCodec, drawing generator: KeystreamGenerator = .chaCha20) {
        self.codec = codec
        self.generator = generator
        let tileBytes = QuantiserKernel.tileValues * 8
        unsafe scratch = .allocate(byteCount: tileBytes + 32, alignment: 64)
        unsafe scratch.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe draws = UnsafeMutableRawBufferPointer(rebasing: scratch[..<tileBytes])
        unsafe key = UnsafeMutableRawBufferPointer(rebasing: scratch[tileBytes...])
    }

    /// The same codec and key, for another thread.
    init(sharing other: QuantiserKernel) {
        codec = other.codec
        generator = other.generator
        unsafe scratch = .allocate(byteCount: other.scratch.count, alignment: 64)
        unsafe scratch.copyMemory(from: UnsafeRawBufferPointer(other.scratch))
        unsafe draws = UnsafeMutableRawBufferPointer(rebasing: scratch[..<(scratch.count - 32)])
        unsafe key = UnsafeMutableRawBufferPointer(rebasing: scratch[(scratch.count - 32)...])
    }

    deinit {
        unsafe wipe(scratch)
        unsafe scratch.deallocate()
    }

    func drawKey(from source: inout any RandomSource) {
        unsafe source.fill(key)
    }

    /// The position of the first NaN or infinity.
    static func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
        guard ck_verdict(unsafe anyNonFinite(values)) != 0 else { return nil }
        return unsafe values.firstIndex { !$0.isFinite }
    }

    /// Not zero when there is a NaN or an infinity, a bit that is as secret as the values.
    static func anyNonFinite(_ values: UnsafeBufferPointer<Float>) -> UInt64 {
        guard let base = values.baseAddress else { return 0 }
        return unsafe UInt64(ck_any_not_finite_f32(base, values.count, KernelPath.automatic.rawValue))
    }

    /// The position of the first NaN or infinity.
    static func firstNonFinite(_ values: UnsafeBufferPointer<Double>) -> Int? {
        let exponent: UInt64 = 0x7FF0_0000_0000_0000
        var found: UInt64 = 0
        for index in 0..<values.count {
            found |= unsafe (values[index].bitPattern & exponent) == exponent ? 1 : 0
        }
        guard ck_verdict(found) != 0 else { return nil }
        return unsafe values.firstIndex { !$0.isFinite }
    }

    /// Encodes `values`, which begin at value `first` (a multiple of 16) of the call; returns how many were clipped.
    func encode(_ values: UnsafeBufferPointer<Float>, first: Int, into output: UnsafeMutablePointer<Int64>) -> Int {
        guard let input = values.baseAddress else { return 0 }
        var clipped: UInt64 = 0
        for start in stride(from: 0, to: values.count, by: QuantiserKernel.tileValues) {
            let count = min(QuantiserKernel.tileValues, values.count - start)
            let words = unsafe drawn(bytes: 4 * count, from: 4 * (first + start))
            unsafe clipped &+= ck_quantise_f32(
                output + start, input + start, count, codec.scale, codec.clip,
                words?.assumingMemoryBound(to: UInt32.self), KernelPath.automatic.rawValue)
        }
        return Int(truncatingIfNeeded: clipped)
    }

    /// The same for Doubles; `first` is a multiple of 8.
    func encode(_ values: UnsafeBufferPointer<Double>, first: Int, into output: UnsafeMutablePointer<Int64>) -> Int {
        guard let input = values.baseAddress else { return 0 }
        var clipped: UInt64 = 0
        for start in stride(from: 0, to: values.count, by: QuantiserKernel.tileValues) {
            let count = min(QuantiserKernel.tileValues, values.count - start)
            let words = unsafe drawn(bytes: 8 * count, from: 8 * (first + start))
            unsafe clipped &+= ck_quantise_f64(
                output + start, input + start, count, codec.scale, codec.clip,
                words?.assumingMemoryBound(to: UInt64.self), KernelPath.automatic.rawValue)
        }
        return Int(truncatingIfNeeded: clipped)
    }

    /// Keystream from a byte on, null when nothing is drawn.
    private func drawn(bytes: Int, from position: Int) -> UnsafeRawPointer? {
        guard codec.rounding == .stochastic else { return nil }
        unsafe generator.keystream(
            into: UnsafeMutableRawBufferPointer(rebasing: draws[..<bytes]), key: UnsafeRawBufferPointer(key),
            blockIndex: UInt32(position / ChaCha20.blockBytes))
        return unsafe UnsafeRawPointer(draws.baseAddress)
    }
}
