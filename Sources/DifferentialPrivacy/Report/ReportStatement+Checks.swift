extension ReportStatement {
    /// The most companies of one report.
    static let mostParticipants = 4096
    /// The most points in a list of texts.
    static let mostTexts = 64

    /// Throws what is wrong with the first member that is.
    func validate() throws(ReportRefusal) {
        let texts = [
            ("report_id", reportID), ("generator.version", generator.version), ("generator.commit", generator.commit),
            ("generator.compiler", generator.compiler), ("definition.unit_definition", unitDefinition),
            ("definition.trust_model", trustModel), ("definition.delta_reason", deltaReason),
            ("mechanism.procedure.name", procedure.name), ("mechanism.procedure.reason", procedure.reason),
            ("mechanism.clip.kind", clip.kind), ("mechanism.clip.enforcement", clip.enforcement),
            ("sampling.enforced_by", samplingEnforcedBy), ("mechanism.rotation", encoding.rotation ?? "none"),
            ("audit.method", audit?.method ?? "none"),
        ]
        for (name, text) in texts where !Self.isText(text) { throw .invalidField(name) }
        guard Self.isTime(created) else { throw .invalidField("created") }
        guard notCovered.count <= Self.mostTexts, notCovered.allSatisfy(Self.isText) else {
            throw .invalidField("scope.not_covered")
        }
        guard participants.count <= Self.mostParticipants, participants.allSatisfy({ Self.isText($0.pseudonym) }) else {
            throw .invalidField("participants")
        }
        for participant in participants {
            try Self.require(participant.weight, "participants.weight", zeroAllowed: true)
            if let collusion = participant.collusion { try collusion.validate() }
        }
        try Self.require(clip.boundReal, "mechanism.clip.bound_real", zeroAllowed: false)
        try Self.require(encoding.grid, "mechanism.grid", zeroAllowed: false)
        guard encoding.modulusBits >= 8 else { throw .notPositive("mechanism.modulus_bits") }
        guard encoding.modulusBits <= 64 else { throw .tooLarge("mechanism.modulus_bits") }
        if let population {
            guard population >= 1 else { throw .notPositive("definition.population") }
            guard population <= 1 << 40 else { throw .tooLarge("definition.population") }
        }
        guard tuning.runs >= 0 else { throw .notPositive("tuning.runs") }
        guard tuning.runs <= 1 << 40 else { throw .tooLarge("tuning.runs") }
        if let audit {
            guard audit.canaries >= 1 else { throw .notPositive("audit.canaries") }
            guard audit.canaries <= 1 << 40 else { throw .tooLarge("audit.canaries") }
            try Self.require(audit.epsilonLower, "audit.eps_lower", zeroAllowed: true)
            try Self.require(audit.confidence, "audit.confidence", zeroAllowed: false)
            guard audit.confidence < 1 else { throw .tooLarge("audit.confidence") }
        }
    }

    static func require(_ value: Double, _ name: String, zeroAllowed: Bool) throws(ReportRefusal) {
        guard value.isFinite else { throw .notFinite(name) }
        guard zeroAllowed ? value >= 0 : value > 0 else { throw .notPositive(name) }
    }

    static func isText(_ text: String) -> Bool {
        (1...1024).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// 2026-01-31T09:00:00Z, digits where digits belong and months, days and hours in their ranges.
    static func isTime(_ text: String) -> Bool {
        let characters = Array(text.utf8)
        let pattern = Array("0000-00-00T00:00:00Z".utf8)
        guard characters.count == pattern.count else { return false }
        let zero = UInt8(ascii: "0")
        for (found, wanted) in zip(characters, pattern) {
            guard wanted == zero ? (zero...UInt8(ascii: "9")).contains(found) : found == wanted else { return false }
        }
        func number(_ start: Int) -> Int { Int(characters[start] - zero) * 10 + Int(characters[start + 1] - zero) }
        return (1...12).contains(number(5)) && (1...31).contains(number(8)) && number(11) < 24 && number(14) < 60
            && number(17) < 60
    }
}

extension CollusionRisk {
    func validate() throws(ReportRefusal) {
        for value in [none, design, all] {
            guard !value.isNaN else { throw .notFinite("participants.eps_upper") }
            guard value >= 0 else { throw .notPositive("participants.eps_upper") }
        }
        guard none <= design, design <= all else { throw .collusionContradictsClaim }
    }
}
