internal import CryptoPrimitives
internal import PaillierAggregation
internal import WireFormat

/// `paillier/encryption.json` and `paillier/refusals.json`.
struct PaillierSumVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        switch try inputs.text("operation") {
        case "sum": return try sum(inputs)
        case "publicKey": return VectorAnswer(["keyId": .hex(try inputs.publicKey().id)])
        case "secretKey": return VectorAnswer(["keyId": .hex(try inputs.secretKey().publicKey.id)])
        case "vector": return try vector(inputs)
        case "aggregate": return try aggregate(inputs)
        case "encode": return try encode(inputs)
        case "decode": return try decode(inputs)
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    /// Packs, encrypts with the given exponents, multiplies, decrypts and unpacks; every value on the way is compared.
    private func sum(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let secretKey = try inputs.secretKey()
        let key = secretKey.publicKey
        let packing = try inputs.packing(key.parameters)
        let dimension = try inputs.integer("dimension", 1...largestTestVector)
        let (limbs, wide) = (key.parameters.modulusBytes / 8, key.parameters.ciphertextBytes / 8)
        var sum = CiphertextSum(
            key: key, codecID: packing.digest, count: packing.ciphertextCount(dimension: dimension))
        for contribution in try inputs.objects("contributions") {
            let (values, weight) = (try contribution.decimals("values"), try contribution.decimal("weight"))
            let plaintexts = try mappingPaillier { () throws(PaillierFailure) in
                try packing.encode(values, weight: weight, for: key)
            }
            try contribution.require(
                plaintexts.published() == contribution.numbers("plaintexts", limbs: limbs), "plaintexts")
            let exponents = try contribution.numbers("exponents", limbs: key.parameters.exponentBits / 64)
            let ciphertexts = try PlayedBytes.play(HexNumber.bytes(exponents), for: "exponents") {
                (source) throws(VectorFault) in
                try mappingPaillier { () throws(PaillierFailure) in
                    try Encryptor(key).encrypt(plaintexts, from: &source)
                }
            }
            try contribution.require(
                ciphertexts.limbs == contribution.numbers("ciphertexts", limbs: wide), "ciphertexts")
            try mappingPaillier { () throws(PaillierFailure) in try sum.add(ciphertexts) }
        }
        let contributors = sum.contributors
        let total = try mappingPaillier { [sum] () throws(PaillierFailure) in try sum.finish() }
        let opened = try mappingPaillier { () throws(PaillierFailure) in try secretKey.decrypt(total) }
        let decoded = try mappingPaillier { () throws(PaillierFailure) in
            try packing.decode(opened, dimension: dimension, expectedCount: contributors, for: key)
        }
        return VectorAnswer([
            "modulus": .string(HexNumber.text(key.modulus)), "keyId": .hex(key.id),
            "generator": .string(HexNumber.text(key.generator)), "codecId": .hex(packing.digest),
            "slotBits": .count(packing.slotBits), "slots": .count(packing.slots),
            "sumCiphertexts": .numbers(total.limbs, each: wide),
            "sumPlaintexts": .numbers(opened.published(), each: limbs), "sum": .decimals(decoded.values),
            "weight": .string(String(decoded.weight)),
        ])
    }

    private func vector(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let key = try inputs.publicKey()
        let (bytes, codec) = (try inputs.bytes("vector"), try inputs.digest("codecId"))
        let count = try inputs.integer("count", 0...largestTestVector)
        let vector = try mappingPaillier { () throws(PaillierFailure) in
            let vector = try CiphertextVector(bytes: bytes, key: key, codecID: codec, count: count)
            try vector.validate(key: key)
            return vector
        }
        try inputs.require(vector.bytes() == bytes, "vector")
        return VectorAnswer(["ciphertexts": .numbers(vector.limbs, each: vector.limbsPerCiphertext)])
    }

    private func aggregate(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let key = try inputs.publicKey()
        var sum = CiphertextSum(
            key: key, codecID: try inputs.digest("codecId"), count: try inputs.integer("count", 0...largestTestVector))
        let vectors = try inputs.texts("vectors").map { VectorFields(["vector": .string($0)], path: "inputs.vectors") }
        for entry in vectors {
            let vector = try entry.ciphertexts("vector", key: key)
            try mappingPaillier { () throws(PaillierFailure) in try sum.add(vector) }
        }
        let contributors = sum.contributors
        let total = try mappingPaillier { [sum] () throws(PaillierFailure) in try sum.finish() }
        return VectorAnswer([
            "ciphertexts": .numbers(total.limbs, each: total.limbsPerCiphertext), "contributors": .count(contributors),
        ])
    }

    private func encode(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let key = try inputs.publicKey()
        let packing = try inputs.packing(key.parameters)
        let (values, weight) = (try inputs.decimals("values"), try inputs.decimal("weight"))
        let plaintexts = try mappingPaillier { () throws(PaillierFailure) in
            try packing.encode(values, weight: weight, for: key)
        }
        return VectorAnswer([
            "plaintexts": .numbers(plaintexts.published(), each: plaintexts.limbsPerPlaintext),
            "codecId": .hex(packing.digest),
        ])
    }

    private func decode(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let secretKey = try inputs.secretKey()
        let key = secretKey.publicKey
        let packing = try inputs.packing(key.parameters)
        let dimension = try inputs.integer("dimension", 0...largestTestVector)
        let contributors = try inputs.integer("contributors", 0...1 << 20)
        let sum = try inputs.ciphertexts("vector", key: key)
        let decoded = try mappingPaillier { () throws(PaillierFailure) in
            try packing.decode(
                try secretKey.decrypt(sum), dimension: dimension, expectedCount: contributors, for: key)
        }
        return VectorAnswer(["values": .decimals(decoded.values), "weight": .string(String(decoded.weight))])
    }
}
