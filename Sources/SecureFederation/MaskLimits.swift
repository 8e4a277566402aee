public import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol

/// What this machine can do at most in masking, and how close the library comes; one core.
///
/// A ceiling is measured, not looked up: the bare keystream, written to memory that stays in the nearest caches. It is
/// measured in turns with our loop, so that a change of clock rate meets both; every figure is a median.
///
/// Source: mask-kernels section 5
public struct MaskLimits: Sendable {
    /// One generator on one path.
    public struct Generator: Sendable {
        /// The generator.
        public let generator: KeystreamGenerator
        /// What it computes with.
        public let implementation: String
        /// Bytes of keystream a second, stored.
        public let keystreamRate: Double
        /// By values of a vector of 21 bits: bytes of keystream a second, ten masks added and subtracted by the library.
        public let fusedRates: [(values: Int, rate: Double)]
    }

    /// The rest of a client's work on one path.
    public struct Codec: Sendable {
        /// The path.
        public let path: KernelPath
        /// Seconds a value to the nearest level, packed.
        public let nearest: Double
        /// Seconds a value to a level by stochastic rounding with draws by ChaCha20, packed.
        public let stochastic: Double
        /// The same with draws by AES-256-CTR; nil where that cannot run.
        public let stochasticByAES: Double?
        /// Bytes of words a second that are added to a sum in the cache.
        public let additionRate: Double
        /// Bytes a second of the upload digest.
        public let digestRate: Double
    }

    /// libsodium's ChaCha20, bytes a second.
    public let libsodiumRate: Double
    /// libsodium's BLAKE2b, bytes a second.
    public let libsodiumHashRate: Double
    /// Every generator on every path of this machine.
    public let generators: [Generator]
    /// Every path of this machine.
    public let codecs: [Codec]
    /// Seconds of one X25519 key agreement.
    public let agreement: Double
    /// Seconds of one Ed25519 signature.
    public let signature: Double
    /// Seconds of one Ed25519 verification.
    public let verification: Double
    /// Seconds a signature of eight that are verified together.
    public let verificationOfEight: Double
    /// Seconds of one ristretto255 multiplication of a point by a secret.
    public let multiplication: Double

    /// Measures everything; each figure takes about `seconds` of `clock`.
    ///
    /// Paths are forced process-wide while it runs.
    public static func measure(
        seconds: Double, from source: inout any RandomSource, clock: @escaping () -> Double
    ) -> MaskLimits {
        let meter = CostMeter(seconds: seconds, clock: clock)
        let seeds = SecretBytes(random: 320, from: &source)
        let generators = KernelPath.available.flatMap { path in
            KeystreamGenerator.allCases.filter { $0.isSupported(on: path) }.map { generator in
                Self.generator(generator, path, seeds, meter)
            }
        }
        let before = KernelPath.current
        defer { KernelPath.force(before) }
        let codecs = KernelPath.available.map { path in
            KernelPath.force(path)
            return codec(path, meter)
        }
        let keys = publicKeys(meter, from: &source)
        let libsodium = unsafe keystreamRate(meter, seeds) { target, key in
            unsafe KeystreamGenerator.libsodiumKeystream(into: target, key: key)
        }
        return MaskLimits(
            libsodiumRate: libsodium,
            libsodiumHashRate: hashRate(meter), generators: generators, codecs: codecs, agreement: keys[0],
            signature: keys[1], verification: keys[2], verificationOfEight: keys[3], multiplication: keys[4])
    }

    /// 256 KiB, again and again.
    private static func keystreamRate(
        _ meter: CostMeter, _ seeds: borrowing SecretBytes,
        _ body: (UnsafeMutableRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) -> Double {
        unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 64) { target in
            unsafe seeds.withUnsafeBytes { seeds in
                let key = unsafe UnsafeRawBufferPointer(rebasing: seeds[..<32])
                let cost = meter.cost { unsafe body(target, key) }
                return Double(target.count) / cost
            }
        }
    }

    private static func generator(
        _ generator: KeystreamGenerator, _ path: KernelPath, _ seeds: borrowing SecretBytes, _ meter: CostMeter
    ) -> Generator {
        guard let layout = try? LaneLayout(bits: 21) else { preconditionFailure("21 bits are a width") }
        var masks = MaskSchedule(generator, capacity: 10)
        for index in 0..<10 {
            unsafe seeds.withUnsafeBytes { seeds in
                let seed = unsafe UnsafeRawBufferPointer(rebasing: seeds[32 * index..<32 * index + 32])
                unsafe masks.append(seed: seed, subtracted: index % 2 == 1)
            }
        }
        let rates = [100_000, 1_000_000, 10_000_000].map { values in
            var vector = PackedVector(zeros: values, layout: layout)
            let cost = meter.cost { vector.apply(masks, threads: 1, on: path) }
            return (values: values, rate: Double(10 * vector.byteCount) / cost)
        }
        let stream = unsafe keystreamRate(meter, seeds) { target, key in
            unsafe generator.keystream(into: target, key: key, blockIndex: 0, on: path)
        }
        return Generator(
            generator: generator, implementation: generator.implementation(on: path), keystreamRate: stream,
            fusedRates: rates)
    }

    private static func codec(_ path: KernelPath, _ meter: CostMeter) -> Codec {
        guard let layout = try? LaneLayout(bits: 21) else { preconditionFailure("21 bits are a width") }
        let count = 300_000
        let values = (0..<count).map { Float($0 % 2_001 - 1_000) / 1_000 }
        var source: any RandomSource = SystemRandomSource()
        func cost(_ rounding: FixedPointCodec.Rounding, _ generator: KeystreamGenerator) -> Double {
            let codec = try? FixedPointCodec.levels(valueBound: 100_000, clip: 1, rounding: rounding)
            return meter.cost {
                _ = try? codec?.quantise(
                    values, packedAs: layout, from: &source, drawing: generator, threads: 1)
            } / Double(count)
        }
        var sum = PackedVector(zeros: count, layout: layout)
        let term = sum
        let addition = meter.cost { try? sum.add(term) }
        let bytes = [UInt8](repeating: 7, count: UploadDigest.chunkBytes)
        let digest = meter.cost { _ = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0, threads: 1) } }
        return Codec(
            path: path, nearest: cost(.nearest, .chaCha20), stochastic: cost(.stochastic, .chaCha20),
            stochasticByAES: KeystreamGenerator.aes256CTR.isSupported() ? cost(.stochastic, .aes256CTR) : nil,
            additionRate: Double(sum.byteCount) / addition,
            digestRate: Double(bytes.count) / digest)
    }

    private static func hashRate(_ meter: CostMeter) -> Double {
        let bytes = [UInt8](repeating: 7, count: UploadDigest.leafBytes)
        return Double(bytes.count) / meter.cost { _ = Blake2b.hash(bytes, Personalisation("QSA1 input leaf")) }
    }

    /// Key agreement, signature, verification, the same by eight, multiplication of a point.
    private static func publicKeys(_ meter: CostMeter, from source: inout any RandomSource) -> [Double] {
        let ours = SecretBytes(random: 32, from: &source)
        let theirs = KeyExchangeKey(seed: SecretBytes(random: 32, from: &source)).publicKey
        let exchange = KeyExchangeKey(seed: ours)
        let signing = SigningKey(from: &source)
        let message = [UInt8](repeating: 1, count: 200)
        let signature = signing.sign(message)
        let key = signing.verifyingKey
        let claims = Array(repeating: SignatureClaim(signature, by: key, over: message[...]), count: 8)
        let scalar = SecretScalar(random: &source)
        let point = SecretScalar(random: &source).publicElement()
        return [
            meter.cost { _ = try? exchange.sessionKeys(with: theirs, role: .client) },
            meter.cost { _ = signing.sign(message) },
            meter.cost { _ = key.isValid(signature, for: message) },
            meter.cost { _ = SignatureClaim.firstFalse(among: claims) } / 8,
            meter.cost { _ = try? scalar.sharedSecret(with: point) },
        ]
    }
}

/// Median costs.
struct CostMeter {
    /// About how long one figure is measured.
    let seconds: Double
    let clock: () -> Double

    /// Seconds of one call: the median of rounds of half a millisecond at least, or of single calls that take longer.
    func cost(_ body: () -> Void) -> Double {
        let end = clock() + seconds
        var costs: [Double] = []
        repeat {
            let begin = clock()
            var (calls, now) = (0, begin)
            repeat {
                body()
                calls += 1
                now = clock()
            } while now < begin + 0.0005
            costs.append((now - begin) / Double(calls))
        } while costs.count < 3 || clock() < end
        return costs.sorted()[costs.count / 2]
    }
}
