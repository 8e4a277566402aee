internal import CryptoPrimitives
internal import DurableState
internal import PaillierAggregation
internal import WireFormat

/// `paillier/opening_requests.json`.
struct PaillierRequestVectors: VectorArea {
    let dealt: DealtKeys

    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let request = try request(inputs)
        return VectorAnswer([
            "contributors": .array(request.contributors.map { .count($0) }),
            "contributions": .array(request.contributions.map { .hex($0) }), "set": .hex(request.set),
            "statement": .hex(request.statement),
            "aggregate": .numbers(request.aggregate.limbs, each: request.aggregate.limbsPerCiphertext),
        ])
    }

    func request(_ inputs: VectorFields) throws(VectorFault) -> OpeningRequest {
        let key = try dealt.key(inputs)
        let mode = try Self.mode(inputs)
        let (session, round) = (try inputs.digest("session"), try inputs.unsigned("round"))
        var contributions: [(sender: UInt32, ciphertexts: CiphertextVector)] = []
        for entry in try inputs.objects("contributions") {
            contributions.append(
                (try entry.identifier("sender"), try entry.ciphertexts("vector", key: key.publicKey)))
        }
        return try mappingPaillier { () throws(PaillierFailure) in
            try OpeningRequest(mode: mode, session: session, round: round, contributions: contributions, key: key)
        }
    }

    static func mode(_ inputs: VectorFields) throws(VectorFault) -> OpeningMode {
        let name = try inputs.text("mode")
        guard let mode = OpeningMode.allCases.first(where: { "\($0)" == name }) else {
            throw inputs.fault("mode", "is unknown")
        }
        return mode
    }
}

/// `paillier/openings.json`.
struct PaillierOpeningVectors: VectorArea {
    private let dealt: DealtKeys
    private var requests: [String: (request: OpeningRequest, key: ThresholdPublicKey)] = [:]

    /// `tests` are those of `paillier/opening_requests.json`; a request that cannot be made is unknown.
    init(dealt: DealtKeys, requests tests: [VectorTest]) {
        self.dealt = dealt
        let area = PaillierRequestVectors(dealt: dealt)
        for test in tests where test.error == nil {
            guard let name = try? test.inputs.text("name"), let request = try? area.request(test.inputs),
                let key = try? dealt.key(test.inputs)
            else { continue }
            requests[name] = (request, key)
        }
    }

    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let (request, key) = try named(try inputs.text("request"), inputs)
        switch try inputs.text("operation") {
        case "open": return try open(inputs, request)
        case "verify":
            let partial = try partial(try inputs.bytes("partial"), request, key)
            try mappingPaillier { () throws(PaillierFailure) in try partial.verify(for: request, key: key) }
            return VectorAnswer(["holder": .count(partial.holder)])
        case "combine": return try combine(inputs, request, key)
        case "opening":
            let limbs = key.publicKey.parameters.modulusBytes / 8
            let opening = AggregateOpening(
                mode: try PaillierRequestVectors.mode(inputs), statement: request.statement,
                plaintexts: try inputs.numbers("plaintexts", limbs: limbs),
                roots: try inputs.numbers("roots", limbs: limbs), limbs: limbs)
            let against = try named(try inputs.text("against"), inputs).request
            try mappingPaillier { () throws(PaillierFailure) in
                try opening.verifyOpening(of: against, key: key.publicKey)
            }
            return VectorAnswer([:])
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    private func named(
        _ name: String, _ inputs: VectorFields
    ) throws(VectorFault) -> (request: OpeningRequest, key: ThresholdPublicKey) {
        guard let found = requests[name] else { throw inputs.fault("request", "\(name) is unknown") }
        return found
    }

    private func partial(
        _ bytes: [UInt8], _ request: OpeningRequest, _ key: ThresholdPublicKey
    ) throws(VectorFault) -> PartialOpening {
        let partial = try mappingPaillier { () throws(PaillierFailure) in
            try PartialOpening(bytes: bytes, key: key, count: request.aggregate.count)
        }
        guard partial.bytes() == bytes else { throw .malformed("the bytes of a partial opening are read otherwise") }
        return partial
    }

    /// A shareholder that has opened `before`, and then opens the request with the given nonce.
    private func open(_ inputs: VectorFields, _ request: OpeningRequest) throws(VectorFault) -> VectorAnswer {
        let key = try dealt.key(inputs)
        let earlier = try inputs.texts("before").map { (name) throws(VectorFault) in try named(name, inputs).request }
        let bits = (request.mode == .jointRoot ? 1 : 2) * key.publicKey.parameters.modulusBits - 2 + 384
        // First the 24 bytes under which the record is sealed.
        let drawn =
            [UInt8](repeating: 0, count: 24) + HexNumber.bytes(try inputs.number("nonce", limbs: (bits + 63) / 64))
        let share = try dealt.share(inputs)
        let minimum = try inputs.integer("minimumCohort", 2...1 << 20)
        guard let name = RecordName("opening") else { throw .malformed("a name is refused") }
        var seeded: any RandomSource = SeededRandomSource(seed: 0, label: "opening")
        do throws(ShareholderFailure) {
            var shareholder = try Shareholder(
                share: share, key: key, minimumCohort: minimum, store: MemoryStateStore(),
                sealing: SealingKey(from: &seeded), name: name)
            for request in earlier { _ = try shareholder.open(request, from: &seeded) }
            var played: any RandomSource = PlayedBytes(drawn)
            let partial = try shareholder.open(request, from: &played)
            if (played as? PlayedBytes)?.isUsedUp == true { return VectorAnswer(["partial": .hex(partial.bytes())]) }
        } catch .refused(let failure) {
            throw VectorFault(failure)
        } catch {
            throw .malformed("a store in memory fails")
        }
        throw inputs.fault("nonce", "is not as long as what is drawn from it")
    }

    private func combine(
        _ inputs: VectorFields, _ request: OpeningRequest, _ key: ThresholdPublicKey
    ) throws(VectorFault) -> VectorAnswer {
        let packing = try inputs.packing(key.publicKey.parameters)
        let dimension = try inputs.integer("dimension", 0...largestTestVector)
        var partials: [PartialOpening] = []
        for text in try inputs.texts("partials") {
            guard let bytes = Hexadecimal.bytes(text) else { throw inputs.fault("partials", "hold no hex") }
            partials.append(try partial(bytes, request, key))
        }
        let (opening, decoded) = try mappingPaillier { () throws(PaillierFailure) in
            let opening = try AggregateOpening.combine(partials, request: request, key: key)
            if request.mode == .jointRoot { try opening.verifyOpening(of: request, key: key.publicKey) }
            return (opening, try opening.decode(packing, dimension: dimension, request: request, key: key))
        }
        let limbs = key.publicKey.parameters.modulusBytes / 8
        return VectorAnswer([
            "plaintexts": .numbers(opening.plaintexts, each: limbs), "roots": .numbers(opening.roots, each: limbs),
            "values": .decimals(decoded.values), "weight": .string(String(decoded.weight)),
        ])
    }
}
