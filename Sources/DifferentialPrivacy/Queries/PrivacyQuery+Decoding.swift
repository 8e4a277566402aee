public import WireFormat

extension PrivacyQuery {
    private static let fields: Set<String> = [
        "id", "kind", "events", "adjacency", "unit", "delta", "epsilon", "accountant",
    ]
    private static let eventFields: Set<String> = [
        "mechanism", "noise_multiplier", "sensitivity", "sampling", "sampling_rate", "population", "sample", "steps",
    ]

    /// Reads a query. Every field is needed but `unit` and those that mean nothing for the kind, the mechanism or the
    /// sampling; these may be absent, `null`, or agree with the rest. The `id` is the reply's affair.
    ///
    /// Throws one of the codes from `unknown_field` to `sample_above_population`, with the field. Linear in the value.
    /// Source: privacy-queries section 2
    public init(_ value: JSONValue) throws(QueryRefusal) {
        let reader = try QueryReader(value, path: "", fields: Self.fields)
        let kind = try reader.choice("kind", Kind.init)
        guard let list = try reader.required("events").elements else { throw QueryRefusal(.wrongType, "events") }
        guard !list.isEmpty else { throw QueryRefusal(.emptyEvents, "events") }
        guard list.count <= Self.mostEvents else { throw QueryRefusal(.tooManyEvents, "events") }
        let givesNoise = list.contains { $0["noise_multiplier"].map { $0 != .null } ?? false }
        let givesSteps = list.contains { $0["steps"].map { $0 != .null } ?? false }
        var events: [Event] = []
        for (index, element) in list.enumerated() {
            let event = try QueryReader(element, path: "events[\(index)]", fields: Self.eventFields)
            events.append(
                try Self.event(
                    event, needsNoise: kind != .sigma || givesNoise, needsSteps: kind != .steps || givesSteps,
                    needsRate: kind != .rate))
        }
        let adjacency = try reader.choice("adjacency") { name in
            Adjacency.allCases.first { LedgerEncoding.name($0) == name }
        }
        let unit = reader.optional("unit") == nil ? nil : try reader.choice("unit", PrivacyUnit.init)
        let delta = kind == .delta ? nil : try Self.delta(reader)
        var epsilon: Double?
        // The probability that anything at all is seen, delta at epsilon zero, is a figure; a budget of zero is none.
        if kind != .epsilon { epsilon = kind == .delta ? try reader.number("epsilon") : try reader.positive("epsilon") }
        for key in [kind == .delta ? "delta" : "", kind == .epsilon ? "epsilon" : ""] {
            guard reader.optional(key) == nil else { throw QueryRefusal(.contradictoryField, key) }
        }
        self.init(
            kind: kind, events: events, adjacency: adjacency, unit: unit, delta: delta, epsilon: epsilon,
            accountant: try reader.choice("accountant", Accountant.init))
    }

    private static func delta(_ reader: QueryReader) throws(QueryRefusal) -> Double {
        let delta = try reader.positive("delta")
        guard delta < 1 else { throw QueryRefusal(.deltaNotBelowOne, "delta") }
        return delta
    }

    private static func event(
        _ reader: QueryReader, needsNoise: Bool, needsSteps: Bool, needsRate: Bool
    ) throws(QueryRefusal) -> Event {
        let noise = try reader.choice("mechanism", Noise.init)
        let multiplier = needsNoise ? try reader.real("noise_multiplier", NoiseMultiplier.range) : 1
        let sensitivity = try reader.positive("sensitivity")
        guard (multiplier * sensitivity).isFinite else { throw QueryRefusal(.aboveRange, reader.name("sensitivity")) }
        return Event(
            noise: noise, multiplier: multiplier, sensitivity: sensitivity,
            sampling: try sampling(reader, needsRate: needsRate),
            steps: needsSteps ? try reader.count("steps", zero: .zeroSteps) : 1)
    }

    private static func sampling(_ reader: QueryReader, needsRate: Bool) throws(QueryRefusal) -> SamplingScheme {
        let name = try reader.choice("sampling") { ["none", "poisson", "fixed_size"].contains($0) ? $0 : nil }
        guard needsRate || name == "poisson" else {
            throw QueryRefusal(.contradictoryField, reader.name("sampling"))
        }
        func rate() throws(QueryRefusal) -> Double? {
            guard reader.optional("sampling_rate") != nil else { return nil }
            return try reader.real("sampling_rate", SamplingRate.smallest...1)
        }
        func number(_ key: String) throws(QueryRefusal) -> Double? {
            reader.optional(key) == nil ? nil : Double(try reader.count(key))
        }
        func require(_ holds: Bool, _ key: String) throws(QueryRefusal) {
            guard holds else { throw QueryRefusal(.contradictoryField, reader.name(key)) }
        }
        let (population, sample) = (try number("population"), try number("sample"))
        if let population, let sample, sample > population {
            throw QueryRefusal(.sampleAbovePopulation, reader.name("sample"))
        }
        switch name {
        case "none":
            try require(try rate() ?? 1 == 1, "sampling_rate")
            try require(sample == nil || sample == population, "sample")
            return .none
        case "poisson":
            guard needsRate || reader.optional("sampling_rate") == nil else {
                throw QueryRefusal(.contradictoryField, reader.name("sampling_rate"))
            }
            let rate = needsRate ? try reader.real("sampling_rate", SamplingRate.smallest...1) : 1
            // A sample is what is expected of the coins.
            if let sample { try require(agrees(population.map { rate * $0 }, sample), "sample") }
            guard let rate = try? SamplingRate(rate) else {
                throw QueryRefusal(.aboveRange, reader.name("sampling_rate"))
            }
            return .poisson(rate)
        default:
            let (size, units) = (try reader.count("sample"), try reader.count("population"))
            if let rate = try rate() { try require(agrees(Double(size) / Double(units), rate), "sampling_rate") }
            guard let sample = try? FixedSample(size: size, population: units) else {
                throw QueryRefusal(.sampleAbovePopulation, reader.name("sample"))
            }
            return .fixedSize(sample)
        }
    }

    private static func agrees(_ left: Double?, _ right: Double) -> Bool {
        guard let left else { return false }
        return abs(left - right) <= 1e-9 * right
    }
}
