internal import PaillierAggregation
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// What a measured round says about its encryption.
struct EncryptedRoundFacts {
    let terms: PaillierTerms
    let trial: RoundTrial
    /// Processor seconds of one client's packing, encryption, proof, hashing and signature.
    let inputSeconds: Double

    private var dimension: Int { trial.plan.dimension }
    private var shareholders: Int { PaillierTerms.shareholders(trial.participants) }
    private var bytes: Int {
        (try? terms.contributionBytes(
            dimension: dimension, ringBits: trial.plan.ringBits, valueBound: trial.valueBound,
            participants: trial.plan.participants)) ?? 0
    }
    /// Without the proof, which is as long as two.
    private var ciphertexts: Int { max(0, bytes / terms.parameters.ciphertextBytes - 2) }

    var json: JSONValue {
        [
            "key_bits": .count(terms.parameters.modulusBits), "exponent_bits": .count(terms.parameters.exponentBits),
            "opening": .string(terms.mode == .jointRoot ? "root" : "partial"), "masks_inside": .bool(terms.masksInside),
            "shareholders": .count(shareholders), "ciphertexts": .count(ciphertexts),
            "contribution_bytes": .count(bytes),
            "values_per_ciphertext": .rounded(Double(dimension) / Double(max(1, ciphertexts)), digits: 2),
            "client_values_per_s": .rounded(Double(dimension) / max(inputSeconds, 1e-9), digits: 0),
        ]
    }

    var text: String {
        "\(terms.parameters.modulusBits)-bit key, \(terms.parameters.exponentBits)-bit exponents, \(ciphertexts)"
            + " ciphertexts, \(trial.plan.shamirThreshold) of \(shareholders) shareholders open by"
            + (terms.mode == .jointRoot ? " a joint root (awaiting review)" : " partial decryption")
            + (terms.masksInside ? ", masks inside" : "")
    }
}
