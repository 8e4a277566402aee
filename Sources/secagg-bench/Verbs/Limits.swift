internal import ArgumentParser
internal import CryptoPrimitives
internal import PaillierAggregation
internal import SecureFederation
internal import WireFormat

/// `limits`: this machine's ceilings, and how close the kernels come.
struct Limits: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract:
            "Measure this machine's ceilings (masks, codec, hash, keys, Montgomery products) and how close we come; one core."
    )

    @Option(name: .long, help: "Bits of the key; 3072-short has 256-bit exponents.")
    var key = KeySizes.p3072

    @Option(name: .long, help: "About so many milliseconds for each figure, 1 to 60000.")
    var milliseconds = 300

    @Flag(name: .long, help: "Measure the path without AVX512-IFMA.")
    var portable = false

    @Flag(name: .customLong("masks-only"), help: "Leave out the Paillier library.")
    var masksOnly = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...60_000).contains(milliseconds) else { throw ValidationError("--milliseconds is in 1...60000") }
    }

    func run() throws {
        var source: any RandomSource = SystemRandomSource()
        Terminal.progress("masks, codec, hash and keys")
        let masks = MaskLimitsResult(
            limits: MaskLimits.measure(
                seconds: Double(milliseconds) / 1000, from: &source, clock: ResourceUsage.threadSeconds))
        if masksOnly {
            Terminal.endProgress()
            if output.json { try JSONOutput.write(masks.alone) } else { print(masks.text) }
            return
        }
        Terminal.progress("making a key")
        let limits: PaillierLimits
        do throws(PaillierFailure) {
            limits = try PaillierLimits.measure(
                key.parameters, seconds: Double(milliseconds) / 1000, portable: portable, from: &source,
                clock: ResourceUsage.threadSeconds)
        } catch {
            throw CommandFailure(
                status: .environment, what: "the kernels cannot be measured", why: "\(error)",
                next: "report it with this machine's processor flags")
        }
        Terminal.endProgress()
        let result = LimitsResult(limits: limits)
        if output.json {
            try JSONOutput.write(result.json.appending(masks.json))
        } else {
            print(masks.text + "\n\n" + result.text)
        }
    }
}

/// Measured ceilings as JSON and as text.
struct LimitsResult {
    let limits: PaillierLimits

    /// Slots of 32 bits, as for ten companies and 32-bit sums.
    private var slots: Int { (limits.parameters.modulusBits - 2) / 32 }

    var json: JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "limits", "path": .string(limits.path), "threads": 1,
            "key_bits": .count(limits.parameters.modulusBits),
            "exponent_bits": .count(limits.parameters.exponentBits),
            "ifma_peak_gops": limits.peak.map { .rounded($0, digits: 3) } ?? .null,
            "montgomery": .array(
                limits.kernels.map { kernel in
                    [
                        "bits": .count(kernel.modulusBits),
                        "products_per_s": .rounded(kernel.productsPerSecond, digits: 0),
                        "squares_per_s": .rounded(kernel.squaresPerSecond, digits: 0),
                        "product_of_peak": kernel.productPeak.map { .rounded($0, digits: 4) } ?? .null,
                        "square_of_peak": kernel.squarePeak.map { .rounded($0, digits: 4) } ?? .null,
                    ]
                }),
            "encryptions_per_s": .rounded(limits.encryptionsPerSecond, digits: 1),
            "values_per_s": .rounded(limits.encryptionsPerSecond * Double(slots), digits: 0),
            "decryptions_per_s": .rounded(limits.decryptionsPerSecond, digits: 1),
            "additions_per_s": .rounded(limits.additionsPerSecond, digits: 0),
            "decryption_shares_per_s": .rounded(limits.decryptionSharesPerSecond, digits: 2),
            "root_shares_per_s": .rounded(limits.rootSharesPerSecond, digits: 2),
            "key_state_bytes": .count(limits.keyStateBytes),
        ]
    }

    var text: String {
        var facts = FactList()
        facts.add(
            "path",
            limits.path
                + (limits.peak.map { ", ceiling \(NumberText.fixed($0, 2)) thousand million multiply-adds a second" }
                    ?? ", no AVX512-IFMA"))
        for kernel in limits.kernels {
            let part = kernel.productPeak.map { ", \(NumberText.fixed(100 * $0, 1)) % of the ceiling" } ?? ""
            let square = kernel.squarePeak.map { ", \(NumberText.fixed(100 * $0, 1)) % counted as products" } ?? ""
            facts.add("products, \(kernel.modulusBits) bits", "\(rate(kernel.productsPerSecond))\(part)")
            facts.add("squares, \(kernel.modulusBits) bits", "\(rate(kernel.squaresPerSecond))\(square)")
        }
        let key = "\(limits.parameters.modulusBits)-bit key, \(limits.parameters.exponentBits)-bit exponents"
        facts.add("key", "\(key), \(NumberText.bytes(Double(limits.keyStateBytes))) of tables")
        facts.add(
            "encryptions",
            "\(rate(limits.encryptionsPerSecond)), \(rate(limits.encryptionsPerSecond * Double(slots))) of 32-bit values"
        )
        facts.add("decryptions", rate(limits.decryptionsPerSecond))
        facts.add("additions", rate(limits.additionsPerSecond))
        facts.add("decryption shares", rate(limits.decryptionSharesPerSecond))
        facts.add("root shares", rate(limits.rootSharesPerSecond))
        return facts.text
    }

    private func rate(_ perSecond: Double) -> String {
        "\(NumberText.fixed(perSecond, perSecond < 100 ? 2 : 0)) a second"
    }
}
