internal import CryptoPrimitives
internal import SecureFederation
internal import WireFormat

/// Measured ceilings of masking as JSON and as text.
struct MaskLimitsResult {
    let limits: MaskLimits

    /// For output that holds nothing else.
    var alone: JSONValue {
        let head: JSONValue = ["schema": .string(JSONOutput.schema), "case": "limits", "threads": 1]
        return head.appending(json)
    }

    var json: JSONValue {
        [
            "libsodium_keystream_gbps": .rounded(limits.libsodiumRate * 1e-9, digits: 3),
            "libsodium_hash_gbps": .rounded(limits.libsodiumHashRate * 1e-9, digits: 3),
            "masks": .array(
                limits.generators.map { one in
                    [
                        "prg": .string(name(one.generator)), "path": .string(one.implementation),
                        "keystream_gbps": .rounded(one.keystreamRate * 1e-9, digits: 3),
                        "of_libsodium": .rounded(one.keystreamRate / limits.libsodiumRate, digits: 3),
                        "fused": .array(
                            one.fusedRates.map { fused in
                                [
                                    "d": .count(fused.values), "gbps": .rounded(fused.rate * 1e-9, digits: 3),
                                    "of_keystream": .rounded(fused.rate / one.keystreamRate, digits: 4),
                                ]
                            }),
                    ]
                }),
            "codec": .array(
                limits.codecs.map { codec in
                    [
                        "path": .string("\(codec.path)"),
                        "quantise_nearest_ns": .rounded(codec.nearest * 1e9, digits: 4),
                        "quantise_stochastic_ns": .rounded(codec.stochastic * 1e9, digits: 4),
                        "quantise_stochastic_aes_ns": codec.stochasticByAES.map { .rounded($0 * 1e9, digits: 4) }
                            ?? .null,
                        "lane_add_gbps": .rounded(codec.additionRate * 1e-9, digits: 3),
                        "upload_digest_gbps": .rounded(codec.digestRate * 1e-9, digits: 3),
                    ]
                }),
            "x25519_us": .rounded(limits.agreement * 1e6, digits: 2),
            "ed25519_sign_us": .rounded(limits.signature * 1e6, digits: 2),
            "ed25519_verify_us": .rounded(limits.verification * 1e6, digits: 2),
            "ed25519_verify_eight_us": .rounded(limits.verificationOfEight * 1e6, digits: 2),
            "ristretto255_us": .rounded(limits.multiplication * 1e6, digits: 2),
        ]
    }

    var text: String {
        var table = TextTable([
            "masks", "keystream", "of libsodium", "ten masks, 1e5", "1e6", "1e7 values", "of keystream",
        ])
        for one in limits.generators {
            let rates = one.fusedRates.map { gigabytes($0.rate) }
            let parts = one.fusedRates.map { NumberText.fixed(100 * $0.rate / one.keystreamRate, 0) }
            table.add(
                [
                    "\(name(one.generator)), \(one.implementation)", gigabytes(one.keystreamRate),
                    NumberText.fixed(one.keystreamRate / limits.libsodiumRate, 2),
                ] + rates
                    + [parts.joined(separator: ", ") + " %"])
        }
        var codecs = TextTable(["codec, one core", "nearest", "stochastic", "by AES", "lane add", "upload digest"])
        for codec in limits.codecs {
            codecs.add([
                "\(codec.path)", nanoseconds(codec.nearest), nanoseconds(codec.stochastic),
                codec.stochasticByAES.map(nanoseconds) ?? "-", gigabytes(codec.additionRate),
                gigabytes(codec.digestRate),
            ])
        }
        var facts = FactList()
        facts.add(
            "libsodium", "ChaCha20 \(gigabytes(limits.libsodiumRate)), BLAKE2b \(gigabytes(limits.libsodiumHashRate))")
        facts.add(
            "public keys",
            "X25519 \(microseconds(limits.agreement)), Ed25519 \(microseconds(limits.signature)) to sign and"
                + " \(microseconds(limits.verification)) to verify, \(microseconds(limits.verificationOfEight)) each of eight,"
                + " ristretto255 \(microseconds(limits.multiplication))"
        )
        return table.text + "\n\n" + codecs.text + "\n\n" + facts.text
    }

    private func name(_ generator: KeystreamGenerator) -> String {
        generator == .chaCha20 ? "chacha20" : "aes256ctr"
    }

    private func gigabytes(_ rate: Double) -> String { NumberText.fixed(rate * 1e-9, 2) + " GB/s" }
    private func nanoseconds(_ time: Double) -> String { NumberText.fixed(time * 1e9, 2) + " ns" }
    private func microseconds(_ time: Double) -> String { NumberText.fixed(time * 1e6, 1) + " us" }
}
