internal import CryptoPrimitives
internal import WireFormat

/// The statement and the ledger of a report from its JSON. Members that follow from these two are looked at by
/// `ReportComparison`, after the report was made again.
enum ReportReading {
    typealias Failure = FieldReader.Failure

    static func statement(_ value: JSONValue) throws(Failure) -> ReportStatement {
        var reader = try FieldReader(value, path: "")
        for key in ["schema", "ledger", "verdict", "result", "interpretation", "budget", "hazards", "registry_export"] {
            _ = try reader.member(key)
        }
        _ = try reader.member("signature")
        let generator = try self.generator(&reader)
        var scope = try reader.object("scope")
        var definition = try reader.object("definition")
        var mechanism = try reader.object("mechanism")
        var clip = try mechanism.object("clip")
        var sampling = try reader.object("sampling")
        var procedure = try mechanism.object("procedure")
        var tuning = try reader.object("tuning")
        let statement = ReportStatement(
            reportID: try reader.text("report_id"), created: try reader.text("created"), generator: generator,
            provenance: try reader.choice("noise_provenance", NoiseProvenance.self),
            participants: try participants(&reader),
            notCovered: try scope.texts("not_covered", atMost: ReportStatement.mostTexts),
            unitDefinition: try definition.text("unit_definition"),
            population: try definition.optionalInteger("population", 0...1 << 40),
            trustModel: try definition.text("trust_model"), isTrustVerified: try definition.boolean("trust_verified"),
            deltaReason: try definition.text("delta_reason"),
            procedure: .init(
                name: try procedure.text("name"), isAdmitted: try procedure.boolean("admitted"),
                reason: try procedure.text("reason")),
            clip: .init(
                kind: try clip.text("kind"), boundReal: try clip.decimal("bound_real"),
                enforcement: try clip.text("enforcement"), isEnforced: try clip.boolean("enforced")),
            encoding: .init(
                grid: try mechanism.decimal("grid"), modulusBits: try mechanism.integer("modulus_bits", 0...1 << 10),
                rotation: try mechanism.optionalText("rotation")),
            samplingEnforcedBy: try sampling.text("enforced_by"),
            isSamplingVerified: try sampling.boolean("assumption_verified"),
            tuning: .init(
                runs: try tuning.integer("runs", 0...1 << 40), isAccounted: try tuning.boolean("accounted")),
            audit: try audit(&reader))
        try reader.finish()
        return statement
    }

    private static func generator(_ outer: inout FieldReader) throws(Failure) -> ReportStatement.Generator {
        var reader = try outer.object("generator")
        return ReportStatement.Generator(
            version: try reader.text("version"), commit: try reader.text("commit"),
            compiler: try reader.text("compiler"))
    }

    private static func participants(_ outer: inout FieldReader) throws(Failure) -> [ReportStatement.Participant] {
        var list: [ReportStatement.Participant] = []
        for var reader in try outer.objects("participants", atMost: ReportStatement.mostParticipants) {
            var collusion: CollusionRisk?
            if var figures = try reader.optionalObject("eps_upper") {
                collusion = CollusionRisk(
                    none: try figures.decimal("t0"), design: try figures.decimal("t_design"),
                    all: try figures.decimal("t_max"))
            }
            let key = try reader.parsed("key", DecimalText.digest)
            list.append(
                ReportStatement.Participant(
                    pseudonym: try reader.text("id"), key: VerifyingKey(key.value),
                    weight: try reader.decimal("weight"), collusion: collusion))
        }
        return list
    }

    private static func audit(_ outer: inout FieldReader) throws(Failure) -> ReportStatement.Audit? {
        guard var reader = try outer.optionalObject("audit") else { return nil }
        return ReportStatement.Audit(
            method: try reader.text("method"), canaries: try reader.integer("canaries", 0...1 << 40),
            epsilonLower: try reader.decimal("eps_lower"), confidence: try reader.decimal("confidence"))
    }

    /// The ledger from its lines, written again and read like a file.
    static func ledger(_ value: JSONValue) throws(ReportRefusal) -> LedgerRecord {
        guard let lines = value["ledger"]?.elements else { throw .invalidField("ledger") }
        do { return try LedgerRecord(reading: lines.flatMap(LedgerEncoding.line)) } catch {
            throw .ledgerChanged(error)
        }
    }
}

/// Holds a report against the one that its own statement and ledger make.
enum ReportComparison {
    /// Members whose numbers the accountant finds again up to a little: a smaller claim is refused beyond 2e-6, a
    /// larger one beyond one per cent.
    private static let computed: Set<String> = ["result", "interpretation", "budget", "registry_export"]
    private static let lowerEnds: Set<String> = ["epsilon_lower", "lower"]
    private static let upperEnds: Set<String> = [
        "epsilon_upper", "epsilon", "upper", "mu_gdp", "rho_zcdp", "tpr", "membership_advantage", "posterior", "spent",
    ]

    static func compare(_ reported: [JSONMember], _ expected: [JSONMember]) throws(ReportRefusal) {
        try compare(.object(reported), .object(expected), path: "", key: "", member: "")
    }

    private static func compare(
        _ reported: JSONValue, _ expected: JSONValue, path: String, key: String, member: String
    ) throws(ReportRefusal) {
        switch (reported, expected) {
        case (.object(let found), .object(let wanted)):
            for item in wanted {
                let name = path.isEmpty ? item.key : path + "." + item.key
                guard let value = reported[item.key] else { throw .missingField(name) }
                try compare(
                    value, item.value, path: name, key: item.key, member: member.isEmpty ? item.key : member)
            }
            guard found.count == wanted.count else { throw .unknownField(inside: path) }
        case (.array(let found), .array(let wanted)):
            guard found.count == wanted.count else { throw refusal(member, path) }
            for (left, right) in zip(found, wanted) {
                try compare(left, right, path: path, key: key, member: member)
            }
        default:
            guard isSame(reported, expected, key: key, member: member) else { throw refusal(member, path) }
        }
    }

    private static func isSame(_ reported: JSONValue, _ expected: JSONValue, key: String, member: String) -> Bool {
        if case (.string(let left), .string(let right)) = (reported, expected) {
            guard computed.contains(member), let found = DecimalText.value(of: left),
                let wanted = DecimalText.value(of: right)
            else { return left.utf8.elementsEqual(right.utf8) }
            if key == "numeric_error" { return found >= 0 }
            if upperEnds.contains(key) {
                return found == wanted || (found >= wanted * (1 - 2e-6) && found <= wanted * 1.01 + 1e-9)
            }
            if lowerEnds.contains(key) { return found <= wanted * (1 + 2e-6) && found >= wanted * 0.99 - 1e-9 }
            return found == wanted
        }
        return reported == expected
    }

    private static func refusal(_ member: String, _ path: String) -> ReportRefusal {
        switch member {
        case "result", "interpretation", "registry_export": .resultNotReproduced(path)
        case "budget": .budgetNotReproduced(path)
        case "hazards": .hazardsNotReproduced
        case "verdict": .verdictNotReproduced
        default: .inconsistent(path)
        }
    }
}
