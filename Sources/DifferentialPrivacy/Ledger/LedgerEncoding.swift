internal import CryptoPrimitives
internal import WireFormat

/// Entries as canonical JSON objects, and their digests.
enum LedgerEncoding {
    static let schema = "secagg-privacy-ledger-1"
    static let mostBytes = 1 << 26
    static let mostLineBytes = 1 << 16

    /// The object without its digest, and the digest of its canonical bytes.
    static func sealed(_ members: [JSONMember]) -> (object: JSONValue, digest: Digest) {
        let digest = Blake2b.hash(text(.object(members)), Personalisation("SecAgg DP ledger"))
        return (.object(members + [JSONMember("digest", .string(digest.value.hex))]), digest)
    }

    /// Canonical bytes; our own values hold neither doubles nor a key twice, nor are they deep.
    static func text(_ value: JSONValue) -> [UInt8] {
        guard let bytes = try? value.encoded(keys: .sorted) else {
            preconditionFailure("an entry that cannot be written")
        }
        return bytes
    }

    static func line(_ object: JSONValue) -> [UInt8] { text(object) + [UInt8(ascii: "\n")] }

    static func genesis(_ terms: LedgerTerms) -> (object: JSONValue, digest: Digest) {
        sealed([
            JSONMember("kind", "terms"), JSONMember("schema", .string(schema)), JSONMember("index", 0),
            JSONMember("digest_prev", .string(Digest(Bytes32()).value.hex)),
            JSONMember("federation", .string(terms.federation)),
            JSONMember("participant", terms.participant.map { .string($0) } ?? .null),
            JSONMember("unit", .string(terms.unit.rawValue)),
            JSONMember("adjacency", .string(name(terms.adjacency))),
            JSONMember("epsilon", decimal(terms.budget.epsilon.value)),
            JSONMember("delta", decimal(terms.budget.delta.value)),
            JSONMember("participants", integer(terms.trust.participants)),
            JSONMember("colluders", integer(terms.trust.colluders)),
            JSONMember("dropouts", integer(terms.trust.dropouts)), JSONMember("filter", filter(terms.filter)),
        ])
    }

    static func object(_ entry: LedgerEntry, _ trust: TrustAssumptions) -> (object: JSONValue, digest: Digest) {
        let head = [
            JSONMember("index", integer(entry.index)), JSONMember("digest_prev", .string(entry.previous.value.hex)),
        ]
        switch entry.body {
        case .refund(let refund):
            return sealed(
                head + [
                    JSONMember("kind", "refund"), JSONMember("charge", .string(refund.charge.value.hex)),
                    JSONMember("agreement", .string(refund.agreement.value.hex)),
                ])
        case .charge(let charge):
            var total: JSONValue = .null
            if case .discreteGaussian(let shares) = charge.realised(trust).noise {
                total = .string(DecimalText.text(of: shares.variance))
            }
            return sealed(
                head + [
                    JSONMember("kind", "charge"), JSONMember("round", .string(String(charge.round))),
                    JSONMember("release", .string(charge.release.rawValue)), JSONMember("event", event(charge.event)),
                    JSONMember("q", .string(rate(charge.event.sampling))),
                    JSONMember("survivors", charge.survivors.map { integer($0) } ?? .null),
                    JSONMember("sigma2_total_at_survivors", total),
                ])
        }
    }

    static func filter(_ filter: PrivacyFilter) -> JSONValue {
        switch filter {
        case .planned(let releases):
            [
                "kind": "planned",
                "releases": .array(
                    releases.map { ["release": .string($0.release.rawValue), "event": event($0.event)] }),
            ]
        case .gaussian(let bound): ["kind": "gaussian", "bound": decimal(bound)]
        case .renyi(let order, let bound): ["kind": "renyi", "order": decimal(order), "bound": decimal(bound)]
        }
    }

    static func event(_ event: ChargedEvent) -> JSONValue {
        var members = [JSONMember("sampling", sampling(event.sampling)), JSONMember("count", integer(event.count))]
        switch event.noise {
        case .unnoised: members.append(JSONMember("mechanism", "none"))
        case .gaussian(let noise):
            members += [JSONMember("mechanism", "gaussian"), JSONMember("noise_multiplier", decimal(noise.value))]
        case .laplace(let noise):
            members += [JSONMember("mechanism", "laplace"), JSONMember("noise_multiplier", decimal(noise.value))]
        case .discreteGaussian(let shares):
            let share = (UInt128(shares.share.numerator), shares.share.denominator)
            members += [
                JSONMember(
                    "mechanism", shares.components == 1 ? "discrete_gaussian" : "discrete_gaussian_removable"),
                JSONMember("share_sigma2", .string(DecimalText.text(of: share))),
                JSONMember("honest_shares", integer(shares.honest)),
                JSONMember("sensitivity2", .string(String(shares.squaredSensitivity))),
                JSONMember("coordinates", integer(shares.coordinates)),
            ]
            if shares.components > 1 { members.append(JSONMember("components", integer(shares.components))) }
        }
        return .object(members)
    }

    static func sampling(_ scheme: SamplingScheme) -> JSONValue {
        switch scheme {
        case .none: ["scheme": "none"]
        case .poisson(let rate): ["scheme": "poisson", "rate": decimal(rate.value)]
        case .fixedSize(let sample):
            ["scheme": "fixed_size", "size": integer(sample.size), "population": integer(sample.population)]
        }
    }

    static func rate(_ scheme: SamplingScheme) -> String {
        switch scheme {
        case .none: "1"
        case .poisson(let rate): DecimalText.text(of: rate.value)
        case .fixedSize(let sample): "\(sample.size)/\(sample.population)"
        }
    }

    static func name(_ adjacency: Adjacency) -> String {
        switch adjacency {
        case .addRemove: "add_remove"
        case .replaceOne: "replace_one"
        }
    }

    static func decimal(_ value: Double) -> JSONValue { .string(DecimalText.text(of: value)) }
    static func integer(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
