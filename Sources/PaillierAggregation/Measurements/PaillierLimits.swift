internal import CKernels
public import CryptoPrimitives

/// What this machine can do at most, and how close the kernels and operations of one preset come; one core.
///
/// The ceiling is measured, not looked up: the rate of independent vector multiply-adds of this processor right now. Kernels and ceiling
/// are measured in turns, so that a change of clock rate meets both; every figure is a median.
public struct PaillierLimits: Sendable {
    /// Products of one length: how many a second, and which part of the ceiling that is.
    public struct Kernel: Sendable {
        /// Bits of the modulus.
        public let modulusBits: Int
        /// Montgomery products a second.
        public let productsPerSecond: Double
        /// Montgomery squares a second.
        public let squaresPerSecond: Double
        /// Multiply-adds that a product by digits takes, in vectors of eight lanes, times the rate, over the ceiling; nil without a
        /// ceiling. A square takes fewer, so its part can be above 1.
        public let productPeak: Double?
        /// The same for squares, counted as products.
        public let squarePeak: Double?
    }

    /// The preset.
    public let parameters: PaillierParameters
    /// `portable` or `ifma`.
    public let path: String
    /// Vector multiply-adds of eight 52-bit lanes a second, in thousands of millions; nil without AVX512-IFMA.
    public let peak: Double?
    /// Modulo n^2, and modulo n, which is as long as the square of a prime.
    public let kernels: [Kernel]
    /// Encryptions a second, packing and proof apart.
    public let encryptionsPerSecond: Double
    /// Decryptions with the primes a second.
    public let decryptionsPerSecond: Double
    /// Ciphertexts added a second.
    public let additionsPerSecond: Double
    /// Shares of a partial decryption a second, proof apart.
    public let decryptionSharesPerSecond: Double
    /// Shares of a joint root a second, proof apart.
    public let rootSharesPerSecond: Double
    /// Bytes of table and contexts of a public key.
    public let keyStateBytes: Int

    /// Measures one preset.
    ///
    /// - Parameters:
    ///   - seconds: about so long for each figure.
    ///   - portable: measures the path without AVX512-IFMA; process-wide, for keys made from now on.
    ///   - clock: processor seconds of the calling thread.
    public static func measure(
        _ parameters: PaillierParameters, seconds: Double, portable: Bool = false, from source: inout any RandomSource,
        clock: @escaping () -> Double
    ) throws(PaillierFailure) -> PaillierLimits {
        if portable { _ = ck_force_path(Int32(CK_PATH_PORTABLE)) }
        let secret = SecretKey.generate(parameters, from: &source)
        let key = secret.publicKey
        let meter = RateMeter(seconds: seconds, clock: clock)
        let hasPeak = ck_has_ifma() != 0 && !portable
        let kernels = [key.ringSquared, key.ring].map { kernel($0, hasPeak: hasPeak, meter, from: &source) }
        let packing = try PlaintextPacking(for: parameters, valueBound: (1 << 31) / 10 - 1, participants: 10)
        let count = 128
        let values = [Int64](repeating: 1, count: count * packing.slots - PlaintextPacking.reservedSlots)
        let plaintexts = try packing.encode(values, for: key)
        let encryptor = Encryptor(key)
        let ciphertexts = try encryptor.encrypt(plaintexts, from: &source)
        var failure: PaillierFailure?
        let encryptions = meter.rate(of: count) {
            do throws(PaillierFailure) { _ = try encryptor.encrypt(plaintexts, from: &source) } catch {
                failure = error
            }
        }
        let decryptions = meter.rate(of: count) {
            do throws(PaillierFailure) { _ = try secret.decrypt(ciphertexts) } catch { failure = error }
        }
        var sum = CiphertextSum(key: key, codecID: packing.digest, count: count)
        try sum.add(ciphertexts)
        let additions = meter.rate(of: count) {
            do throws(PaillierFailure) { try sum.add(ciphertexts) } catch { failure = error }
        }
        if let failure { throw failure }
        let few = try CiphertextVector(
            limbs: Array(ciphertexts.limbs.prefix(16 * ciphertexts.limbsPerCiphertext)), key: key,
            codecID: packing.digest)
        let shares = OpeningMode.allCases.map { mode in
            let group = OpeningGroup(key, mode: mode)
            let exponent = SecretLimbs(randomBits: group.exponentBits, from: &source)
            let bases = group.bases(of: few)
            return meter.rate(of: few.count) { _ = group.shares(of: bases, exponent: exponent) }
        }
        return PaillierLimits(
            parameters: parameters, path: unsafe String(cString: ck_path_name()),
            peak: hasPeak ? ck_ifma_peak(100) : nil, kernels: kernels, encryptionsPerSecond: encryptions,
            decryptionsPerSecond: decryptions, additionsPerSecond: additions, decryptionSharesPerSecond: shares[0],
            rootSharesPerSecond: shares[1],
            keyStateBytes: key.comb.tableBytes + ck_mont_size(key.ring.limbs) + ck_mont_size(key.ringSquared.limbs))
    }

    /// Products and squares of whole batches, in turns with the ceiling.
    private static func kernel(
        _ context: MontgomeryContext, hasPeak: Bool, _ meter: RateMeter, from source: inout any RandomSource
    ) -> Kernel {
        let count = 64
        let limbs = context.limbs
        let digits = Double((64 * limbs + 2 + 51) / 52)
        let work = 4 * digits * digits / 8
        var numbers = [UInt64](repeating: 0, count: 2 * count * limbs)
        unsafe numbers.withUnsafeMutableBytes { unsafe source.fill($0) }
        var rates: (product: [Double], square: [Double], productPeak: [Double], squarePeak: [Double]) = ([], [], [], [])
        unsafe context.withContext { mont in
            let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: unsafe ck_mont_scratch_bytes(mont), alignment: 64)
            unsafe numbers.withUnsafeMutableBufferPointer { numbers in
                guard let base = numbers.baseAddress else { return }
                let inputs = unsafe UnsafePointer(base + count * limbs)
                unsafe ck_mont_reduce(mont, base, base, count, scratch)
                meter.rounds {
                    let peak = hasPeak ? ck_ifma_peak(1) * 1e9 : 0
                    let product = meter.once(count) {
                        unsafe ck_mont_accumulate(mont, base, inputs, limbs, count, scratch)
                    }
                    let square = meter.once(count) { unsafe ck_mont_sqr_domain(mont, base, base, count, scratch) }
                    rates.product.append(product)
                    rates.square.append(square)
                    guard peak > 0 else { return }
                    rates.productPeak.append(work * product / peak)
                    rates.squarePeak.append(work * square / peak)
                }
            }
            unsafe scratch.deallocate()
        }
        return Kernel(
            modulusBits: 64 * limbs, productsPerSecond: RateMeter.median(rates.product),
            squaresPerSecond: RateMeter.median(rates.square),
            productPeak: hasPeak ? RateMeter.median(rates.productPeak) : nil,
            squarePeak: hasPeak ? RateMeter.median(rates.squarePeak) : nil)
    }
}

/// Rates from a clock of processor time.
struct RateMeter {
    /// About how long one figure is measured.
    let seconds: Double
    let clock: () -> Double

    /// Things a second of one call that does `count` of them.
    func once(_ count: Int, _ body: () -> Void) -> Double {
        let begin = clock()
        body()
        return Double(count) / max(clock() - begin, 1e-9)
    }

    /// Calls until the time is over, at least three times.
    func rounds(_ body: () -> Void) {
        let end = clock() + seconds
        var taken = 0
        while taken < 3 || clock() < end && taken < 10_000 {
            body()
            taken += 1
        }
    }

    /// The median rate of a body that does `count` things.
    func rate(of count: Int, _ body: () -> Void) -> Double {
        var rates: [Double] = []
        rounds { rates.append(once(count, body)) }
        return Self.median(rates)
    }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}
