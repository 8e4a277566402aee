public import CryptoPrimitives
internal import WireFormat

/// A signed privacy-budget report: what is claimed, on what grounds, and the ledger that it follows from.
///
/// A value of this type was made here or has passed every check of `init(verifying:key:)`.
/// Source: privacy-report section 1
public struct PrivacyReport: Sendable {
    /// The canonical JSON, signature included; what is written to a file.
    public let bytes: [UInt8]
    /// What the maker says.
    public let statement: ReportStatement
    /// The ledger inside.
    public let ledger: LedgerRecord
    /// Who signed.
    public let signer: VerifyingKey
    let body: ReportBody

    /// The most bytes of a report.
    static let mostBytes = 1 << 26

    /// Makes and signs a report. A figure is stated only when nothing speaks against it (`reasons`).
    ///
    /// Throws what is wrong with a member of the statement, or `reportTooLarge`. Cost: up to some twenty queries of the
    /// accountant.
    /// Source: privacy-report section 2
    public init(
        _ statement: ReportStatement, ledger: LedgerRecord, signedBy key: borrowing SigningKey
    ) throws(ReportRefusal) {
        body = try ReportBody(statement, ledger)
        let members = body.object
        let text = LedgerEncoding.text(.object(members))
        let signature: JSONValue = [
            "ed25519": .string(DecimalText.hex(key.sign(text).bytes)),
            "public_key": .string(key.verifyingKey.value.hex),
            "key_id": .string(Self.keyID(of: key.verifyingKey).value.hex),
        ]
        bytes = LedgerEncoding.text(.object(members + [JSONMember("signature", signature)]))
        guard bytes.count <= Self.mostBytes else { throw .reportTooLarge }
        self.statement = statement
        self.ledger = ledger
        signer = key.verifyingKey
    }

    /// The name of a key: BLAKE2b of its 32 bytes, personalisation "SecAgg DP key".
    /// Source: privacy-report section 5
    public static func keyID(of key: VerifyingKey) -> Digest {
        Blake2b.hash(key.value.bytes, Personalisation("SecAgg DP key"))
    }

    /// Reads a report and checks everything: canonical form, byte by byte; the signature of `key`; the ledger's chain
    /// and filter; that every other member is what the ledger and the statement make.
    ///
    /// Throws `ReportRefusal`, one case a fault. Cost: that of making the report.
    /// Source: privacy-report section 5
    public init(verifying bytes: [UInt8], key: VerifyingKey) throws(ReportRefusal) {
        try self.init(verifying: bytes, keyID: Self.keyID(of: key))
    }

    /// The same for a key of which only the name is known.
    /// Source: privacy-report section 5
    public init(verifying bytes: [UInt8], keyID: Digest) throws(ReportRefusal) {
        guard bytes.count <= Self.mostBytes else { throw .reportTooLarge }
        guard let value = try? JSONValue(parsing: bytes, limit: Self.mostBytes), let members = value.members else {
            throw .malformed
        }
        guard Self.holdsNoReals(value), let canonical = try? value.encoded(keys: .sorted), canonical == bytes else {
            throw .notCanonical
        }
        guard let schema = value["schema"] else { throw .missingField("schema") }
        guard schema.text == ReportBody.schema else { throw .unsupportedSchema }
        let signed = members.filter { !$0.key.utf8.elementsEqual("signature".utf8) }
        signer = try Self.signer(of: value, signed: signed, keyID)
        do { statement = try ReportReading.statement(value) } catch { throw Self.refusal(error) }
        ledger = try ReportReading.ledger(value)
        body = try ReportBody(statement, ledger)
        try ReportComparison.compare(signed, body.object)
        self.bytes = bytes
    }

    /// The key that signed: first that it is the one expected, then that it did.
    private static func signer(
        of value: JSONValue, signed: [JSONMember], _ expected: Digest
    ) throws(ReportRefusal) -> VerifyingKey {
        let parts: (key: Digest, name: Digest, signature: Signature?)
        do throws(FieldReader.Failure) {
            var report = try FieldReader(value, path: "")
            var reader = try report.object("signature")
            parts = (
                try reader.parsed("public_key", DecimalText.digest), try reader.parsed("key_id", DecimalText.digest),
                Signature(try reader.parsed("ed25519", DecimalText.bytes))
            )
            try reader.finish()
        } catch { throw refusal(error) }
        let key = VerifyingKey(parts.key.value)
        guard parts.name == expected, keyID(of: key) == expected else { throw .wrongKey }
        guard let signature = parts.signature,
            key.isValid(signature, for: LedgerEncoding.text(.object(signed)))
        else { throw .badSignature }
        return key
    }

    private static func refusal(_ failure: FieldReader.Failure) -> ReportRefusal {
        switch failure {
        case .missing(let name): .missingField(name)
        case .unknown(let path): .unknownField(inside: path)
        case .invalid(let name): .invalidField(name)
        }
    }

    /// Reals are text in this schema, so that nobody's printer of doubles matters.
    private static func holdsNoReals(_ value: JSONValue) -> Bool {
        switch value {
        case .number: false
        case .array(let elements): elements.allSatisfy(holdsNoReals)
        case .object(let members): members.allSatisfy { holdsNoReals($0.value) }
        case .null, .bool, .integer, .unsigned, .string: true
        }
    }
}

extension PrivacyReport {
    /// Why no guarantee is stated; empty when one is.
    /// Source: privacy-report section 3
    public var reasons: [NoGuaranteeReason] { body.reasons }

    /// What a reader must know besides the figure.
    /// Source: privacy-report section 7
    public var hazards: [PrivacyHazard] { body.hazards }

    /// The figure claimed, epsilon at the budget's delta; nil when no guarantee is stated. Never to be printed without
    /// `qualifier`.
    /// Source: privacy-report section 3
    public var claim: PrivacyInterval? { reasons.isEmpty ? body.figures.claim : nil }

    /// Mechanism, unit, adjacency, sampling and trust assumption of the claim.
    /// Source: privacy-report section 3
    public var qualifier: String { ledger.qualifier }

    /// What the best test can achieve; nil when no guarantee is stated.
    /// Source: privacy-report section 4
    public var tradeOff: TradeOffBound? { reasons.isEmpty ? body.figures.tradeOff : nil }
}
