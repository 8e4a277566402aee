/// A small text table of fields separated by commas, one row a line, without quotes; total: any bytes give rows or an error.
/// Source: ai4i section 1
struct CommaTable {
    /// Why a text is not such a table; lines and fields count from 1.
    enum Defect: Error, Equatable {
        /// The row does not have as many fields as the first.
        case fieldCount(line: Int, found: Int)
        /// Not UTF-8, or a quote or control character.
        case notText(line: Int)
        /// More rows than the caller allows.
        case tooManyRows(limit: Int)
        /// No row.
        case empty
    }

    /// The first line's fields.
    let header: [Substring]
    /// The other lines' fields, each as many as the header's, with the line it stood on.
    let rows: [(line: Int, fields: [Substring])]

    /// Cuts a text; blank lines are passed over. Cost: one pass.
    init(parsing bytes: [UInt8], rowLimit: Int) throws(Defect) {
        var header: [Substring]?
        var rows: [(line: Int, fields: [Substring])] = []
        var line = 0
        var start = 0
        while start <= bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            var part = bytes[start..<end]
            start = end + 1
            if part.last == 0x0D { part.removeLast() }
            if part.isEmpty { continue }
            guard part.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x7F }),
                let text = String(validating: part, as: UTF8.self)
            else { throw .notText(line: line) }
            let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            guard let header else {
                header = fields
                continue
            }
            guard fields.count == header.count else { throw .fieldCount(line: line, found: fields.count) }
            guard rows.count < rowLimit else { throw .tooManyRows(limit: rowLimit) }
            rows.append((line, fields))
        }
        guard let header, !rows.isEmpty else { throw .empty }
        self.header = header
        self.rows = rows
    }

    /// A plain decimal number, with or without an exponent, of at most 32 characters; nil for anything else, or beyond 1e300.
    static func number(_ field: Substring) -> Double? {
        guard field.utf8.count <= 32,
            field.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x65, 0x45].contains($0) }),
            let value = Double(field), value.magnitude <= 1e300
        else { return nil }
        return value
    }
}
