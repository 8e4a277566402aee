/// Why a turbofan file was refused; `line` counts from 1, `field` from 1 to 26.
/// Source: cmapss section 1
public enum TurbofanDataProblem: Equatable, Sendable {
    /// The file cannot be opened or read; the operating system's error number.
    case unreadable(errno: Int32)
    /// The file is longer than the loader accepts.
    case tooLarge(limitBytes: Int)
    /// The file holds no row.
    case empty
    /// The row does not have the right number of fields; `found` stops counting one above the right number.
    case fieldCount(line: Int, found: Int)
    /// The field is not a plain decimal number, or has more than 18 digits.
    case notANumber(line: Int, field: Int)
    /// Unit or cycle number is not what must follow the row above: units rise by one, cycles by one from 1.
    case outOfSequence(line: Int, field: Int)
    /// The altitude is more than 1 kft away from all six operating regimes.
    case unknownRegime(line: Int)
    /// The remaining life is not a whole number from 0 to 100 000.
    case lifeOutOfRange(line: Int)
    /// The test file and the file of remaining lives do not speak of the same number of engines.
    case engineCount(engines: Int, lives: Int)
}

/// A turbofan file that cannot be used: which one and why.
/// Source: cmapss section 1
public struct TurbofanDataFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The offending file.
    public let file: TurbofanFile
    /// What is wrong with it.
    public let problem: TurbofanDataProblem

    /// Reports `problem` in `file`.
    public init(_ file: TurbofanFile, _ problem: TurbofanDataProblem) {
        self.file = file
        self.problem = problem
    }

    /// One sentence for an engineer: the file, the line, what was expected.
    public var description: String {
        let name = file.name
        switch problem {
        case .unreadable(let errno): return "\(name): cannot be read (error number \(errno))"
        case .tooLarge(let limit): return "\(name): longer than \(limit) bytes"
        case .empty: return "\(name): holds no row"
        case .fieldCount(let line, let found): return "\(name):\(line): wrong number of fields (\(found))"
        case .notANumber(let line, let field): return "\(name):\(line): field \(field) is not a plain decimal number"
        case .outOfSequence(let line, let field):
            return "\(name):\(line): field \(field) (\(field == 1 ? "unit" : "cycle")) does not follow the row above"
        case .unknownRegime(let line): return "\(name):\(line): the altitude belongs to none of the six regimes"
        case .lifeOutOfRange(let line): return "\(name):\(line): remaining life is not a whole number in 0...100000"
        case .engineCount(let engines, let lives):
            return "\(name): \(lives) remaining lives for \(engines) test engines"
        }
    }
}
