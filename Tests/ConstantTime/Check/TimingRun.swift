import CryptoPrimitives

@testable import PaillierAggregation

/// Whether the time of the library's operations, on the fastest path of this machine, tells secrets apart: zero (or sparse)
/// ones from random ones. Both classes do the same work beforehand and use the same memory.
struct TimingRun {
    /// |t| from which two classes count as told apart: for equal ones, one test in 150,000 is above.
    static let limit = 4.5
    private var tally = Tally()
    var source = CheckSource(9, hides: false)
    let samples: Int

    static func run(samples: Int) throws -> Tally {
        var run = TimingRun(samples: samples)
        var source: any RandomSource = CheckSource(8, hides: false)
        let key = SecretKey.generate(.p2048, from: &source)
        try run.encryption(key.publicKey)
        run.ciphertexts(key)
        run.branches(key.publicKey)
        try run.shares(key.publicKey)
        run.primes()
        try run.masking()
        return run.tally
    }

    private init(samples: Int) { self.samples = samples }

    /// A busy machine can push one run over the limit; a real difference shows three times.
    mutating func compare(
        _ name: String, samples: Int, planted: Bool = false, prepare: (Bool) -> Void, run: () -> Void
    ) {
        var scores: [Double] = []
        repeat {
            let test = Welch(samples: samples, coin: &source, prepare: prepare, run: run)
            scores.append(test.score)
        } while scores.count < 3 && (scores.last ?? 0) > Self.limit
        let isTold = (scores.last ?? 0) > Self.limit
        let text = scores.map { String(describing: ($0 * 10).rounded() / 10) }.joined(separator: ", ")
        tally.count((planted ? "planted: " : "") + name, isRight: isTold == planted, "|t| = \(text)")
    }

    /// Random words, kept or cleared by a mask, so that both classes write the same.
    private static func fill(
        _ limbs: UnsafeMutablePointer<UInt64>, _ count: Int, _ mask: UInt64, _ source: inout CheckSource
    ) {
        for i in 0..<count { limbs[i] = source.word() & mask }
    }

    private mutating func encryption(_ key: PublicKey) throws {
        let encryptor = Encryptor(key)
        let count = 8
        let words = key.parameters.exponentLimbs
        var inputs = source
        let values = plaintexts(count, key: key, from: &inputs)
        var exponents = SecretBytes(zeroed: 8 * count * words)
        var failed = false
        func draw(_ isFirst: Bool) {
            exponents.withUnsafeMutableBytes { bytes in
                guard let base = bytes.bindMemory(to: UInt64.self).baseAddress else { return }
                Self.fill(base, count * words, isFirst ? 0 : .max, &inputs)
            }
        }
        compare("encryption exponents", samples: samples, prepare: draw) {
            failed = (try? encryptor.encrypt(values, exponents: exponents)) == nil || failed
        }
        compare("encryption exponents in branches", samples: 100, planted: true, prepare: draw) {
            let exponent = exponents.withUnsafeBytes {
                SecretLimbs(copying: UnsafeBufferPointer(rebasing: $0.bindMemory(to: UInt64.self)[..<words]))
            }
            failed = Planted.power(key.generatorPower, exponent: exponent, context: key.ringSquared).isEmpty || failed
        }
        precondition(!failed, "an encryption failed")
    }

    /// Ciphertexts that are small numbers, which leave zeros everywhere on the way, against random ones.
    private mutating func ciphertexts(_ key: borrowing SecretKey) {
        var inputs = source
        let publicKey = key.publicKey
        let limbs = publicKey.parameters.ciphertextLimbs
        var vector = CiphertextVector(
            trusted: [UInt64](repeating: 1, count: 8 * limbs), key: publicKey, codecID: Shareholders.codec)
        var failed = false
        func draw(_ isFirst: Bool) {
            var numbers = [UInt64](repeating: 0, count: 8 * limbs)
            numbers.withUnsafeMutableBufferPointer { numbers in
                guard let base = numbers.baseAddress else { return }
                Self.fill(base, 8 * limbs, isFirst ? 0 : .max, &inputs)
            }
            for i in 0..<8 {
                numbers[i * limbs] |= 1
                numbers[(i + 1) * limbs - 1] >>= 2
            }
            vector = CiphertextVector(trusted: numbers, key: publicKey, codecID: Shareholders.codec)
        }
        compare("decrypted ciphertexts", samples: samples / 2, prepare: draw) {
            do { _ = try key.decrypt(vector) } catch { failed = true }
        }
        precondition(!failed, "a decryption failed")
    }

    private final class Branch: Sendable {
        let branch: PrimeBranch
        init(_ branch: consuming PrimeBranch) { self.branch = branch }
    }

    /// Sparse primes against random ones (odd numbers will do), each with everything that is derived from it.
    private mutating func branches(_ key: PublicKey) {
        var inputs = source
        let limbs = key.parameters.modulusLimbs / 2
        let one = SecretLimbs(public: [1] + [UInt64](repeating: 0, count: limbs - 1))
        var prime = one.copy()
        var ciphertexts = [UInt64](repeating: 0, count: 32 * limbs)
        for i in ciphertexts.indices { ciphertexts[i] = inputs.word() >> 2 }
        var (out, work) = (
            [UInt64](repeating: 0, count: 8 * limbs), [UInt64](repeating: 0, count: 32 * limbs)
        )
        var current: Branch?
        func draw(_ isFirst: Bool) {
            prime.withMutableLimbs { prime in
                Self.fill(prime, limbs, isFirst ? 0 : .max, &inputs)
                prime[0] |= 3
                prime[limbs - 1] |= 3 << 62
            }
            current = try? Branch(PrimeBranch(prime: prime, inverseOfOther: one, path: .automatic))
        }
        compare("primes of decryption", samples: samples / 2, prepare: draw) {
            current?.branch.residues(&out, ciphertexts: ciphertexts, count: 8, work: &work)
        }
        precondition(out.contains { $0 != 0 }, "nothing was decrypted")
        compare("primes of decryption in branches", samples: 100, planted: true, prepare: draw) {
            guard let current else { return }
            let base = Array(ciphertexts[..<(2 * limbs)])
            out = Planted.power(base, exponent: current.branch.exponent, context: current.branch.ringSquared)
        }
    }

    private final class Share: Sendable {
        let share: KeyShare
        init(_ share: consuming KeyShare) { self.share = share }
    }

    /// Shares that are 0 against random ones.
    private mutating func shares(_ key: PublicKey) throws {
        var inputs = source
        var anySource: any RandomSource = CheckSource(10, hides: false)
        let limbs = key.parameters.modulusLimbs
        let parties = Shareholders(
            key, decryption: SecretLimbs(zeroed: 2 * limbs), root: SecretLimbs(zeroed: limbs))
        let vector = try Encryptor(key).encrypt(plaintexts(8, key: key, from: &inputs), from: &anySource)
        var exponent = SecretLimbs(zeroed: 2 * limbs)
        var root = SecretLimbs(zeroed: limbs)
        var current: Share?
        var failed = false
        func draw(_ isFirst: Bool) {
            let mask: UInt64 = isFirst ? 0 : .max
            exponent.withMutableLimbs { Self.fill($0, 2 * limbs, mask, &inputs) }
            root.withMutableLimbs { Self.fill($0, limbs, mask, &inputs) }
            exponent.withMutableLimbs { $0[2 * limbs - 1] >>= 2 }
            root.withMutableLimbs { $0[limbs - 1] >>= 2 }
            current = Share(parties.share(exponent, root))
        }
        for mode in OpeningMode.allCases {
            let request = try parties.request(mode, vector)
            compare("shares, \(mode)", samples: samples / 8, prepare: draw) {
                let opened = try? current?.share.open(request, key: parties.key, from: &anySource)
                failed = opened == nil || failed
            }
            let group = parties.key.group(mode)
            let base = Array(group.bases(of: vector)[..<group.limbs])
            compare("shares in branches, \(mode)", samples: 60, planted: true, prepare: draw) {
                guard let current else { return }
                let result =
                    mode == .jointRoot
                    ? Planted.power(base, exponent: current.share.root, context: group.context)
                    : Planted.power(base, exponent: current.share.decryption, context: group.context)
                failed = result.isEmpty || failed
            }
        }
        precondition(!failed, "an opening failed")
    }

    /// Candidates that no small prime divides: one and the same against ever new ones; and sparse against random moduli.
    private mutating func primes() {
        var inputs: any RandomSource = CheckSource(11, hides: false)
        var words = source
        let limbs = 16
        let division = TrialDivision(by: SmallPrimes.odd[..<SecretPrime.sieve], limbs: limbs)
        var pool: [[UInt64]] = []
        while pool.count < 256 {
            let number = SecretLimbs(randomBits: 64 * limbs, from: &inputs)
            if !division.divides(number, twin: true) { pool.append(number.published()) }
        }
        var candidate = SecretLimbs(zeroed: limbs)
        var answers = 0
        func choose(_ isFirst: Bool) {
            let place = Int(words.word() & 255) & (isFirst ? 0 : 255)
            candidate.withMutableLimbs { candidate in
                for i in 0..<limbs { candidate[i] = pool[place][i] }
            }
        }
        compare("trial division", samples: samples, prepare: choose) {
            if division.divides(candidate, twin: true) { answers += 1 }
        }
        func draw(_ isFirst: Bool) {
            candidate.withMutableLimbs { candidate in
                Self.fill(candidate, limbs, isFirst ? 0 : .max, &words)
                candidate[0] |= 3
                candidate[limbs - 1] |= 3 << 62
            }
        }
        compare("candidates, Miller and Rabin", samples: samples, prepare: draw) {
            if SecretPrime.isProbablePrime(candidate, rounds: 1, from: &inputs) { answers += 1 }
        }
        compare("candidates, Fermat", samples: samples, prepare: draw) {
            if SafePrimeSearch.passesFermat(candidate) { answers += 1 }
        }
        precondition(answers < samples / 10, "primes are rare")
        compare("trailing zeros of a candidate", samples: 200, planted: true) { isFirst in
            candidate.withMutableLimbs { candidate in
                Self.fill(candidate, limbs, isFirst ? 0 : .max, &words)
                candidate[limbs - 1] |= 1
            }
        } run: {
            answers += Planted.halvings(candidate)
        }
    }
}
