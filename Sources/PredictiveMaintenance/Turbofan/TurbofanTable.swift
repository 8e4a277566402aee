/// One file of engine histories: every row of every engine, in the file's order.
///
/// Values are row-major, 24 a row: three operating settings, then sensors 1 to 21.
/// Source: cmapss section 1
public struct TurbofanTable: Sendable {
    /// Numbers a row beyond unit and cycle.
    public static let valuesPerRow = 24
    /// Fields a row in the file: unit, cycle, three settings, 21 sensors.
    public static let fieldsPerRow = 26
    /// The longest file accepted, in bytes.
    public static let byteLimit = 64 << 20

    /// The rows of each engine, in the order of the file: engine `i` is unit `i + 1`.
    public let engines: [Range<Int>]
    /// The operating regime of each row, 0 to 5.
    public let regimes: [UInt8]
    /// `rowCount` rows of `valuesPerRow` numbers.
    public let values: [Float]

    /// The number of rows.
    public var rowCount: Int { regimes.count }

    /// The reading of sensor `sensor` (1 to 21) in row `row` (from 0).
    public func reading(sensor: Int, row: Int) -> Float {
        precondition((1...21).contains(sensor), "sensors are numbered 1 to 21")
        return values[row * Self.valuesPerRow + 2 + sensor]
    }

    /// Parses the text of a training or test file.
    ///
    /// Throws a failure that names `file`, the line and the field; refuses units or cycles out of sequence. Cost: one pass.
    /// Source: cmapss section 1
    public init(parsing bytes: [UInt8], of file: TurbofanFile) throws(TurbofanDataFailure) {
        var engines: [Range<Int>] = []
        var regimes: [UInt8] = []
        var values: [Float] = []
        let rowGuess = bytes.count / 100
        regimes.reserveCapacity(rowGuess)
        values.reserveCapacity(rowGuess * Self.valuesPerRow)
        var reader = DecimalFieldReader(bytes)
        var line = 1
        var field = 0
        var unit = 0
        var cycle = 0
        var firstRow = 0
        parsing: while true {
            let token = reader.next()
            switch token {
            case .number(let number):
                field += 1
                switch field {
                case 1:
                    if number == Double(unit + 1) {
                        if unit > 0 { engines.append(firstRow..<regimes.count) }
                        firstRow = regimes.count
                        unit += 1
                        cycle = 0
                    } else if unit == 0 || number != Double(unit) {
                        throw TurbofanDataFailure(file, .outOfSequence(line: line, field: 1))
                    }
                case 2:
                    guard number == Double(cycle + 1) else {
                        throw TurbofanDataFailure(file, .outOfSequence(line: line, field: 2))
                    }
                    cycle += 1
                case 3:
                    guard let regime = OperatingRegime(altitude: number) else {
                        throw TurbofanDataFailure(file, .unknownRegime(line: line))
                    }
                    regimes.append(UInt8(regime.index))
                    values.append(Float(number))
                case 4...Self.fieldsPerRow:
                    values.append(Float(number))
                default:
                    throw TurbofanDataFailure(file, .fieldCount(line: line, found: field))
                }
            case .malformed:
                throw TurbofanDataFailure(file, .notANumber(line: line, field: field + 1))
            case .endOfLine, .endOfText:
                guard field == 0 || field == Self.fieldsPerRow else {
                    throw TurbofanDataFailure(file, .fieldCount(line: line, found: field))
                }
                if token == .endOfText { break parsing }
                field = 0
                line += 1
            }
        }
        guard unit > 0 else { throw TurbofanDataFailure(file, .empty) }
        engines.append(firstRow..<regimes.count)
        self.engines = engines
        self.regimes = regimes
        self.values = values
    }

    /// Reads and parses the training or test file of `subset` in the folder `directory`.
    ///
    /// Throws a failure that names the file, the line and the field. Cost: about 40 ms for 10 MB.
    /// Source: cmapss section 1
    public init(_ file: TurbofanFile, directory: String) throws(TurbofanDataFailure) {
        precondition(file.kind != .remainingLife, "a list of remaining lives is not a table")
        try self.init(parsing: Self.contents(of: file, directory: directory), of: file)
    }

    static func contents(of file: TurbofanFile, directory: String) throws(TurbofanDataFailure) -> [UInt8] {
        do throws(FileReadFailure) {
            return try FileContents.read(directory + "/" + file.name, limit: byteLimit)
        } catch {
            switch error {
            case .system(let number): throw TurbofanDataFailure(file, .unreadable(errno: number))
            case .tooLarge: throw TurbofanDataFailure(file, .tooLarge(limitBytes: byteLimit))
            }
        }
    }
}
