/// Why the milling table was refused; `line` counts from 1, `field` from 1 to 14.
/// Source: ai4i section 1
public enum MillingDataFailure: Error, Equatable, Sendable {
    /// The file cannot be read; the operating system's error number.
    case unreadable(errno: Int32)
    /// The file is longer than the loader accepts.
    case tooLarge(limitBytes: Int)
    /// The file holds no row.
    case empty
    /// The row has another number of fields than 14, or more rows than the loader accepts stand above it.
    case fieldCount(line: Int, found: Int)
    /// More rows than the loader accepts.
    case tooManyRows(limit: Int)
    /// The line is not plain text.
    case notText(line: Int)
    /// The field is not the number that belongs there.
    case badNumber(line: Int, field: Int)
    /// The product's type is not L, M or H.
    case unknownType(line: Int)
    /// A type that a company should be made of has too few rows, or too few failures, to train, validate and test.
    case tooFew(type: Int)
}

extension MillingDataFailure: CustomStringConvertible {
    /// One sentence for an engineer: the line and what was expected.
    public var description: String {
        switch self {
        case .unreadable(let errno): "the table cannot be read (error number \(errno))"
        case .tooLarge(let limit): "the table is longer than \(limit) bytes"
        case .empty: "the table holds no row"
        case .fieldCount(let line, let found): "line \(line): \(found) fields where 14 belong"
        case .tooManyRows(let limit): "the table has more than \(limit) rows"
        case .notText(let line): "line \(line): not plain text"
        case .badNumber(let line, let field): "line \(line): field \(field) is not the number that belongs there"
        case .unknownType(let line): "line \(line): the product's type is not L, M or H"
        case .tooFew(let type):
            "type \(MillingType(rawValue: type)?.name ?? "?") has too few rows or failures to train, validate and test"
        }
    }
}

/// The quality variants of the product that is milled.
/// Source: ai4i section 1
public enum MillingType: Int, CaseIterable, Hashable, Sendable {
    /// Half of all products.
    case low
    /// Three in ten.
    case medium
    /// One in ten.
    case high

    init?(_ field: Substring) {
        switch field {
        case "L": self = .low
        case "M": self = .medium
        case "H": self = .high
        default: return nil
        }
    }

    /// "L", "M" or "H", as in the file.
    public var name: String { ["L", "M", "H"][rawValue] }
}

/// The AI4I 2020 table: one row a product, with the machine's readings and whether it failed.
///
/// Features a row: air and process temperature (K), speed (1/min), torque (Nm), tool wear (min), and from them what the failure
/// modes hang on: the difference of temperatures, the power (W) and wear times torque (min Nm).
/// Source: ai4i section 1
public struct MillingTable: Sendable {
    /// Features a row.
    public static let featureCount = 8
    /// The longest file accepted, in bytes, and the most rows.
    public static let byteLimit = 4 << 20
    /// The most rows accepted.
    public static let rowLimit = 50_000

    /// The product's type of each row.
    public let types: [MillingType]
    /// Row-major, `featureCount` a row.
    public let features: [Float]
    /// Whether the machine failed.
    public let failed: [Bool]

    /// The number of rows.
    public var count: Int { types.count }

    /// Parses the text of the file: a header and rows of 14 fields. Throws a failure that names line and field.
    /// Source: ai4i section 1
    public init(parsing bytes: [UInt8]) throws(MillingDataFailure) {
        let table: CommaTable
        do throws(CommaTable.Defect) {
            table = try CommaTable(parsing: bytes, rowLimit: Self.rowLimit)
        } catch {
            switch error {
            case .fieldCount(let line, let found): throw .fieldCount(line: line, found: found)
            case .notText(let line): throw .notText(line: line)
            case .tooManyRows(let limit): throw .tooManyRows(limit: limit)
            case .empty: throw .empty
            }
        }
        guard table.header.count == 14 else { throw .fieldCount(line: 1, found: table.header.count) }
        var types: [MillingType] = []
        var features: [Float] = []
        var failed: [Bool] = []
        for (line, fields) in table.rows {
            guard let type = MillingType(fields[2]) else { throw .unknownType(line: line) }
            var readings: [Double] = []
            for field in 3..<8 {
                guard let value = CommaTable.number(fields[field]), Self.limits[field - 3].contains(value) else {
                    throw .badNumber(line: line, field: field + 1)
                }
                readings.append(value)
            }
            for field in 8..<14 where fields[field] != "0" && fields[field] != "1" {
                throw .badNumber(line: line, field: field + 1)
            }
            let power = readings[3] * readings[2] * 2 * Double.pi / 60
            readings += [readings[1] - readings[0], power, readings[4] * readings[3]]
            types.append(type)
            features += readings.map { Float($0) }
            failed.append(fields[8] == "1")
        }
        self.types = types
        self.features = features
        self.failed = failed
    }

    /// Reads and parses "ai4i2020.csv" in the folder `directory`.
    /// Source: ai4i section 1
    public init(directory: String) throws(MillingDataFailure) {
        let bytes: [UInt8]
        do throws(FileReadFailure) {
            bytes = try FileContents.read(directory + "/ai4i2020.csv", limit: Self.byteLimit)
        } catch {
            switch error {
            case .system(let number): throw .unreadable(errno: number)
            case .tooLarge: throw .tooLarge(limitBytes: Self.byteLimit)
            }
        }
        try self.init(parsing: bytes)
    }

    /// What each reading can be at all.
    private static let limits: [ClosedRange<Double>] = [200...400, 200...400, 0...20_000, 0...1000, 0...100_000]
}
