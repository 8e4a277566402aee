public import CryptoPrimitives
internal import Synchronization

/// A modulus n and what follows from it: the generator h, its n-th power and the table of an encryptor.
///
/// h is derived by hashing n, so nobody chose it: h = -x^2 mod n for x expanded from the key's digest (see the page).
/// Copies share one table, which the first encryption builds; contexts and table stay below 1 MiB.
///
/// > Important: checks of the modulus alone cannot show that it is the product of two good primes. Take a public key
/// > from a party that must not read your data only with a proof of that (`ThresholdPublicKey` carries one).
///
/// Source: djn, paillier section 3
public struct PublicKey: Sendable, Equatable {
    let core: Core

    /// Checks a modulus of little-endian limbs and derives everything but the table.
    ///
    /// Throws `invalidPublicKey` unless n has exactly the preset's length, is 1 modulo 4, composite, no power,
    /// and prime to all numbers below 2^16.
    /// - Complexity: some 30 ms at 3,072 bits.
    public init(modulus: [UInt64], parameters: PaillierParameters) throws(PaillierFailure) {
        core = try Core(modulus: modulus, parameters: parameters, path: .automatic)
    }

    init(modulus: [UInt64], parameters: PaillierParameters, path: ArithmeticPath) throws(PaillierFailure) {
        core = try Core(modulus: modulus, parameters: parameters, path: path)
    }

    /// The preset.
    public var parameters: PaillierParameters { core.parameters }
    /// n, little-endian limbs.
    public var modulus: [UInt64] { core.modulus }
    /// The digest of preset and modulus that every ciphertext carries.
    public var id: Digest { core.id }

    /// Whether preset and modulus are the same.
    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.id == right.id
    }

    /// n^2, little-endian limbs.
    var modulusSquared: [UInt64] { core.modulusSquared }
    /// h, little-endian limbs, below n.
    package var generator: [UInt64] { core.generator }
    /// h^n mod n^2, little-endian limbs.
    var generatorPower: [UInt64] { core.generatorPower }
    /// Arithmetic modulo n.
    var ring: MontgomeryContext { core.ring }
    /// Arithmetic modulo n^2.
    var ringSquared: MontgomeryContext { core.ringSquared }
    /// n for public arithmetic.
    var n: PublicInteger { core.n }
    /// n^2 for public arithmetic.
    var nSquared: PublicInteger { core.nSquared }
    /// The table for powers of h^n; the first use builds it.
    var comb: FixedBaseComb { core.comb() }

    /// Builds the table now rather than at the first encryption: some 0.1 s.
    public func prepareForEncryption() {
        _ = core.comb()
    }
}

extension PublicKey {
    /// The parts of a key, shared by its copies.
    final class Core: Sendable {
        let parameters: PaillierParameters
        let modulus: [UInt64]
        let modulusSquared: [UInt64]
        let generator: [UInt64]
        let generatorPower: [UInt64]
        let id: Digest
        let n: PublicInteger
        let nSquared: PublicInteger
        let ring: MontgomeryContext
        let ringSquared: MontgomeryContext
        private let table = Mutex<FixedBaseComb?>(nil)

        init(
            modulus: [UInt64], parameters: PaillierParameters, path: ArithmeticPath
        ) throws(PaillierFailure) {
            guard modulus.count == parameters.modulusLimbs, modulus[0] & 3 == 1 else { throw .invalidPublicKey }
            let n = PublicInteger(limbs: modulus)
            guard n.bitCount == parameters.modulusBits,
                n.greatestCommonDivisor(PublicKey.smallPrimes) == PublicInteger(1),
                !n.isPerfectPower, !n.isProbablePrime
            else { throw .invalidPublicKey }
            let id = PublicKey.digest(of: modulus, parameters: parameters)
            let x = PublicKey.expand(id, parameters: parameters) % n
            let h = n - x * x % n
            let nSquared = n * n
            let power = h.power(n, modulo: nSquared)
            guard x.greatestCommonDivisor(n) == PublicInteger(1), h.jacobi(n) == 1, power != PublicInteger(1),
                let ring = MontgomeryContext.of(modulus, path: path),
                let ringSquared = MontgomeryContext.of(squareOf: modulus, path: path)
            else { throw .invalidPublicKey }
            self.parameters = parameters
            self.modulus = modulus
            self.id = id
            self.n = n
            self.nSquared = nSquared
            self.ring = ring
            self.ringSquared = ringSquared
            modulusSquared = nSquared.limbs(parameters.ciphertextLimbs)
            generator = h.limbs(parameters.modulusLimbs)
            generatorPower = power.limbs(parameters.ciphertextLimbs)
        }

        func comb() -> FixedBaseComb {
            table.withLock { table in
                if let table { return table }
                let built = FixedBaseComb(
                    base: generatorPower, context: ringSquared, exponentBits: parameters.exponentBits)
                table = built
                return built
            }
        }
    }

    /// The product of all odd primes below 2^16.
    private static let smallPrimes = PublicInteger.product(SmallPrimes.odd[...])
}
