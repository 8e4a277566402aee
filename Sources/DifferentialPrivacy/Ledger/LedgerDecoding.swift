internal import CryptoPrimitives
internal import WireFormat

/// Entries from their JSON objects. What comes out is encoded again and compared byte by byte, so that nothing here
/// decides what is canonical.
enum LedgerDecoding {
    typealias Failure = FieldReader.Failure

    enum Refused: Error {
        case field(Failure)
        case ledger(LedgerRefusal)
    }

    static func terms(_ value: JSONValue) throws(Refused) -> LedgerTerms {
        do {
            var reader = try field { () throws(Failure) in try FieldReader(value, path: "") }
            let parts = try field { () throws(Failure) in try self.parts(&reader) }
            let trust = try TrustAssumptions(
                participants: parts.counts[0], colluders: parts.counts[1], dropouts: parts.counts[2])
            return try LedgerTerms(
                federation: parts.federation, participant: parts.participant, unit: parts.unit,
                adjacency: parts.adjacency, budget: parts.budget, trust: trust, filter: parts.filter)
        } catch let refusal as LedgerRefusal { throw .ledger(refusal) } catch let refused as Refused {
            throw refused
        } catch { throw .ledger(.malformed(entry: 0)) }
    }

    private struct Parts {
        var federation: String
        var participant: String?
        var unit: PrivacyUnit
        var adjacency: Adjacency
        var budget: PrivacyBudget
        var counts: [Int]
        var filter: PrivacyFilter
    }

    private static func field<Value>(_ body: () throws(Failure) -> Value) throws(Refused) -> Value {
        do { return try body() } catch { throw .field(error) }
    }

    private static func parts(_ reader: inout FieldReader) throws(Failure) -> Parts {
        for key in ["kind", "schema", "index", "digest_prev", "digest"] { _ = try reader.member(key) }
        let range = 0...NoisePlan.largestParticipants
        let parts = Parts(
            federation: try reader.text("federation"), participant: try reader.optionalText("participant"),
            unit: try reader.choice("unit", PrivacyUnit.self),
            adjacency: try reader.parsed("adjacency") { text in
                Adjacency.allCases.first { LedgerEncoding.name($0) == text }
            },
            budget: PrivacyBudget(
                epsilon: try reader.quantity("epsilon", Epsilon.init), delta: try reader.quantity("delta", Delta.init)),
            counts: [
                try reader.integer("participants", range), try reader.integer("colluders", range),
                try reader.integer("dropouts", range),
            ], filter: try filter(&reader))
        try reader.finish()
        return parts
    }

    static func body(_ value: JSONValue) throws(Failure) -> LedgerEntry.Body {
        var reader = try FieldReader(value, path: "")
        for key in ["index", "digest_prev", "digest"] { _ = try reader.member(key) }
        let body: LedgerEntry.Body
        switch try reader.text("kind") {
        case "charge":
            for key in ["q", "sigma2_total_at_survivors"] { _ = try reader.member(key) }
            var inner = try reader.object("event")
            body = .charge(
                PrivacyCharge(
                    round: try reader.parsed("round") { UInt64($0) },
                    release: try reader.choice("release", ReleaseKind.self), event: try event(&inner),
                    survivors: try reader.optionalInteger("survivors", 0...NoisePlan.largestParticipants)))
        case "refund":
            body = .refund(
                PrivacyRefund(
                    charge: try reader.parsed("charge", DecimalText.digest),
                    agreement: try reader.parsed("agreement", DecimalText.digest)))
        default: throw .invalid("kind")
        }
        try reader.finish()
        return body
    }

    private static func filter(_ outer: inout FieldReader) throws(Failure) -> PrivacyFilter {
        var reader = try outer.object("filter")
        let filter: PrivacyFilter
        switch try reader.text("kind") {
        case "planned":
            var releases: [PlannedRelease] = []
            for var line in try reader.objects("releases", atMost: PrivacyFilter.mostLines) {
                var inner = try line.object("event")
                releases.append(
                    PlannedRelease(try line.choice("release", ReleaseKind.self), try event(&inner)))
                try line.finish()
            }
            filter = .planned(releases)
        case "gaussian": filter = .gaussian(bound: try reader.decimal("bound"))
        case "renyi": filter = .renyi(order: try reader.decimal("order"), bound: try reader.decimal("bound"))
        default: throw .invalid(reader.name("kind"))
        }
        try reader.finish()
        return filter
    }

    private static func event(_ reader: inout FieldReader) throws(Failure) -> ChargedEvent {
        let noise: ChargedNoise
        switch try reader.text("mechanism") {
        case "none": noise = .unnoised
        case "gaussian": noise = .gaussian(try reader.quantity("noise_multiplier", NoiseMultiplier.init))
        case "laplace": noise = .laplace(try reader.quantity("noise_multiplier", NoiseMultiplier.init))
        case "discrete_gaussian": noise = .discreteGaussian(try shares(&reader, components: 1))
        case "discrete_gaussian_removable":
            let components = try reader.integer("components", 2...NoiseShares.mostComponents)
            noise = .discreteGaussian(try shares(&reader, components: components))
        default: throw .invalid(reader.name("mechanism"))
        }
        let scheme = try sampling(&reader)
        let count = try reader.integer("count", 1...1 << 40)
        try reader.finish()
        guard let event = try? ChargedEvent(noise, sampling: scheme, count: count) else { throw .invalid(reader.path) }
        return event
    }

    private static func shares(_ reader: inout FieldReader, components: Int) throws(Failure) -> NoiseShares {
        let share = try reader.parsed("share_sigma2", DecimalText.variance)
        let honest = try reader.integer("honest_shares", 1...NoisePlan.largestParticipants)
        let sensitivity = try reader.parsed("sensitivity2", DecimalText.integer)
        let coordinates = try reader.integer("coordinates", 1...NoiseVector.largestDimension)
        guard
            let shares = try? NoiseShares(
                share: share, honest: honest, squaredSensitivity: sensitivity, coordinates: coordinates,
                components: components)
        else { throw .invalid(reader.path) }
        return shares
    }

    private static func sampling(_ outer: inout FieldReader) throws(Failure) -> SamplingScheme {
        var reader = try outer.object("sampling")
        let scheme: SamplingScheme
        switch try reader.text("scheme") {
        case "none": scheme = .none
        case "poisson": scheme = .poisson(try reader.quantity("rate", SamplingRate.init))
        case "fixed_size":
            let size = try reader.integer("size", 1...1 << 40)
            let population = try reader.integer("population", 1...1 << 40)
            guard let sample = try? FixedSample(size: size, population: population) else {
                throw .invalid(reader.path)
            }
            scheme = .fixedSize(sample)
        default: throw .invalid(reader.name("scheme"))
        }
        try reader.finish()
        return scheme
    }
}
