internal import CryptoPrimitives
internal import PaillierAggregation
internal import WireFormat

/// `paillier/plaintext_knowledge.json`.
struct PaillierKnowledgeVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let key = try inputs.publicKey()
        let context = PlaintextKnowledgeProof.Context(
            session: try inputs.digest("session"), round: try inputs.unsigned("round"),
            sender: try inputs.identifier("sender"))
        switch try inputs.text("operation") {
        case "prove": return try prove(inputs, key, context)
        case "verify":
            let ciphertexts = try inputs.ciphertexts("vector", key: key)
            let bytes = try inputs.bytes("proof")
            try mappingPaillier { () throws(PaillierFailure) in
                let proof = try PlaintextKnowledgeProof(bytes: bytes, parameters: key.parameters)
                try proof.verify(ciphertexts, key: key, context: context)
            }
            return VectorAnswer([:])
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    private func prove(
        _ inputs: VectorFields, _ key: PublicKey, _ context: PlaintextKnowledgeProof.Context
    ) throws(VectorFault) -> VectorAnswer {
        let packing = try inputs.packing(key.parameters)
        let (values, weight) = (try inputs.decimals("values"), try inputs.decimal("weight"))
        let limbs = key.parameters.modulusBytes / 8
        let drawn = HexNumber.bytes(
            try inputs.numbers("exponents", limbs: key.parameters.exponentBits / 64)
                + inputs.number("mu", limbs: limbs) + inputs.number("s", limbs: limbs))
        return try PlayedBytes.play(drawn, for: "exponents, mu and s") { (source) throws(VectorFault) in
            try mappingPaillier { () throws(PaillierFailure) in
                let plaintexts = try packing.encode(values, weight: weight, for: key)
                let encryption = try Encryptor(key).encryptKeepingExponents(plaintexts, from: &source)
                let proof = try PlaintextKnowledgeProof.prove(
                    encryption, of: plaintexts, key: key, context: context, from: &source)
                try proof.verify(encryption.ciphertexts, key: key, context: context)
                return VectorAnswer(["vector": .hex(encryption.ciphertexts.bytes()), "proof": .hex(proof.bytes())])
            }
        }
    }
}
