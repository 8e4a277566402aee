public import CryptoPrimitives
internal import WireFormat

/// A ledger's terms and verified entries: what an auditor reads. A value of this type has passed every check.
/// Source: privacy-ledger section 2
public struct LedgerRecord: Sendable {
    /// What the ledger was opened for.
    public let terms: LedgerTerms
    /// Charges and refunds, in order.
    public private(set) var entries: [LedgerEntry] = []
    /// The digest of the last entry, or of the terms.
    public private(set) var lastDigest: Digest
    /// Bytes of the whole text.
    public private(set) var byteCount: Int
    private(set) var account: FilterAccount

    /// A ledger with its first entry alone.
    /// Source: privacy-ledger section 2
    public init(_ terms: LedgerTerms) {
        self.terms = terms
        let (object, digest) = LedgerEncoding.genesis(terms)
        lastDigest = digest
        byteCount = LedgerEncoding.line(object).count
        account = FilterAccount(terms)
    }

    /// The first line, to be made durable.
    var firstLine: LedgerLine {
        let (object, digest) = LedgerEncoding.genesis(terms)
        return LedgerLine(offset: 0, bytes: LedgerEncoding.line(object), digest: digest)
    }

    /// The whole ledger as JSON lines, one canonical object a line.
    /// Source: privacy-ledger section 2
    public var text: [UInt8] {
        objects.flatMap(LedgerEncoding.line)
    }

    var objects: [JSONValue] {
        [LedgerEncoding.genesis(terms).object] + entries.map { LedgerEncoding.object($0, terms.trust).object }
    }

    /// Reads a ledger and checks everything in it: form, chain, order, and the filter at every charge.
    ///
    /// Throws `truncated`, `tooLarge`, `unknownSchema`, `malformed`, `notCanonical`, `chainBroken`, and what would have
    /// been thrown when a charge or refund was entered. Linear in the bytes but for one accountant query.
    /// Source: privacy-ledger section 6
    public init(reading bytes: [UInt8]) throws(LedgerRefusal) {
        guard bytes.count <= LedgerEncoding.mostBytes else { throw .tooLarge }
        guard bytes.last == UInt8(ascii: "\n") else { throw .truncated }
        var record: LedgerRecord?
        var start = 0
        var index = 0
        while start < bytes.count {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { throw .truncated }
            let line = Array(bytes[start...end])
            guard line.count <= LedgerEncoding.mostLineBytes else { throw .tooLarge }
            guard let value = try? JSONValue(parsing: Array(line.dropLast()), limit: LedgerEncoding.mostLineBytes)
            else { throw .malformed(entry: index) }
            if record == nil {
                record = try Self.opening(value, line: line)
            } else {
                try record?.append(value, line: line)
            }
            start = end + 1
            index += 1
        }
        guard let record else { throw .truncated }
        self = record
    }

    private static func opening(_ value: JSONValue, line: [UInt8]) throws(LedgerRefusal) -> LedgerRecord {
        guard value["schema"]?.text == LedgerEncoding.schema, value["kind"]?.text == "terms" else {
            throw .unknownSchema
        }
        let terms: LedgerTerms
        do { terms = try LedgerDecoding.terms(value) } catch {
            switch error {
            case .field: throw .malformed(entry: 0)
            case .ledger(let refusal): throw refusal
            }
        }
        let (object, digest) = LedgerEncoding.genesis(terms)
        guard value["digest"]?.text == digest.value.hex else { throw .chainBroken(entry: 0) }
        guard LedgerEncoding.line(object) == line else { throw .notCanonical(entry: 0) }
        return LedgerRecord(terms)
    }

    private mutating func append(_ value: JSONValue, line: [UInt8]) throws(LedgerRefusal) {
        let index = entries.count + 1
        let body: LedgerEntry.Body
        do { body = try LedgerDecoding.body(value) } catch { throw .malformed(entry: index) }
        guard value["digest_prev"]?.text == lastDigest.value.hex else { throw .chainBroken(entry: index) }
        if case .charge(let charge) = body, let survivors = charge.survivors, survivors < terms.trust.colluders {
            throw .belowFloor(minimum: terms.trust.colluders)
        }
        let (entry, written) = next(body)
        guard value["digest"]?.text == entry.digest.value.hex else { throw .chainBroken(entry: index) }
        guard written == line else { throw .notCanonical(entry: index) }
        try account.enter(entry, terms)
        append(entry, byteCount: written.count)
    }

    /// The entry that would come next, and its line.
    func next(_ body: LedgerEntry.Body) -> (entry: LedgerEntry, line: [UInt8]) {
        let index = entries.count + 1
        let blank = LedgerEntry(index: index, body: body, previous: lastDigest, digest: lastDigest)
        let (object, digest) = LedgerEncoding.object(blank, terms.trust)
        let entry = LedgerEntry(index: index, body: body, previous: lastDigest, digest: digest)
        return (entry, LedgerEncoding.line(object))
    }

    /// Enters an entry that the filter allows; nothing has changed when it throws.
    mutating func admit(_ entry: LedgerEntry, byteCount count: Int) throws(LedgerRefusal) {
        guard count <= LedgerEncoding.mostLineBytes, byteCount + count <= LedgerEncoding.mostBytes else {
            throw .tooLarge
        }
        try account.enter(entry, terms)
        append(entry, byteCount: count)
    }

    /// Whether `admit` would enter it.
    func check(_ entry: LedgerEntry, byteCount count: Int) throws(LedgerRefusal) {
        var copy = self
        try copy.admit(entry, byteCount: count)
    }

    private mutating func append(_ entry: LedgerEntry, byteCount count: Int) {
        entries.append(entry)
        lastDigest = entry.digest
        byteCount += count
    }
}
