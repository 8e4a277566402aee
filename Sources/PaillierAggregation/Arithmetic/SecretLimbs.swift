internal import CGMP
internal import CryptoPrimitives

/// A secret number of a public length: little-endian limbs in guarded memory, wiped with its owner.
///
/// Arithmetic takes time that depends on lengths alone.
struct SecretLimbs: ~Copyable, Sendable {
    /// The number of limbs; public.
    let count: Int
    private var memory: SecretBytes

    /// The number 0 in `count` limbs.
    init(zeroed count: Int) {
        precondition(count > 0, "a number has a limb")
        self.count = count
        memory = SecretBytes(zeroed: 8 * count)
    }

    /// A copy of limbs; wiping the original is the caller's task.
    init(copying limbs: UnsafeBufferPointer<UInt64>) {
        precondition(limbs.count > 0, "a number has a limb")
        count = limbs.count
        memory = unsafe SecretBytes(copying: UnsafeRawBufferPointer(limbs))
    }

    /// A public number as an operand beside secrets.
    init(public limbs: [UInt64]) {
        count = limbs.count
        precondition(count > 0, "a number has a limb")
        memory = unsafe limbs.span.bytes.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
    }

    /// Uniform below 2^bits, in ceil(bits / 64) limbs.
    init(randomBits bits: Int, from source: inout any RandomSource) {
        precondition(bits > 0, "a number has a bit")
        count = (bits + 63) / 64
        memory = SecretBytes(random: 8 * count, from: &source)
        if bits % 64 != 0 {
            let top = count - 1
            let mask = (UInt64(1) << UInt64(bits % 64)) &- 1
            unsafe withMutableLimbs { limbs in unsafe limbs[top] &= mask }
        }
    }

    /// Draws all bits afresh, in the memory that is there.
    mutating func redraw(from source: inout any RandomSource) {
        unsafe memory.withUnsafeMutableBytes { unsafe source.fill($0) }
    }

    /// Gives `body` the limbs to read; the pointer is valid during the call alone.
    borrowing func withLimbs<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt64>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try memory.withUnsafeBytes { (bytes) throws(E) -> R in
            guard let base = bytes.baseAddress else { preconditionFailure("a number without memory") }
            return unsafe try body(base.assumingMemoryBound(to: UInt64.self))
        }
    }

    /// Gives `body` the limbs to change; the pointer is valid during the call alone.
    mutating func withMutableLimbs<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutablePointer<UInt64>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try memory.withUnsafeMutableBytes { (bytes) throws(E) -> R in
            guard let base = bytes.baseAddress else { preconditionFailure("a number without memory") }
            return unsafe try body(base.assumingMemoryBound(to: UInt64.self))
        }
    }

    /// A second owner of the same number.
    borrowing func copy() -> SecretLimbs {
        let count = count
        return unsafe withLimbs { unsafe SecretLimbs(copying: UnsafeBufferPointer(start: $0, count: count)) }
    }

    /// The limbs as a public number: for values that are published on purpose.
    borrowing func published() -> [UInt64] {
        let count = count
        let limbs = unsafe withLimbs { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) }
        unsafe limbs.withUnsafeBytes { unsafe secagg_publish($0.baseAddress, $0.count) }
        return limbs
    }
}
