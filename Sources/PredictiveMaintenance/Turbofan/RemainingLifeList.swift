/// The true remaining cycles after the last row of each test engine.
/// Source: cmapss section 1
public struct RemainingLifeList: Sendable, Equatable {
    /// Cycles, one an engine, in the order of the test file.
    public let cycles: [Int]

    /// Parses a list of whole numbers, one a line; blank lines are allowed.
    ///
    /// Throws a failure that names `file` and the line.
    /// Source: cmapss section 1
    public init(parsing bytes: [UInt8], of file: TurbofanFile) throws(TurbofanDataFailure) {
        var cycles: [Int] = []
        var reader = DecimalFieldReader(bytes)
        var line = 1
        var field = 0
        parsing: while true {
            switch reader.next() {
            case .number(let number):
                field += 1
                guard field == 1 else { throw TurbofanDataFailure(file, .fieldCount(line: line, found: field)) }
                guard number >= 0, number <= 100_000, number == number.rounded() else {
                    throw TurbofanDataFailure(file, .lifeOutOfRange(line: line))
                }
                cycles.append(Int(number))
            case .malformed: throw TurbofanDataFailure(file, .notANumber(line: line, field: field + 1))
            case .endOfLine:
                field = 0
                line += 1
            case .endOfText: break parsing
            }
        }
        guard !cycles.isEmpty else { throw TurbofanDataFailure(file, .empty) }
        self.cycles = cycles
    }

    /// Reads and parses the remaining lives of `subset` in the folder `directory`.
    /// Source: cmapss section 1
    public init(_ subset: TurbofanSubset, directory: String) throws(TurbofanDataFailure) {
        let file = TurbofanFile(subset, .remainingLife)
        try self.init(parsing: TurbofanTable.contents(of: file, directory: directory), of: file)
    }
}
