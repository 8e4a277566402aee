internal import CryptoPrimitives
internal import WireFormat

/// `shamir/ristretto255.json`.
struct ShamirVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        switch try inputs.text("operation") {
        case "multiplyBase":
            let bytes = try inputs.bytes("scalar")
            let scalar = try mappingCrypto { () throws(CryptoFailure) in
                try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(CryptoFailure) in
                    try unsafe SecretScalar(canonical: bytes)
                }
            }
            return VectorAnswer(["point": .hex(scalar.publicElement().value)])
        case "decodePoint":
            let bytes = try inputs.bytes32("encoding")
            let point = try mappingCrypto { () throws(CryptoFailure) in try GroupElement(bytes) }
            return VectorAnswer(["point": .hex(point.value)])
        case "reduce":
            let scalar = try PlayedBytes.scalar(try inputs.bytes("wide"), for: "wide")
            return VectorAnswer(["scalar": .string(Hexadecimal.text(ofPublished: scalar))])
        case "share": return try share(inputs)
        case "recover": return try recover(inputs)
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    private func share(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let threshold = try inputs.integer("threshold", 1...1_024)
        let holders = try inputs.identifiers("holders")
        let wide = try inputs.listOfBytes("wideCoefficients", count: 64)
        let chosen = try inputs.identifiers("reconstructFrom").sorted()
        guard wide.count == threshold, chosen.count == threshold, chosen.allSatisfy({ holders.contains($0) }) else {
            throw inputs.fault("threshold", "is not the number of coefficients and of chosen holders")
        }
        let coefficients = try wide.map { (bytes) throws(VectorFault) in
            Hexadecimal.text(ofPublished: try PlayedBytes.scalar(bytes, for: "wideCoefficients"))
        }
        var slab = SecretSlab(slotCount: holders.count, slotBytes: Shamir.shareBytes)
        let commitments = try PlayedBytes.play(wide.flatMap { $0 }, for: "wideCoefficients") {
            (source) throws(VectorFault) in
            let secret = SecretScalar(random: &source)
            return Shamir.deal(
                secret, threshold: threshold, holders: holders, into: &slab, firstSlot: 0, slotStride: 1,
                from: &source)
        }
        var shares: [UInt32: Bytes32] = [:]
        for (slot, holder) in holders.enumerated() {
            shares[holder] = unsafe slab.withSlot(slot) { unsafe Bytes32(copying: $0) }
            let isConsistent = unsafe slab.withSlot(slot) {
                unsafe Shamir.isConsistent(share: $0, holder: holder, commitments: commitments)
            }
            guard isConsistent else { throw VectorFault.malformed("share \(holder) does not fit its commitments") }
        }
        let weights = try weights(chosen)
        let recovered = try Self.combine(chosen.map { shares[$0] ?? Bytes32() }, weights)
        return VectorAnswer([
            "coefficients": .array(coefficients.map { .string($0) }),
            "shares": .array(holders.map { ["id": .count($0), "share": .hex(shares[$0] ?? Bytes32())] }),
            "commitments": .array(commitments.map { .hex($0.value) }),
            "weights": .array(
                try chosen.indices.map { (position) throws(VectorFault) in
                    // The weight of a holder is what comes of a one in its place and zeros elsewhere.
                    var units = [Bytes32](repeating: Bytes32(), count: chosen.count)
                    units[position] = Bytes32([1] + [UInt8](repeating: 0, count: 31)) ?? Bytes32()
                    return ["id": .count(chosen[position]), "weight": .string(try Self.combine(units, weights))]
                }),
            "secret": .string(recovered),
        ])
    }

    /// What the coordinator does with shares: as many as the threshold, each holder once, canonical, and a secret that
    /// fits the commitment to it; when it does not, the holders whose shares do not fit are to blame.
    private func recover(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        var commitments: [GroupElement] = []
        for bytes in try inputs.listOfBytes32("commitments") {
            commitments.append(try mappingCrypto { () throws(CryptoFailure) in try GroupElement(bytes) })
        }
        var entries: [(id: UInt32, share: Bytes32)] = []
        for share in try inputs.objects("shares") {
            entries.append((try share.identifier("id"), try share.bytes32("share")))
        }
        let weights = try weights(entries.map(\.id))
        if try entries.count < inputs.integer("threshold", 1...1_024) {
            throw VectorFault.refused("abortedInsufficientShares", [])
        }
        for entry in entries {
            let isCanonical = unsafe entry.share.withUnsafeBytes { unsafe Shamir.isCanonical($0) }
            guard isCanonical else {
                throw VectorFault.refused("nonCanonicalShare", [JSONMember("holder", .count(entry.id))])
            }
        }
        let secret = try Self.combine(entries.map(\.share), weights)
        let bytes = Hexadecimal.bytes(secret) ?? []
        let point = try mappingCrypto { () throws(CryptoFailure) in
            try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(CryptoFailure) in
                try unsafe SecretScalar(canonical: bytes).publicElement()
            }
        }
        if point == commitments.first { return VectorAnswer(["secret": .string(secret)]) }
        let blamed = entries.filter { entry in
            unsafe entry.share.withUnsafeBytes {
                unsafe !Shamir.isConsistent(share: $0, holder: entry.id, commitments: commitments)
            }
        }
        throw VectorFault.refused(
            "inconsistentShare",
            [
                JSONMember("holder", blamed.first.map { .count($0.id) } ?? .null),
                JSONMember("holders", .array(blamed.map { .count($0.id) })),
            ])
    }

    private func weights(_ holders: [UInt32]) throws(VectorFault) -> Shamir.Weights {
        do throws(ShamirFailure) {
            return try Shamir.Weights(holders: holders)
        } catch {
            switch error {
            case .noHolders: throw VectorFault.refused("abortedInsufficientShares", [])
            case .duplicateHolder(let id):
                throw VectorFault.refused("duplicateShare", [JSONMember("holder", .count(id))])
            }
        }
    }

    /// The secret behind shares in the order of the weights' holders; what the vectors hold is published.
    static func combine(_ shares: [Bytes32], _ weights: Shamir.Weights) throws(VectorFault) -> String {
        var slab = SecretSlab(slotCount: shares.count, slotBytes: Shamir.shareBytes)
        for (slot, share) in shares.enumerated() {
            unsafe share.withUnsafeBytes { source in
                unsafe slab.withMutableSlot(slot) { unsafe $0.copyMemory(from: source) }
            }
        }
        return try mappingCrypto { () throws(CryptoFailure) in
            Hexadecimal.text(ofPublished: try Shamir.combine(slab, weights: weights))
        }
    }
}
