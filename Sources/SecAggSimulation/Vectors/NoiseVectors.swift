internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import WireFormat

/// `noise/discrete_gaussian.json`: the first draws under a key.
struct GaussianVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        guard try inputs.text("operation") == "draw" else { throw inputs.fault("operation", "is unknown") }
        let secret = try inputs.bytes32("secret")
        let round = try inputs.unsigned("round")
        let purpose = try inputs.purpose("purpose")
        let count = try inputs.integer("count", 1...largestTestVector)
        let (numerator, denominator) = try inputs.fraction("variance")
        let law = try mappingNoise { () throws(NoiseRefusal) in
            NoiseLaw.gaussian(DiscreteGaussian(variance: try NoiseVariance(numerator, over: denominator)))
        }
        let key = NoiseKey(fixedSecret: secret, round: round, purpose: purpose)
        let bytes = unsafe key.withUnsafeBytes { unsafe Bytes32(copying: $0) }
        var samples = [Int64](repeating: 0, count: count)
        do throws(NoiseRefusal) {
            try NoiseVector(law, dimension: count, key: key).add(to: &samples)
        } catch {
            throw VectorFault.refused(error.name, [])
        }
        return VectorAnswer(["key": .hex(bytes), "samples": .decimals(samples)])
    }
}

/// `noise/removable_seeds.json`: one member's parts, what it reveals, and what then stays.
struct RemovableVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        guard try inputs.text("operation") == "removable" else { throw inputs.fault("operation", "is unknown") }
        let request = try request(try inputs.object("request"))
        let plan = try mappingNoise { () throws(NoiseRefusal) in try RemovableNoisePlan(request) }
        let session = try inputs.digest("session")
        let number = try inputs.unsigned("round")
        let purpose = try inputs.purpose("purpose")
        let members = try inputs.identifiers("members")
        let survivors = try inputs.identifiers("survivors")
        let own = try inputs.identifier("participant")
        let round = try mappingRemoval { () throws(RemovalRefusal) in
            try RemovalRound(session: session, round: number, purpose: purpose, members: members)
        }
        var noise = try PlayedBytes.play(try inputs.bytes("randomness"), for: "randomness") {
            (source) throws(VectorFault) in
            try mappingRemoval { () throws(RemovalRefusal) in
                try RemovableNoise(plan, for: own, in: round, from: &source)
            }
        }
        var values = [Int64](repeating: 0, count: request.dimension)
        let vector = try mappingRemoval { () throws(RemovalRefusal) in try noise.take() }
        do throws(NoiseRefusal) {
            try vector.add(to: &values)
        } catch {
            throw VectorFault.refused(error.name, [])
        }
        let seeds = try mappingRemoval { () throws(RemovalRefusal) in try noise.seeds(toRemoveFor: survivors) }
        var kept = values
        try mappingRemoval { () throws(RemovalRefusal) in
            var removal = try NoiseRemoval(plan, in: round, survivors: survivors)
            try removal.add(seeds)
            _ = try removal.remove(from: &kept, bits: 64)
        }
        return VectorAnswer([
            "base": Self.fraction(plan.base), "components": .array(plan.components.map(Self.fraction)),
            "noise": .decimals(values), "agreement": .hex(seeds.agreement),
            "firstComponent": .count(seeds.firstComponent), "seeds": .array(seeds.seeds.map { .hex($0) }),
            "kept": .decimals(kept),
        ])
    }

    private func request(_ fields: VectorFields) throws(VectorFault) -> NoiseRequest {
        let (numerator, denominator) = try fields.fraction("multiplier")
        guard let squared = UInt128(try fields.text("squaredSensitivity")) else {
            throw fields.fault("squaredSensitivity", "is no decimal number")
        }
        return NoiseRequest(
            participants: try fields.integer("participants", 1...NoisePlan.largestParticipants),
            colluders: try fields.integer("colluders", 0...NoisePlan.largestParticipants),
            dropouts: try fields.integer("dropouts", 0...NoisePlan.largestParticipants),
            multiplier: try mappingNoise { () throws(NoiseRefusal) in try NoiseRatio(numerator, over: denominator) },
            squaredSensitivity: squared, machinesPerParticipant: 1,
            dimension: try fields.integer("dimension", 1...largestTestVector), rounds: 1)
    }

    private static func fraction(_ variance: NoiseVariance) -> JSONValue {
        [
            "numerator": .string(String(variance.numerator)),
            "denominator": .string(String(variance.denominator)),
        ]
    }
}

extension VectorFields {
    /// The number of a noise purpose.
    fileprivate func purpose(_ key: String) throws(VectorFault) -> NoisePurpose {
        guard let purpose = NoisePurpose(rawValue: try identifier(key)) else { throw fault(key, "is no purpose") }
        return purpose
    }

    /// Numerator and denominator as decimal strings.
    fileprivate func fraction(_ key: String) throws(VectorFault) -> (numerator: UInt64, denominator: UInt64) {
        let fields = try object(key)
        guard let numerator = UInt64(try fields.text("numerator")),
            let denominator = UInt64(try fields.text("denominator"))
        else { throw fault(key, "is no fraction of decimal strings") }
        return (numerator, denominator)
    }
}

/// Runs a call of the noise layer.
private func mappingNoise<R>(_ body: () throws(NoiseRefusal) -> R) throws(VectorFault) -> R {
    do throws(NoiseRefusal) {
        return try body()
    } catch {
        throw VectorFault.refused(error.name, [])
    }
}

/// Runs a call of noise removal.
private func mappingRemoval<R: ~Copyable>(_ body: () throws(RemovalRefusal) -> R) throws(VectorFault) -> R {
    do throws(RemovalRefusal) {
        return try body()
    } catch {
        // The case's name; the payload stands in brackets behind it.
        throw VectorFault.refused(String("\(error)".prefix { $0 != "(" }), [])
    }
}

extension NoiseRefusal {
    /// The case's name.
    fileprivate var name: String {
        switch self {
        case .invalidField: "invalidField"
        case .varianceOutOfRange: "varianceOutOfRange"
        case .scaleOutOfRange: "scaleOutOfRange"
        case .tooFewParticipants: "tooFewParticipants"
        case .shareTooSmall: "shareTooSmall"
        case .shareTooLarge: "shareTooLarge"
        case .belowFloor: "belowFloor"
        case .tooManySurvivors: "tooManySurvivors"
        case .sumCouldWrap: "sumCouldWrap"
        case .dimensionMismatch: "dimensionMismatch"
        case .valueOutOfRange: "valueOutOfRange"
        }
    }
}
