internal import CKernels
internal import CryptoPrimitives

/// An odd modulus, public or secret, with what the kernels derive from it.
///
/// Every operation takes whole vectors: numbers of `limbs` limbs one after another. Time and addresses depend on counts
/// and lengths alone, scratch is wiped, and outputs are below the modulus. Outputs may be the memory of inputs.
///
/// - Complexity: some 0.9 us a product of 6,144 bits with AVX512-IFMA of 8 thousand million vector multiply-adds a second;
///   a quarter of that for half the length. Powers modulo a square whose root is known take two thirds.
final class MontgomeryContext: Sendable {
    /// The number of limbs of the modulus.
    let limbs: Int
    /// The context in guarded memory; a multiple of 64 bytes, which that memory then aligns.
    private let memory: SecretBytes
    private let scratchBytes: Int

    /// Nil unless the modulus is odd, at least 3, of at most 130 limbs, with a top limb other than zero.
    convenience init?(modulus: UnsafeBufferPointer<UInt64>, path: ArithmeticPath = .automatic) {
        unsafe self.init(limbs: modulus.count, size: ck_mont_size(modulus.count), modulus) {
            unsafe ck_mont_init_path($0, $1, modulus.count, path.code, nil)
        }
    }

    /// The square of a number as the modulus: powers are then computed in pairs of numbers below the root.
    ///
    /// Nil unless the root is odd, at least 3, of at most 65 limbs, with its top bit set.
    convenience init?(squareOf root: UnsafeBufferPointer<UInt64>, path: ArithmeticPath = .automatic) {
        unsafe self.init(limbs: 2 * root.count, size: ck_mont_square_size(root.count), root) {
            unsafe ck_mont_init_square($0, $1, root.count, path.code, nil)
        }
    }

    private init?(
        limbs: Int, size: Int, _ number: UnsafeBufferPointer<UInt64>,
        initialise: (OpaquePointer, UnsafePointer<UInt64>) -> Int32
    ) {
        guard size > 0, let base = number.baseAddress else { return nil }
        var memory = SecretBytes(zeroed: (size + 63) / 64 * 64)
        var scratchBytes = 0
        let code = unsafe memory.withUnsafeMutableBytes { bytes -> Int32 in
            guard let start = bytes.baseAddress else { return -1 }
            let context = OpaquePointer(start)
            let code = unsafe initialise(context, base)
            if code == 0 { scratchBytes = unsafe ck_mont_scratch_bytes(context) }
            return code
        }
        guard code == 0 else { return nil }
        self.limbs = limbs
        self.memory = memory
        self.scratchBytes = scratchBytes
    }

    /// Gives `body` the context as the kernels want it; the address stays valid while this object lives.
    func withContext<R: ~Copyable>(_ body: (OpaquePointer) -> R) -> R {
        unsafe memory.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { preconditionFailure("a context without memory") }
            return unsafe body(OpaquePointer(start))
        }
    }

    private func withScratch(_ body: (OpaquePointer, UnsafeMutableRawPointer) -> Void) {
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: scratchBytes, alignment: 64)
        unsafe withContext { unsafe body($0, scratch) }
        unsafe scratch.deallocate()
    }
}

// MARK: Products

extension MontgomeryContext {
    /// The context of a public modulus; nil as above.
    static func of(_ modulus: [UInt64], path: ArithmeticPath = .automatic) -> MontgomeryContext? {
        unsafe modulus.withUnsafeBufferPointer { unsafe MontgomeryContext(modulus: $0, path: path) }
    }

    /// The context of the square of a public root; nil as above.
    static func of(squareOf root: [UInt64], path: ArithmeticPath = .automatic) -> MontgomeryContext? {
        unsafe root.withUnsafeBufferPointer { unsafe MontgomeryContext(squareOf: $0, path: path) }
    }

    /// out[i] = a[i] * b[i].
    func multiply(
        _ out: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, count: Int
    ) {
        unsafe withScratch { unsafe ck_mont_mul($0, out, a, b, count, $1) }
    }

    /// out[i] = a[i] * b with one `b` for all.
    func multiplyShared(
        _ out: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, count: Int
    ) {
        unsafe withScratch { unsafe ck_mont_mul_shared($0, out, a, b, count, $1) }
    }

    /// out[i] = a[i]^2.
    func square(_ out: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, count: Int) {
        unsafe withScratch { unsafe ck_mont_sqr($0, out, a, count, $1) }
    }

    /// out[i] = a[i] mod m, for any number of as many limbs.
    func reduce(_ out: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, count: Int) {
        unsafe withScratch { unsafe ck_mont_reduce($0, out, a, count, $1) }
    }

    /// acc[i] = acc[i] * inputs[i] / R for acc[i] below the modulus: count the calls and end with `finishAccumulating`.
    func accumulate(_ acc: UnsafeMutablePointer<UInt64>, _ inputs: UnsafePointer<UInt64>, count: Int) {
        unsafe withScratch { unsafe ck_mont_accumulate($0, acc, inputs, limbs, count, $1) }
    }

    /// acc[i] = acc[i] * R^folds: undoes the divisions of `folds` accumulations.
    func finishAccumulating(_ acc: UnsafeMutablePointer<UInt64>, folds: Int, count: Int) {
        unsafe withScratch { unsafe ck_mont_accumulate_finish($0, acc, UInt64(folds), count, $1) }
    }

    /// out[i] = base[i]^exponent[i] with exponents of ceil(exponentBits / 64) limbs, or one exponent for all.
    ///
    /// - Complexity: eight numbers cost as much as one with AVX512-IFMA: hand over whole vectors.
    func power(
        _ out: UnsafeMutablePointer<UInt64>, _ base: UnsafePointer<UInt64>, exponent: UnsafePointer<UInt64>,
        exponentBits: Int, sharedExponent: Bool, count: Int
    ) {
        precondition(exponentBits > 0, "an exponent without bits")
        unsafe withContext { context in
            let bytes = unsafe ck_mont_exp_scratch_bytes(context, exponentBits)
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            let code = unsafe ck_mont_exp(
                context, out, base, exponent, exponentBits, sharedExponent ? 1 : 0, count, scratch, bytes)
            unsafe scratch.deallocate()
            precondition(code == 0, "the scratch of an exponentiation is too short")
        }
    }
}

// MARK: Public exponents

extension MontgomeryContext {
    /// out = the product of base[i]^exponent[i] by buckets, exponents of ceil(exponentBits / 64) limbs.
    ///
    /// > Important: time and addresses depend on the exponents, which are public.
    func weigh(
        _ out: UnsafeMutablePointer<UInt64>, _ base: UnsafePointer<UInt64>, exponent: UnsafePointer<UInt64>,
        exponentBits: Int, count: Int
    ) {
        unsafe withBuckets(exponentBits, count) {
            unsafe ck_mont_weigh($0, out, base, exponent, exponentBits, count, $1, $2)
        }
    }

    /// out[k] = the product of the base[i] whose exponent has bit k, for all `exponentBits` bits.
    ///
    /// > Important: time and addresses depend on the exponents, which are public.
    func subsets(
        _ out: UnsafeMutablePointer<UInt64>, _ base: UnsafePointer<UInt64>, exponent: UnsafePointer<UInt64>,
        exponentBits: Int, count: Int
    ) {
        unsafe withBuckets(exponentBits, count) {
            unsafe ck_mont_subsets($0, out, base, exponent, exponentBits, count, $1, $2)
        }
    }

    private func withBuckets(
        _ exponentBits: Int, _ count: Int, _ body: (OpaquePointer, UnsafeMutableRawPointer, Int) -> Int32
    ) {
        unsafe withContext { context in
            let bytes = unsafe ck_mont_weigh_scratch_bytes(context, exponentBits, count)
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            let code = unsafe body(context, scratch, bytes)
            unsafe scratch.deallocate()
            precondition(code == 0, "the scratch of a product is too short")
        }
    }

    /// Whether `weigh` beats powers one by one: products of blocks of both, which depend on sizes alone.
    func weighsFaster(exponentBits: Int, count: Int) -> Bool {
        unsafe withContext { context in
            let lanes = unsafe ck_mont_path(context) == CK_PATH_IFMA ? 8 : 1
            let blocks = UInt64((count + lanes - 1) / lanes)
            return unsafe ck_mont_weigh_products(context, exponentBits, count) < blocks * UInt64(exponentBits * 5 / 4)
        }
    }

    /// out[i] = the product over the terms t of base[t stride + i limbs...]^exponent[t], one exponent a term.
    ///
    /// > Important: time and addresses depend on the exponents, which are public.
    func multiply(
        _ out: UnsafeMutablePointer<UInt64>, powersOf base: UnsafePointer<UInt64>, stride: Int,
        exponent: UnsafePointer<UInt64>, exponentBits: Int, terms: Int, count: Int
    ) {
        unsafe withContext { context in
            let bytes = unsafe ck_mont_multi_scratch_bytes(context, exponentBits, terms)
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            let code = unsafe ck_mont_multi(
                context, out, base, stride, exponent, exponentBits, terms, count, scratch, bytes)
            unsafe scratch.deallocate()
            precondition(code == 0, "the scratch of a product is too short")
        }
    }
}
