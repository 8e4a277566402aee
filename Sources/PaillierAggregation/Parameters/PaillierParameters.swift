/// The sizes of a key: length of the modulus and of the random exponents of encryption.
///
/// > Warning: Recorded ciphertexts fall to a future quantum computer, whatever the preset.
///
/// Source: djn
public struct PaillierParameters: Hashable, Sendable {
    /// 2,048-bit modulus, 1,024-bit exponents: about 112-bit security; for tests and short-lived data.
    public static let p2048 = PaillierParameters(id: 1, modulusBits: 2048, exponentBits: 1024)
    /// 3,072-bit modulus, 1,536-bit exponents: about 128-bit security. The default.
    public static let p3072 = PaillierParameters(id: 2, modulusBits: 3072, exponentBits: 1536)
    /// 4,096-bit modulus, 2,048-bit exponents: about 140-bit security.
    public static let p4096 = PaillierParameters(id: 3, modulusBits: 4096, exponentBits: 2048)
    /// 3,072-bit modulus, 256-bit exponents: five times as fast as `p3072`, under one assumption more.
    public static let p3072ShortExponent = PaillierParameters(id: 4, modulusBits: 3072, exponentBits: 256)

    /// A 512-bit modulus that anybody factors in a day: for rehearsals (simulator, fuzzer), where thousands of rounds are run.
    ///
    /// Not in `all`, so that no peer and no file can bring a key of this size.
    package static let toy512 = PaillierParameters(id: .max, modulusBits: 512, exponentBits: 256)

    /// Every preset, in the order of their numbers.
    public static let all: [PaillierParameters] = [.p2048, .p3072, .p4096, .p3072ShortExponent]

    /// The number of the preset on the wire; 1 ... 4.
    public let id: UInt16
    /// Bits of the modulus n; exactly so many.
    public let modulusBits: Int
    /// Bits of the random exponent of an encryption.
    public let exponentBits: Int

    private init(id: UInt16, modulusBits: Int, exponentBits: Int) {
        self.id = id
        self.modulusBits = modulusBits
        self.exponentBits = exponentBits
    }

    /// The preset of a number from the wire. Throws `unknownParameters`.
    public init(id: UInt16) throws(PaillierFailure) {
        guard let known = Self.all.first(where: { $0.id == id }) else { throw .unknownParameters(id) }
        self = known
    }

    /// What the confidentiality of a ciphertext rests on, in words for a report.
    public var securityStatement: String {
        if self == .toy512 { return "None: a modulus of \(modulusBits) bits is for rehearsals." }
        let common =
            "Semantic security under the decisional composite residuosity assumption for a \(modulusBits)-bit modulus"
        let factoring =
            "with \(exponentBits)-bit random exponents, whose powers are indistinguishable from uniform ones "
        if exponentBits * 2 == modulusBits {
            return common + ", " + factoring + "if factoring is hard. Not secure against quantum computers."
        }
        return common + ", " + factoring
            + "under the additional short-exponent assumption; the best generic attack takes about "
            + "2^\(exponentBits / 2) steps. Not secure against quantum computers."
    }

    /// Bytes of a modulus.
    public var modulusBytes: Int { modulusBits / 8 }
    /// Bytes of a ciphertext.
    public var ciphertextBytes: Int { modulusBits / 4 }

    /// 64-bit limbs of a modulus.
    var modulusLimbs: Int { modulusBits / 64 }
    /// 64-bit limbs of a ciphertext.
    var ciphertextLimbs: Int { modulusBits / 32 }
    /// 64-bit limbs of a random exponent.
    var exponentLimbs: Int { exponentBits / 64 }
}
