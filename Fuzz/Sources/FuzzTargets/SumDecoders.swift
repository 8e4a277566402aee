import CryptoPrimitives
import PaillierAggregation
import RoundProtocol
import WireFormat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Decoders {
    /// A dealt key of the known answers, 2 of 3 at 2,048 bits.
    static let key: ThresholdPublicKey = {
        let path = Repository.root + "/Vectors/paillier/threshold_keys.json"
        guard let text = Repository.contents(path), let file = try? JSONValue(parsing: text, limit: 1 << 24),
            let bytes = file["tests"]?.elements?.first?["inputs"]?["bytes"]?.text.flatMap(Repository.bytes),
            let key = try? ThresholdPublicKey(bytes: bytes)
        else { preconditionFailure("the known answers hold a key") }
        return key
    }()

    static var publicKeyBytes: [UInt8] { key.publicKey.bytes() }

    /// The ciphertext 1, which encrypts zero, as a vector of one.
    static var ciphertextBytes: [UInt8] {
        var limbs = [UInt64](repeating: 0, count: 2 * key.publicKey.modulus.count)
        limbs[0] = 1
        let vector = try? CiphertextVector(limbs: limbs, key: key.publicKey, codecID: Digest(Bytes32()))
        return vector?.bytes() ?? []
    }

    static func sumMessage(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let body = bytes.dropFirst()
        let whole = [UInt8](body)
        let parameters = key.publicKey.parameters
        let encoded: [UInt8]?
        switch kind % 11 {
        case 0: encoded = (try? SumProposal(decoding: body))?.encoded()
        case 1: encoded = (try? Join(carrier(.join, body), masksInside: false))?.encoded()
        case 2: encoded = (try? Join(carrier(.join, body), masksInside: true))?.encoded()
        case 3: encoded = (try? OpeningShareHeader(decoding: body))?.encoded()
        case 4: encoded = (try? PublicKey(bytes: whole))?.bytes()
        case 5: encoded = (try? ThresholdPublicKey(bytes: whole))?.bytes()
        case 6:
            let codec = Digest(Bytes32())
            let vector = try? CiphertextVector(bytes: whole, key: key.publicKey, codecID: codec, count: 1)
            encoded = vector?.bytes()
        case 7: encoded = (try? PlaintextKnowledgeProof(bytes: whole, parameters: parameters))?.bytes()
        case 8: encoded = (try? PartialOpening(bytes: whole, key: key, count: 1))?.bytes()
        case 9:
            // Its sets are written in order whatever order they came in.
            if let record = try? OpeningRecord(bytes: whole) {
                precondition((try? OpeningRecord(bytes: record.bytes()))?.bytes() == record.bytes())
            }
            return
        default:
            var secret = SecretBytes(zeroed: whole.count)
            secret.withUnsafeMutableBytes { $0.copyBytes(from: whole) }
            _ = try? KeyShare.decode(secret, key: key).holder
            return
        }
        if let encoded { precondition(encoded == whole, "message \(kind % 11) has two encodings") }
    }
}

/// The files of this repository, found from where this file was compiled.
public enum Repository {
    /// The directory that holds `Vectors` and `Fuzz`.
    public static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(4)
        return parts.joined(separator: "/")
    }()

    /// What a file holds; nil when it cannot be read.
    public static func contents(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// Hexadecimal digits as bytes; nil for anything else.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
