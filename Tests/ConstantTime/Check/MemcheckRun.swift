import CMemcheck
import CryptoPrimitives

@testable import PaillierAggregation

/// The library's operations with every secret hidden from memcheck, each beside a planted fault.
struct MemcheckRun {
    private var tally = Tally()
    private let parameters = PaillierParameters.p2048

    static func run() throws -> Tally {
        var run = MemcheckRun()
        run.instrument()
        let key = try run.keys()
        try run.encryption(key)
        try run.decryption(key)
        try run.opening(key.publicKey)
        try run.contribution(key.publicKey)
        run.safePrimes()
        return run.tally
    }

    /// That hiding, showing and publishing do what they say, on which everything below rests.
    private mutating func instrument() {
        let number = SecretLimbs(public: [1, 2, 3, 4])
        Taint.hide(number)
        tally.planted("a branch on a hidden bit") { Planted.list(number.withLimbs { $0[0] & 1 }).count == 1 }
        tally.planted("a branch on a hidden borrow") {
            var zero = SecretLimbs(zeroed: 4)
            return Planted.list(zero.subtract(number)).count == 1
        }
        tally.clean("a branch on a published number") {
            Planted.list(number.published()[0]).count == 1
                && disclosed(number.withLimbs { $0[0] & 1 }, .draw) && Taint.isHidden(number)
        }
    }

    /// Two primes and the key they make, drawn hidden.
    private mutating func keys() throws -> SecretKey {
        var source: any RandomSource = CheckSource(1, hides: true)
        var found: SecretKey?
        let parameters = parameters
        tally.clean("search of secret primes, and the key") {
            found = SecretKey.generate(parameters, from: &source)
            guard let key = found.take() else { return false }
            let isHidden = Taint.isHidden(key.first.prime) && Taint.isHidden(key.second.factor)
            found = consume key
            return isHidden
        }
        guard let key = found.take() else { preconditionFailure("a key is always found") }
        tally.clean("the key from its bytes") {
            let again = try SecretKey(encoded: key.encoded(), parameters: parameters, from: &source)
            return again.publicKey == key.publicKey
        }
        tally.planted("trailing zeros of p + 1") {
            Planted.halvings(key.first.prime.adding(1)) >= 2
        }
        return key
    }

    private mutating func encryption(_ key: borrowing SecretKey) throws {
        let publicKey = key.publicKey
        let encryptor = Encryptor(publicKey)
        var hidden: any RandomSource = CheckSource(2, hides: true)
        var source = CheckSource(3, hides: false)
        let values = plaintexts(3, key: publicKey, from: &source)
        let expected = values.published()
        Taint.hide(values)
        var vector: CiphertextVector?
        func decrypts(_ vector: CiphertextVector, with key: borrowing SecretKey) throws -> Bool {
            guard Taint.isHidden(vector.limbs) else { return false }
            Taint.show(vector.limbs)
            return try key.decrypt(vector).shown() == expected
        }
        // The closures borrow nothing that cannot be copied.
        var exponents = SecretBytes(zeroed: 0)
        tally.clean("encryption") {
            let provable = try encryptor.encryptKeepingExponents(values, from: &hidden)
            vector = provable.ciphertexts
            exponents = provable.exponents.copy()
            return true
        }
        tally.clean("encryption decrypts") { try vector.map { try decrypts($0, with: key) } ?? false }
        tally.clean("encryption from a pool") {
            var pool = EncryptionPool(publicKey, count: 3, from: &hidden)
            return try decrypts(encryptor.encrypt(values, from: &pool), with: key)
        }
        tally.clean("fresh randomness") {
            guard let vector else { return false }
            return try decrypts(encryptor.rerandomise(vector, from: &hidden), with: key)
        }
        tally.planted("an encryption exponent in branches") {
            let (limbs, words) = (publicKey.parameters.modulusLimbs, publicKey.parameters.exponentLimbs)
            let exponent = exponents.withUnsafeBytes {
                SecretLimbs(copying: UnsafeBufferPointer(rebasing: $0.bindMemory(to: UInt64.self)[..<words]))
            }
            let context = publicKey.ringSquared
            let power = Planted.power(publicKey.generatorPower, exponent: exponent, context: context)
            let plaintext = values.withLimbs { SecretLimbs(copying: .init(start: $0, count: limbs)) }
            let shifted = plaintext.multiplied(by: SecretLimbs(public: publicKey.modulus)).adding(1)
            let product = context.products(power, shifted.published())
            Taint.show(product)
            return product == vector.map { Array($0.ciphertext(0)) }
        }
    }

    private mutating func decryption(_ key: borrowing SecretKey) throws {
        var source = CheckSource(4, hides: false)
        var anySource: any RandomSource = source
        let values = plaintexts(2, key: key.publicKey, from: &source)
        let expected = values.published()
        let vector = try Encryptor(key.publicKey).encrypt(values, from: &anySource)
        tally.clean("decryption") {
            let decrypted = try key.decrypt(vector)
            return Taint.isHidden(decrypted.published()) && decrypted.shown() == expected
        }
        tally.planted("the difference of two residues in a branch") {
            let prime = key.first.prime.copy()
            let limbs = prime.count
            var left = SecretLimbs(zeroed: limbs)
            var right = SecretLimbs(zeroed: limbs)
            var work = SecretLimbs(zeroed: 4 * limbs)
            let ciphertexts = Array(vector.ciphertext(0))
            ciphertexts.withUnsafeBufferPointer { ciphertexts in
                guard let base = ciphertexts.baseAddress else { return }
                work.withMutableLimbs { work in
                    left.withMutableLimbs { key.first.residues($0, ciphertexts: base, count: 1, work: work) }
                    right.withMutableLimbs { key.second.residues($0, ciphertexts: base, count: 1, work: work) }
                }
            }
            right = right.remainder(modulo: prime)
            var careful = left.copy()
            careful.subtract(right, modulo: prime)
            return Planted.difference(left, right, modulo: prime).published() == careful.published()
        }
    }

    private mutating func opening(_ publicKey: PublicKey) throws {
        var source = CheckSource(5, hides: false)
        var (anySource, hidden): (any RandomSource, any RandomSource) = (source, CheckSource(6, hides: true))
        let bits = publicKey.parameters.modulusBits
        let exponent = SecretLimbs(randomBits: 2 * bits - 2, from: &hidden)
        let root = SecretLimbs(randomBits: bits - 2, from: &hidden)
        let shareholders = Shareholders(publicKey, decryption: exponent, root: root)
        let values = plaintexts(2, key: publicKey, from: &source)
        let vector = try Encryptor(publicKey).encrypt(values, from: &anySource)
        for mode in OpeningMode.allCases {
            let request = try shareholders.request(mode, vector)
            var opened: PartialOpening?
            tally.clean("share opening, \(mode)") {
                opened = try shareholders.share(exponent, root).open(request, key: shareholders.key, from: &hidden)
                return opened.map { Taint.isHidden($0.values) } ?? false
            }
            guard var opened else { continue }
            Taint.show(opened.values)
            Taint.show(opened.proof.response)
            Taint.show(&opened)
            tally.clean("the proof of a share holds, \(mode)") {
                try opened.verify(for: request, key: shareholders.key)
                return true
            }
            tally.planted("a share's exponent as a place in a table, \(mode)") {
                let group = shareholders.key.group(mode)
                let base = group.context.squares(Array(group.bases(of: vector)[..<group.limbs]))
                let secret = mode == .jointRoot ? root.copy() : exponent.copy()
                let power = Planted.windows(base, exponent: secret, context: group.context)
                Taint.show(power)
                return power == Array(opened.values[..<group.limbs])
            }
        }
    }

    /// What a company makes of its values, and what a shareholder checks of its share.
    private mutating func contribution(_ publicKey: PublicKey) throws {
        var source = CheckSource(15, hides: false)
        var hidden: any RandomSource = CheckSource(16, hides: true)
        let bits = publicKey.parameters.modulusBits
        tally.clean("packing of values") {
            let packing = try PlaintextPacking(modulusBits: bits, valueBound: 1 << 31, participants: 50)
            let values = (0..<100).map { _ in Int64(source.word() >> 34) }
            values.withUnsafeBytes { Taint.hide($0) }
            return try packing.encode(values, for: publicKey).count > 0
        }
        tally.clean("proof of plaintext knowledge") {
            let values = plaintexts(2, key: publicKey, from: &source)
            Taint.hide(values)
            let encryption = try Encryptor(publicKey).encryptKeepingExponents(values, from: &hidden)
            Taint.show(encryption.ciphertexts.limbs)
            let context = PlaintextKnowledgeProof.Context(session: Shareholders.codec, round: 1, sender: 1)
            let proof = try PlaintextKnowledgeProof.prove(
                encryption, of: values, key: publicKey, context: context, from: &hidden)
            try proof.verify(encryption.ciphertexts, key: publicKey, context: context)
            return true
        }
        tally.clean("a share, its bytes, its check") {
            let exponent = SecretLimbs(randomBits: 2 * bits - 2, from: &hidden)
            let root = SecretLimbs(randomBits: bits - 2, from: &hidden)
            let shareholders = Shareholders(publicKey, decryption: exponent, root: root)
            let bytes = shareholders.share(exponent, root).bytes()
            return try KeyShare.decode(bytes, key: shareholders.key).holder == 1
        }
    }

    private mutating func safePrimes() {
        var hidden: any RandomSource = CheckSource(7, hides: true)
        tally.clean("search of safe primes") {
            let found = SafePrimeSearch(bits: 256).next(from: &hidden)
            guard Taint.isHidden(found.prime), Taint.isHidden(found.half) else { return false }
            let (p, half) = (
                PublicInteger(limbs: found.prime.published()), PublicInteger(limbs: found.half.published())
            )
            return p.isProbablePrime && half.isProbablePrime && p == half + half + PublicInteger(1)
        }
        tally.clean("values of a secret polynomial") {
            let modulus = SecretPrime.generate(bits: 128, from: &hidden)
            let constant = SecretLimbs.random(below: modulus, bits: 128, from: &hidden)
            let polynomial = SecretPolynomial(
                constant: constant, threshold: 3, modulus: modulus.copy(), bits: 128, from: &hidden)
            // f(0) = f(1) * 3 - f(2) * 3 + f(3) for a polynomial of degree 2.
            var sum = polynomial.value(at: 1)
            sum.subtract(polynomial.value(at: 2), modulo: modulus)
            var three = sum.copy()
            for _ in 0..<2 { three.add(sum, modulo: modulus) }
            three.add(polynomial.value(at: 3), modulo: modulus)
            return three.published() == constant.published()
        }
        tally.planted("a sieve addressed by remainders") {
            let start = SecretLimbs(randomBits: 256, from: &hidden)
            let primes = Array(SmallPrimes.odd[..<20])
            var marks = Planted.sieve(start, primes: primes, width: 64)
            marks.withUnsafeMutableBytes { memcheck_show($0.baseAddress, $0.count) }
            let first = PublicInteger(limbs: start.published())
            return marks.indices.allSatisfy { place in
                let number = first + PublicInteger(place)
                return marks[place] == primes.contains { (number % PublicInteger(Int($0))).isZero }
            }
        }
    }
}
