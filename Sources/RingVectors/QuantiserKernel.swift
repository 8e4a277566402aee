internal import CryptoPrimitives

/// The scratch memory and the loops of one quantisation, 256 values at a time; wiped when it ends.
///
/// Adding 1.5 * 2^52 to a Double of magnitude at most 2^51 rounds it to an integer, ties to even, and leaves that
/// integer in the low bits of the sum, so no loop needs a conversion instruction or a branch.
/// Source: fixed-point section 2
@safe final class QuantiserKernel {
    static let tileValues = 256
    private static let shift = 0x1.8p52

    private let scale: Double
    private let clip: Double
    private let scratch: UnsafeMutableRawBufferPointer
    private let key: UnsafeMutableRawBufferPointer
    private let keystream: UnsafeMutableRawBufferPointer
    private let scaled: UnsafeMutableBufferPointer<Double>
    private let thresholds: UnsafeMutableBufferPointer<Double>

    init(scale: Double, clip: Double) {
        self.scale = scale
        self.clip = clip
        let tileBytes = QuantiserKernel.tileValues * 8
        unsafe scratch = .allocate(byteCount: 3 * tileBytes + 32, alignment: 64)
        unsafe scratch.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe keystream = UnsafeMutableRawBufferPointer(rebasing: scratch[0..<tileBytes])
        unsafe scaled = UnsafeMutableRawBufferPointer(rebasing: scratch[tileBytes..<(2 * tileBytes)])
            .bindMemory(to: Double.self)
        unsafe thresholds = UnsafeMutableRawBufferPointer(rebasing: scratch[(2 * tileBytes)..<(3 * tileBytes)])
            .bindMemory(to: Double.self)
        unsafe key = UnsafeMutableRawBufferPointer(rebasing: scratch[(3 * tileBytes)...])
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
        let exponent: UInt32 = 0x7F80_0000
        var found: UInt32 = 0
        for index in 0..<values.count {
            found |= unsafe (values[index].bitPattern & exponent) == exponent ? 1 : 0
        }
        guard found != 0 else { return nil }
        return unsafe values.firstIndex { !$0.isFinite }
    }

    /// The position of the first NaN or infinity.
    static func firstNonFinite(_ values: UnsafeBufferPointer<Double>) -> Int? {
        let exponent: UInt64 = 0x7FF0_0000_0000_0000
        var found: UInt64 = 0
        for index in 0..<values.count {
            found |= unsafe (values[index].bitPattern & exponent) == exponent ? 1 : 0
        }
        guard found != 0 else { return nil }
        return unsafe values.firstIndex { !$0.isFinite }
    }

    /// scaled[i] = clamp(values[i]) * scale, counting the clipped ones.
    func scale(_ values: UnsafeBufferPointer<Float>, clipped: inout Int) {
        let (scale, clip, target) = unsafe (scale, clip, scaled)
        var outside = 0
        for index in 0..<values.count {
            let value = Double(unsafe values[index])
            outside &+= value.magnitude > clip ? 1 : 0
            let below = value > clip ? clip : value
            unsafe target[index] = (below < -clip ? -clip : below) * scale
        }
        clipped += outside
    }

    /// scaled[i] = clamp(values[i]) * scale, counting the clipped ones.
    func scale(_ values: UnsafeBufferPointer<Double>, clipped: inout Int) {
        let (scale, clip, target) = unsafe (scale, clip, scaled)
        var outside = 0
        for index in 0..<values.count {
            let value = unsafe values[index]
            outside &+= value.magnitude > clip ? 1 : 0
            let below = value > clip ? clip : value
            unsafe target[index] = (below < -clip ? -clip : below) * scale
        }
        clipped += outside
    }

    /// thresholds[i] = 1 - u / 2^32, exact, from keystream words first, first + 1, ...; `first` is a multiple of 16.
    func thresholdsOf32Bits(first: Int, count: Int) {
        fillKeystream(bytes: count * 4, blockIndex: first * 4 / ChaCha20.blockBytes)
        let (words, target) = unsafe (keystream, thresholds)
        // 2^52 + u as a bit pattern, then exact subtraction and scaling by a power of two.
        let base: UInt64 = 0x4330_0000_0000_0000
        for index in 0..<count {
            let word = UInt32(littleEndian: unsafe words.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
            unsafe target[index] = 1 - (Double(bitPattern: base | UInt64(word)) - 0x1p52) * 0x1p-32
        }
    }

    /// thresholds[i] = 1 - u / 2^53, exact, from keystream words first, first + 1, ...; `first` is a multiple of 8.
    func thresholdsOf53Bits(first: Int, count: Int) {
        fillKeystream(bytes: count * 8, blockIndex: first * 8 / ChaCha20.blockBytes)
        let (words, target) = unsafe (keystream, thresholds)
        for index in 0..<count {
            let word = UInt64(littleEndian: unsafe words.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            unsafe target[index] = 1 - Double(Int64(bitPattern: word >> 11)) * 0x1p-53
        }
    }

    /// The scaled values, each to the nearest integer, ties to even.
    func roundToNearest(into target: UnsafeMutableBufferPointer<Int64>) {
        let source = unsafe scaled
        let base = Int64(bitPattern: QuantiserKernel.shift.bitPattern)
        for index in 0..<target.count {
            unsafe target[index] = Int64(bitPattern: (source[index] + QuantiserKernel.shift).bitPattern) &- base
        }
    }

    /// floor of the scaled values, plus 1 where the fraction reaches the threshold.
    func roundByThreshold(into target: UnsafeMutableBufferPointer<Int64>) {
        let (source, limits) = unsafe (scaled, thresholds)
        let base = Int64(bitPattern: QuantiserKernel.shift.bitPattern)
        for index in 0..<target.count {
            let value = unsafe source[index]
            let shifted = value + QuantiserKernel.shift
            let nearest = shifted - QuantiserKernel.shift
            let down: Double = nearest > value ? 1 : 0
            let fraction = value - (nearest - down)
            let up: Double = unsafe fraction >= limits[index] ? 1 : 0
            unsafe target[index] = Int64(bitPattern: (shifted + (up - down)).bitPattern) &- base
        }
    }

    private func fillKeystream(bytes: Int, blockIndex: Int) {
        unsafe ChaCha20.keystream(
            into: UnsafeMutableRawBufferPointer(rebasing: keystream[0..<bytes]), key: UnsafeRawBufferPointer(key),
            blockIndex: UInt32(blockIndex))
    }
}
