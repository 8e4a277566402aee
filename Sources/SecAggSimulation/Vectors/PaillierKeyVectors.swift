internal import CryptoPrimitives
internal import PaillierAggregation
internal import WireFormat

/// The keys of `paillier/threshold_keys.json` by name, with their shares, for the files that refer to them.
struct DealtKeys {
    private var encoded: [String: [UInt8]] = [:]
    private var keys: [String: ThresholdPublicKey] = [:]
    private var shares: [String: [Int: [UInt8]]] = [:]

    /// What cannot be read is left out, and is unknown where a test refers to it.
    init(_ tests: [VectorTest]) {
        for test in tests where test.error == nil {
            guard let bytes = try? test.inputs.bytes("bytes") else { continue }
            if let name = try? test.inputs.text("name") {
                encoded[name] = bytes
                keys[name] = try? ThresholdPublicKey(bytes: bytes)
            } else if let name = try? test.inputs.text("key"), let holder = bytes.first {
                shares[name, default: [:]][Int(holder)] = bytes
            }
        }
    }

    func key(_ inputs: VectorFields, _ field: String = "key") throws(VectorFault) -> ThresholdPublicKey {
        guard let key = keys[try inputs.text(field)] else { throw inputs.fault(field, "is unknown") }
        return key
    }

    func bytes(_ inputs: VectorFields) throws(VectorFault) -> [UInt8] {
        guard let bytes = encoded[try inputs.text("key")] else { throw inputs.fault("key", "is unknown") }
        return bytes
    }

    /// The share of `holder` of the key that `key` names.
    func share(_ inputs: VectorFields) throws(VectorFault) -> KeyShare {
        let (key, holder) = (try key(inputs), try inputs.integer("holder", 1...ThresholdPublicKey.maximumShareholders))
        guard let bytes = shares[try inputs.text("key")]?[holder] else { throw inputs.fault("holder", "has no share") }
        return try mappingPaillier { () throws(PaillierFailure) in
            try KeyShare.decode(VectorFields.secret(bytes), key: key)
        }
    }
}

/// `paillier/threshold_keys.json`.
struct PaillierKeyVectors: VectorArea {
    let dealt: DealtKeys

    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        switch try inputs.text("operation") {
        case "key": return try key(try inputs.bytes("bytes"), inputs)
        case "alteredKey": return try key(try altered(inputs), inputs)
        case "share":
            let (key, bytes) = (try dealt.key(inputs), try inputs.bytes("bytes"))
            let share = try mappingPaillier { () throws(PaillierFailure) in
                try KeyShare.decode(VectorFields.secret(bytes), key: key)
            }
            try inputs.require(Hexadecimal.text(ofPublished: share.bytes()) == inputs.text("bytes"), "bytes")
            return VectorAnswer(["holder": .count(share.holder), "keyId": .hex(share.keyID)])
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    private func key(_ bytes: [UInt8], _ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let key = try mappingPaillier { () throws(PaillierFailure) in try ThresholdPublicKey(bytes: bytes) }
        try inputs.require(key.bytes() == bytes, "bytes")
        return VectorAnswer([
            "id": .hex(key.id), "keyId": .hex(key.publicKey.id),
            "modulus": .string(HexNumber.text(key.publicKey.modulus)), "threshold": .count(key.threshold),
            "shareholders": .count(key.shareholders),
        ])
    }

    /// The bytes of a key with others written over them, cut and continued.
    private func altered(_ inputs: VectorFields) throws(VectorFault) -> [UInt8] {
        var bytes = try dealt.bytes(inputs)
        for change in try inputs.objects("changes") {
            let new = try change.bytes("bytes")
            let at = try change.integer("at", 0...max(bytes.count - new.count, 0))
            guard at + new.count <= bytes.count else { throw change.fault("bytes", "reach beyond the key") }
            bytes.replaceSubrange(at..<at + new.count, with: new)
        }
        return Array(bytes.prefix(try inputs.integer("keep", 0...bytes.count))) + (try inputs.bytes("append"))
    }
}
