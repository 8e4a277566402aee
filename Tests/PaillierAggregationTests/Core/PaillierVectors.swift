import CryptoPrimitives
import Foundation

@testable import PaillierAggregation

/// The known answers of `Vectors/paillier/encryption.json`, made by Python integers.
struct PaillierVectors: Decodable {
    struct Contribution: Decodable {
        let values: [String]
        let weight: String
        let exponents: [String]
        let plaintexts: [String]
        let ciphertexts: [String]
    }

    struct Inputs: Decodable {
        let operation: String
        let preset: UInt16
        let p: String?
        let q: String?
        let modulus: String?
        let valueBound: String?
        let participants: Int?
        let weightCap: String?
        let dimension: Int?
        let contributions: [Contribution]?
    }

    struct Expected: Decodable {
        let modulus: String
        let keyId: String
        let generator: String
        let codecId: String
        let slotBits: Int
        let slots: Int
        let sumCiphertexts: [String]
        let sumPlaintexts: [String]
        let sum: [String]
        let weight: String
    }

    struct Test: Decodable {
        let tcId: Int
        let comment: String
        let inputs: Inputs
        let expected: Expected?
        let error: String?
    }

    let numberOfTests: Int
    let tests: [Test]

    static func load() throws -> PaillierVectors {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors/paillier/encryption.json")
        return try JSONDecoder().decode(PaillierVectors.self, from: Data(contentsOf: file))
    }
}

/// A reproducible source: the ChaCha20 stream of a number.
struct StreamSource: RandomSource {
    private var key = [UInt8](repeating: 0, count: 32)
    private var block: UInt32 = 0

    init(_ seed: UInt8) { key[0] = seed }

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        key.withUnsafeBytes { ChaCha20.keystream(into: buffer, key: $0, blockIndex: block) }
        block += UInt32((buffer.count + 63) / 64)
    }
}

func limbs(_ hex: String, _ count: Int) throws -> [UInt64] {
    struct NotHexadecimal: Error {}
    guard let number = PublicInteger(hex: hex) else { throw NotHexadecimal() }
    return number.limbs(count)
}

func secret(_ limbs: [UInt64]) -> SecretBytes {
    var bytes = SecretBytes(zeroed: 8 * limbs.count)
    bytes.withUnsafeMutableBytes { target in limbs.withUnsafeBytes { target.copyMemory(from: $0) } }
    return bytes
}

/// A key from two hexadecimal primes, shorter or longer than the preset wants them where a test asks for that.
func secretKey(
    _ p: String, _ q: String, _ parameters: PaillierParameters, path: ArithmeticPath = .automatic
) throws -> SecretKey {
    let half = parameters.modulusLimbs / 2
    let p = SecretLimbs(public: try limbs(p, half))
    let q = SecretLimbs(public: try limbs(q, half))
    return try SecretKey(testedPrimes: p, q, parameters: parameters, path: path)
}

/// One key a preset, made once for all tests.
enum TestKeys {
    static let encoded: [UInt16: [UInt64]] = {
        var all: [UInt16: [UInt64]] = [:]
        for parameters in PaillierParameters.all {
            var source: any RandomSource = StreamSource(UInt8(parameters.id))
            let key = SecretKey.generate(parameters, from: &source)
            all[parameters.id] = key.encoded().withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
        }
        return all
    }()

    static func key(_ parameters: PaillierParameters) throws -> SecretKey {
        let both = encoded[parameters.id] ?? []
        let half = both.count / 2
        return try SecretKey(
            testedPrimes: SecretLimbs(public: Array(both[..<half])), SecretLimbs(public: Array(both[half...])),
            parameters: parameters)
    }
}
