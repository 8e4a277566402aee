internal import CryptoPrimitives
internal import PaillierAggregation
internal import WireFormat

/// The little-endian limbs of the numbers that the vectors of Paillier write in hexadecimal digits.
enum HexNumber {
    /// Nil for anything but lower-case digits without leading zeros; as many limbs as needed, and `count` at least.
    static func limbs(_ text: String, atLeast count: Int) -> [UInt64]? {
        guard text == "0" || !text.hasPrefix("0"),
            let bytes = Hexadecimal.bytes(text.utf8.count % 2 == 0 ? text : "0" + text), !bytes.isEmpty
        else { return nil }
        var limbs = [UInt64](repeating: 0, count: max(count, (bytes.count + 7) / 8))
        for (place, byte) in bytes.reversed().enumerated() { limbs[place / 8] |= UInt64(byte) << UInt64(place % 8 * 8) }
        return limbs
    }

    /// The digits of a number without leading zeros.
    static func text(_ limbs: some BidirectionalCollection<UInt64>) -> String {
        let digits = Hexadecimal.text(of: bytes(limbs).reversed()).drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }

    /// Limbs as little-endian bytes.
    static func bytes(_ limbs: some Collection<UInt64>) -> [UInt8] {
        limbs.flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> UInt64(8 * $0)) } }
    }
}

extension JSONValue {
    /// Numbers of `length` limbs each, one after another.
    static func numbers(_ limbs: [UInt64], each length: Int) -> JSONValue {
        .array(
            stride(from: 0, to: limbs.count, by: length).map { .string(HexNumber.text(limbs[$0..<$0 + length])) })
    }
}

extension VectorFields {
    /// A number in exactly `count` limbs, or in more where `atLeast` says so.
    func number(_ key: String, limbs count: Int, atLeast: Bool = false) throws(VectorFault) -> [UInt64] {
        guard let limbs = HexNumber.limbs(try text(key), atLeast: count), atLeast || limbs.count == count else {
            throw fault(key, "is no hexadecimal number of at most \(count) limbs")
        }
        return limbs
    }

    /// Numbers in `count` limbs each, one after another.
    func numbers(_ key: String, limbs count: Int) throws(VectorFault) -> [UInt64] {
        var all: [UInt64] = []
        for text in try texts(key) {
            guard let limbs = HexNumber.limbs(text, atLeast: count), limbs.count == count else {
                throw fault(key, "holds no hexadecimal number of at most \(count) limbs")
            }
            all += limbs
        }
        return all
    }

    /// An unsigned decimal string.
    func decimal(_ key: String) throws(VectorFault) -> UInt64 {
        guard let value = UInt64(try text(key)) else { throw fault(key, "is no decimal string") }
        return value
    }

    func parameters() throws(VectorFault) -> PaillierParameters {
        let id = UInt16(try integer("preset", 0...65_535))
        return try mappingPaillier { () throws(PaillierFailure) in try PaillierParameters(id: id) }
    }

    /// The key of `preset` and `modulus`.
    func publicKey() throws(VectorFault) -> PublicKey {
        let parameters = try parameters()
        let modulus = try number("modulus", limbs: parameters.modulusBytes / 8, atLeast: true)
        return try mappingPaillier { () throws(PaillierFailure) in
            try PublicKey(modulus: modulus, parameters: parameters)
        }
    }

    /// The key of `preset`, `p` and `q`; it is tested as one that comes from elsewhere.
    func secretKey() throws(VectorFault) -> SecretKey {
        let parameters = try parameters()
        let limbs = parameters.modulusBytes / 16
        let primes = Self.secret(HexNumber.bytes(try number("p", limbs: limbs) + number("q", limbs: limbs)))
        var source: any RandomSource = SeededRandomSource(seed: 0, label: "primality")
        return try mappingPaillier { () throws(PaillierFailure) in
            try SecretKey(encoded: primes, parameters: parameters, from: &source)
        }
    }

    func packing(_ parameters: PaillierParameters) throws(VectorFault) -> PlaintextPacking {
        let (bound, cap) = (try decimal("valueBound"), try decimal("weightCap"))
        let participants = try integer("participants", 1...1 << 20)
        return try mappingPaillier { () throws(PaillierFailure) in
            try PlaintextPacking(for: parameters, valueBound: bound, participants: participants, weightCap: cap)
        }
    }

    /// The ciphertexts in the bytes of a field, under the codec and of the number that these bytes declare.
    func ciphertexts(_ name: String, key: PublicKey) throws(VectorFault) -> CiphertextVector {
        let bytes = try bytes(name)
        guard bytes.count >= CiphertextVector.headerBytes, let codec = Bytes32(Array(bytes[34..<66])) else {
            throw VectorFault(.malformed)
        }
        let count = bytes[66..<70].reversed().reduce(0) { $0 << 8 | Int($1) }
        return try mappingPaillier { () throws(PaillierFailure) in
            try CiphertextVector(bytes: bytes, key: key, codecID: Digest(codec), count: count)
        }
    }

    /// Throws unless the library's value is the one that the test gives among its inputs.
    func require(_ isSame: Bool, _ key: String) throws(VectorFault) {
        if !isSame { throw fault(key, "is not what the library makes") }
    }
}

/// Runs a call of the Paillier library.
func mappingPaillier<R: ~Copyable>(_ body: () throws(PaillierFailure) -> R) throws(VectorFault) -> R {
    do throws(PaillierFailure) {
        return try body()
    } catch {
        throw VectorFault(error)
    }
}

extension VectorFault {
    init(_ failure: PaillierFailure) {
        let details: [JSONMember]
        switch failure {
        case .invalidCiphertext(let index), .sumOutOfRange(let index): details = [JSONMember("index", .count(index))]
        case .invalidShare(let holder), .invalidProof(let holder), .duplicateShare(let holder):
            details = [JSONMember("holder", .count(holder))]
        default: details = []
        }
        self = .refused(String("\(failure)".prefix { $0 != "(" }), details)
    }
}
