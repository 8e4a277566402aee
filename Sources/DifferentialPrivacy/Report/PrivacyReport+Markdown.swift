extension PrivacyReport {
    /// The report for people, as Markdown; its first ten lines say what is protected, against whom, and how well.
    /// Source: privacy-report section 6
    public func markdown() -> String {
        let summary = ReportSummary(report: self)
        var lines = ["# \(Markdown.escaped(summary.title))", "**\(summary.status)**", ""]
        for line in summary.lines { lines.append("- **\(line.label):** \(Markdown.escaped(line.text))") }
        lines += Markdown.table(summary.hazardTable)
        for table in summary.tables { lines += Markdown.table(table) }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Text as Markdown that shows it and does nothing else.
enum Markdown {
    private static let special = Set("\\`*_{}[]#+!|~$")

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default:
                if special.contains(character) { result.append("\\") }
                result.append(character)
            }
        }
        return result
    }

    static func table(_ table: ReportSummary.Table) -> [String] {
        guard !table.rows.isEmpty else { return [] }
        var lines = ["", "## \(escaped(table.title))", ""]
        if !table.note.isEmpty { lines += [escaped(table.note), ""] }
        lines.append("| " + table.head.map(escaped).joined(separator: " | ") + " |")
        lines.append("|" + String(repeating: " --- |", count: table.head.count))
        for row in table.rows { lines.append("| " + row.map(escaped).joined(separator: " | ") + " |") }
        return lines
    }
}
