public import WireFormat

/// What the accountants say to a query, with the terms that belong to the figure.
/// Source: privacy-queries section 4
public struct PrivacyAnswer: Hashable, Sendable {
    /// The question.
    public let query: PrivacyQuery
    /// epsilon at the query's delta; nil for `delta`. For a calibration that of the setting found, at most the budget.
    public let epsilon: PrivacyInterval?
    /// delta at the query's epsilon; nil for the other kinds.
    public let delta: PrivacyInterval?
    /// Scale over sensitivity of the first event; the others keep their ratio to it.
    public let noiseMultiplier: Double
    /// The scale itself, multiplier times sensitivity of the first event, rounded up where it was searched for.
    public let sigma: Double
    /// Steps of the first event where they were searched for (the others in their ratio), else nil.
    public let steps: Int?
    /// The rate where it was searched for, else nil.
    public let samplingRate: Double?
    /// The accountant whose upper end it is: gaussian, pld, rdp, zcdp.
    public let method: AccountingMethod

    init(
        _ query: PrivacyQuery, _ setting: PrivacyQuery.Setting, epsilon: PrivacyInterval?, delta: PrivacyInterval?,
        method: AccountingMethod
    ) {
        let first = query.events[0]
        self.query = query
        self.epsilon = epsilon
        self.delta = delta
        self.method = method
        noiseMultiplier = first.multiplier * setting.scale
        let product = noiseMultiplier * first.sensitivity
        sigma =
            query.kind == .sigma && (-product).addingProduct(noiseMultiplier, first.sensitivity) > 0
            ? product.nextUp : product
        steps = setting.passes.map { $0 * (first.steps / query.sharedSteps) }
        samplingRate = setting.rate
    }

    /// What no figure may be printed without: mechanism, sampling, unit, adjacency.
    /// Source: privacy-queries section 4
    public var terms: String {
        let shown = query.events.prefix(3).enumerated().map { index, event in
            var text = event.noise.rawValue
            if query.kind != .sigma { text += " \(event.multiplier)" }
            let count = index == 0 ? steps ?? event.steps : event.steps
            if query.kind != .steps || index == 0 { text += ", \(count) \(count == 1 ? "step" : "steps")" }
            switch event.sampling {
            case .none: return text + ", no sampling"
            case .poisson(let rate): return text + ", poisson sampling at \(samplingRate ?? rate.value)"
            case .fixedSize(let sample): return text + ", \(sample.size) of \(sample.population) drawn"
            }
        }
        let more = query.events.count > shown.count ? ["\(query.events.count - shown.count) more events"] : []
        let unit = query.unit?.rawValue ?? "the caller's"
        return (shown + more).joined(separator: "; ")
            + "; unit \(unit); adjacency \(LedgerEncoding.name(query.adjacency))"
    }

    /// The members of the reply, without `id`: infinity is the string "inf".
    /// Source: privacy-queries section 4
    public var members: [JSONMember] {
        var members: [JSONMember] = []
        if let epsilon {
            members += [
                JSONMember("epsilon_lower", Self.number(epsilon.lower)),
                JSONMember("epsilon_upper", Self.number(epsilon.upper)),
            ]
        }
        if let delta {
            members += [
                JSONMember("delta_lower", Self.number(delta.lower)),
                JSONMember("delta_upper", Self.number(delta.upper)),
            ]
        }
        members += [
            JSONMember("sigma", Self.number(sigma)), JSONMember("noise_multiplier", Self.number(noiseMultiplier)),
        ]
        if let steps { members.append(JSONMember("steps", .integer(Int64(steps)))) }
        if let samplingRate { members.append(JSONMember("sampling_rate", Self.number(samplingRate))) }
        return members + [JSONMember("method", .string(method.rawValue)), JSONMember("terms", .string(terms))]
    }

    static func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : "inf" }
}
