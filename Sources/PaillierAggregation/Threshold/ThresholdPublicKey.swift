public import CryptoPrimitives
internal import WireFormat

/// A public key whose secret is shared: any `threshold` of `shareholders` open an aggregate, fewer learn nothing.
///
/// > Important: Confidentiality of individual updates holds unless (a) t shareholders collude with someone holding
/// > individual ciphertexts, or (b) the key dealer kept the primes and sees individual ciphertexts. Dealer deletion
/// > cannot be verified. Recorded ciphertexts fall to a future quantum computer.
///
/// Carries the values against which shares are verified and the dealer's proofs about the modulus. Nobody uses a key before
/// `verify()` has accepted it.
///
/// Source: threshold-paillier section 3
public struct ThresholdPublicKey: Sendable, Equatable {
    /// The most shareholders a key may have.
    public static let maximumShareholders = 128

    /// The key that encrypts.
    public let publicKey: PublicKey
    /// Shares that open: more than half of the shareholders.
    public let threshold: Int
    /// Shares that were dealt.
    public let shareholders: Int
    /// The digest of everything here: the transcript of the ceremony that every witness and shareholder signs.
    public let id: Digest
    let decryption: OpeningGroup
    let root: OpeningGroup
    let modulusProof: BlumModulusProof
    let factorProof: FactorSizeProof

    init(
        publicKey: PublicKey, threshold: Int, shareholders: Int, decryption: [UInt64], root: [UInt64],
        modulusProof: BlumModulusProof, factorProof: FactorSizeProof
    ) {
        self.publicKey = publicKey
        self.threshold = threshold
        self.shareholders = shareholders
        self.decryption = OpeningGroup(publicKey, mode: .partialDecryption, values: decryption)
        self.root = OpeningGroup(publicKey, mode: .jointRoot, values: root)
        self.modulusProof = modulusProof
        self.factorProof = factorProof
        var writer = ByteWriter()
        Self.write(
            publicKey, threshold, shareholders, decryption, root, modulusProof, factorProof, to: &writer)
        id = Blake2b.hash(writer.bytes, Personalisation("QSA1 threshold"))
    }

    /// Whether a threshold and a number of shareholders fit together: 2 <= t <= N <= 128 and 2 t > N.
    public static func isAllowed(threshold: Int, shareholders: Int) -> Bool {
        threshold >= 2 && threshold <= shareholders && shareholders <= maximumShareholders
            && 2 * threshold > shareholders
    }

    func group(_ mode: OpeningMode) -> OpeningGroup {
        switch mode {
        case .partialDecryption: decryption
        case .jointRoot: root
        }
    }

    /// Whether both are the same key with the same sharing and proofs.
    public static func == (left: Self, right: Self) -> Bool { left.id == right.id }
}

// MARK: Bytes

extension ThresholdPublicKey {
    /// Version (2 bytes), threshold (2), shareholders (2), the public key, verification values of both modes, both proofs.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter()
        Self.write(
            publicKey, threshold, shareholders, decryption.values, root.values, modulusProof, factorProof, to: &writer)
        return writer.bytes
    }

    private static func write(
        _ publicKey: PublicKey, _ threshold: Int, _ shareholders: Int, _ decryption: [UInt64], _ root: [UInt64],
        _ modulusProof: BlumModulusProof, _ factorProof: FactorSizeProof, to writer: inout ByteWriter
    ) {
        writer.u16(1)
        writer.u16(UInt16(threshold))
        writer.u16(UInt16(shareholders))
        writer.counted(publicKey.bytes())
        writer.limbs(decryption)
        writer.limbs(root)
        modulusProof.write(to: &writer)
        factorProof.write(to: &writer)
    }

    /// Reads what `bytes()` wrote and verifies it as `verify()` does.
    ///
    /// Throws `malformed`, `unknownParameters`, `invalidPublicKey`, `invalidThreshold`, `invalidShare`, `invalidKeyProof`.
    public init(bytes: [UInt8]) throws(PaillierFailure) {
        var reader = ByteReader(bytes)
        var publicBytes: [UInt8] = []
        let header: (version: UInt16, threshold: Int, shareholders: Int)
        do throws(DecodingFailure) {
            header = (try reader.u16(), Int(try reader.u16()), Int(try reader.u16()))
            publicBytes = Array(try reader.counted(limit: PublicKey.maximumBytes))
        } catch {
            throw .malformed
        }
        guard header.version == 1 else { throw .malformed }
        guard Self.isAllowed(threshold: header.threshold, shareholders: header.shareholders) else {
            throw .invalidThreshold(threshold: header.threshold, shareholders: header.shareholders)
        }
        let publicKey = try PublicKey(bytes: publicBytes)
        let limbs = publicKey.parameters.modulusLimbs
        do throws(DecodingFailure) {
            let decryption = try reader.littleEndianLimbs(2 * limbs * header.shareholders)
            let root = try reader.littleEndianLimbs(limbs * header.shareholders)
            let modulusProof = try BlumModulusProof(reading: &reader, limbs: limbs)
            let factorProof = try FactorSizeProof(reading: &reader, modulusBits: publicKey.parameters.modulusBits)
            try reader.finish()
            self.init(
                publicKey: publicKey, threshold: header.threshold, shareholders: header.shareholders,
                decryption: decryption, root: root, modulusProof: modulusProof, factorProof: factorProof)
        } catch {
            throw .malformed
        }
        try verify()
    }
}
