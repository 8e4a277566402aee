/// Why a report was not made, or not believed. Names are those of the schema, never taken from the input.
/// Source: privacy-report section 5
public enum ReportRefusal: Error, Hashable, Sendable {
    /// A number that is not finite.
    case notFinite(String)
    /// A number that is zero or negative where it must be positive, or negative where it may be zero.
    case notPositive(String)
    /// A number above what it can be.
    case tooLarge(String)
    /// A text that is empty, above 1,024 bytes or has control characters; a time not of the form
    /// 2026-01-31T09:00:00Z; a list with too many elements.
    case invalidField(String)
    /// A figure for a participant that contradicts the claim: more colluders may not help, and at the design it may not
    /// exceed the claim.
    case collusionContradictsClaim
    /// Above 64 MiB.
    case reportTooLarge
    /// Not JSON.
    case malformed
    /// JSON, but not the one canonical text of its value, or numbers that are not integers.
    case notCanonical
    /// Of no schema known here.
    case unsupportedSchema
    /// A member that the schema has.
    case missingField(String)
    /// A member that the schema has not, in the object of this name (the whole report has the empty name).
    case unknownField(inside: String)
    /// Signed by another key than the one expected.
    case wrongKey
    /// The signature is not the key's over these bytes.
    case badSignature
    /// The ledger inside does not verify.
    case ledgerChanged(LedgerRefusal)
    /// A figure that the accountant does not give for this ledger.
    case resultNotReproduced(String)
    /// A guarantee is stated that must not be, or the other way round.
    case verdictNotReproduced
    /// The budget's figures do not follow from the ledger.
    case budgetNotReproduced(String)
    /// The hazards are not those that follow from the contents.
    case hazardsNotReproduced
    /// Another member that does not follow from the ledger.
    case inconsistent(String)
}

extension ReportRefusal: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .notFinite(let name): "\(name) is not a finite number"
        case .notPositive(let name): "\(name) is not positive"
        case .tooLarge(let name): "\(name) is too large"
        case .invalidField(let name): "\(name) is not what the schema asks for"
        case .collusionContradictsClaim: "a participant's figure contradicts the claim"
        case .reportTooLarge: "the report is too large"
        case .malformed: "the report is not JSON"
        case .notCanonical: "the report is not in canonical form"
        case .unsupportedSchema: "unknown report schema"
        case .missingField(let name): "\(name) is missing"
        case .unknownField(let name): "an unknown member in \(name.isEmpty ? "the report" : name)"
        case .wrongKey: "the report is signed by another key"
        case .badSignature: "the signature is wrong"
        case .ledgerChanged(let refusal): "the ledger does not verify: \(refusal)"
        case .resultNotReproduced(let name): "\(name) is not what the accountant finds"
        case .verdictNotReproduced: "the verdict does not follow from the contents"
        case .budgetNotReproduced(let name): "\(name) does not follow from the ledger"
        case .hazardsNotReproduced: "the hazards do not follow from the contents"
        case .inconsistent(let name): "\(name) does not follow from the ledger"
        }
    }
}
