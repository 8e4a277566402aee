/// Columns of text, the first to the left and the others to the right.
struct TextTable {
    private var rows: [[String]]

    /// A table with a heading.
    init(_ heading: [String]) {
        rows = [heading]
    }

    /// Adds a row; missing cells stay empty.
    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The lines, the heading bold where that is possible.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.enumerated().map { number, row in
            let line = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
            return number == 0 ? Terminal.bold(line) : line
        }.joined(separator: "\n")
    }
}

/// Lines of a name and a value.
struct FactList {
    private var facts: [(String, String)] = []

    /// Adds a line.
    mutating func add(_ name: String, _ value: String) {
        facts.append((name, value))
    }

    /// The lines, values below one another.
    var text: String {
        let width = facts.map(\.0.count).max() ?? 0
        return facts.map { $0 + String(repeating: " ", count: width - $0.count + 2) + $1 }.joined(separator: "\n")
    }
}
