import CryptoPrimitives
import Foundation
import Testing
import WireFormat

@testable import PaillierAggregation

/// The dealer's side against `Vectors/paillier/threshold_keys.json`: bases, both proofs, verification values and shares
/// are, bit for bit, what Python integers make of the same random numbers.
@Suite struct ThresholdProverTests {
    private struct File: Decodable {
        struct Dealt: Decodable {
            let p: String
            let q: String
            let sizeProof: [String: String]
            let decryption: [String]
            let root: [String]
            let bases: [String]
        }

        struct Inputs: Decodable {
            let operation: String
            let key: String?
            let name: String?
            let bytes: String?
            let dealt: Dealt?
        }

        struct Test: Decodable {
            let inputs: Inputs
            let result: String
        }

        let tests: [Test]
    }

    /// Plays numbers as they are drawn: whole limbs, little-endian.
    private struct Played: RandomSource {
        private var bytes: [UInt8]

        init(_ numbers: [[UInt64]]) {
            bytes = numbers.joined().flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> (8 * $0)) } }
        }

        var isUsedUp: Bool { bytes.isEmpty }

        mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
            precondition(buffer.count <= bytes.count, "more is drawn than was given")
            buffer.copyBytes(from: bytes[..<buffer.count])
            bytes.removeFirst(buffer.count)
        }
    }

    private static let tests = Result {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors/paillier/threshold_keys.json")
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).tests
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func number(_ hex: String) throws -> PublicInteger { try #require(PublicInteger(hex: hex)) }

    @Test(arguments: ["two of three", "three of five", "long"])
    func dealerFollowsThePage(name: String) throws {
        let tests = try Self.tests.get()
        let inputs = try #require(tests.first { $0.inputs.name == name }).inputs
        let (dealt, bytes) = (try #require(inputs.dealt), try #require(inputs.bytes))
        let parameters = name == "long" ? PaillierParameters.p3072 : .p2048
        let half = parameters.modulusLimbs / 2
        let p = SecretLimbs(public: try limbs(dealt.p, half))
        let q = SecretLimbs(public: try limbs(dealt.q, half))
        let key = try PublicKey(modulus: p.multiplied(by: q).published(), parameters: parameters)
        let one = PublicInteger(1)
        let order =
            (try Self.number(dealt.p) - one) * (try Self.number(dealt.q) - one) / PublicInteger(4)
        let secretOrder = SecretLimbs(public: order.limbs(parameters.modulusLimbs))
        let proved = BlumModulusProof.prove(modulus: key.modulus, order: secretOrder, context: key.ring)
        let modulusProof = try #require(proved)
        let group = try #require(ProofGroup(modulusBits: parameters.modulusBits))
        let short = (parameters.modulusBits / 2 + 256 + 63) / 64
        let lengths = [
            ("r", group.limbs), ("alpha", short), ("beta", short), ("rho", group.limbs), ("sigma", group.limbs),
        ]
        let drawn = try lengths.map { try limbs(try #require(dealt.sizeProof[$0.0]), $0.1) }
        var source: any RandomSource = Played(drawn)
        let sized = FactorSizeProof.prove(modulus: key.modulus, p: p, q: q, from: &source)
        let factorProof = try #require(sized)
        #expect((source as? Played)?.isUsedUp == true)

        var values: [[UInt64]] = []
        var shares: [[[UInt64]]] = []
        let holders = try shareTexts(name).count
        for (mode, coefficients) in [(OpeningMode.partialDecryption, dealt.decryption), (.jointRoot, dealt.root)] {
            let opening = OpeningGroup(key, mode: mode)
            let base = try Self.number(dealt.bases[values.count])
            #expect(PublicInteger(limbs: opening.base) == base)
            let modulus = mode == .jointRoot ? order : key.n * order
            let length = opening.limbs
            var source: any RandomSource = Played(try coefficients.dropFirst().map { try limbs($0, length) })
            let polynomial = SecretPolynomial(
                constant: SecretLimbs(public: try limbs(coefficients[0], length)), threshold: coefficients.count,
                modulus: SecretLimbs(public: modulus.limbs(length)), bits: opening.exponentBits, from: &source)
            #expect((source as? Played)?.isUsedUp == true)
            shares.append((1...holders).map { polynomial.value(at: $0).published() })
            values.append(
                (1...holders).flatMap {
                    opening.context.powers(
                        opening.base, secret: polynomial.value(at: $0), bits: opening.exponentBits)
                })
        }
        let made = ThresholdPublicKey(
            publicKey: key, threshold: dealt.root.count, shareholders: holders, decryption: values[0], root: values[1],
            modulusProof: modulusProof, factorProof: factorProof)
        #expect(Self.hex(made.bytes()) == bytes)
        for (place, text) in try shareTexts(name).enumerated() {
            let share = KeyShare(
                holder: place + 1, keyID: made.id, decryption: SecretLimbs(public: shares[0][place]),
                root: SecretLimbs(public: shares[1][place]))
            #expect(share.bytes().withUnsafeBytes { Self.hex($0) } == text)
        }
    }

    /// The shares of a key, by holder.
    private func shareTexts(_ name: String) throws -> [String] {
        try Self.tests.get().filter { $0.inputs.operation == "share" && $0.inputs.key == name && $0.result == "valid" }
            .compactMap(\.inputs.bytes)
    }
}
