/// Why a bearing file was refused; `line` of the manifest counts from 1, `field` from 1.
/// Source: cwru section 1
public enum BearingDataFailure: Error, Equatable, Sendable {
    /// A file cannot be read: line 0 is the manifest itself, else the line that names it; the operating system's error number.
    case unreadable(line: Int, errno: Int32)
    /// The manifest (line 0) or a recording is longer than the loader accepts.
    case tooLarge(line: Int, limitBytes: Int)
    /// The manifest holds no row.
    case empty
    /// The row has another number of fields than the header, or the header too few.
    case fieldCount(line: Int, found: Int)
    /// More recordings than the loader accepts.
    case tooManyRows(limit: Int)
    /// The line is not plain text.
    case notText(line: Int)
    /// The field is not what belongs there.
    case badField(line: Int, field: Int)
    /// The recording does not have as many bytes as the manifest says.
    case sampleCount(line: Int, found: Int)
    /// Not every fault is there at this size or load, so that no company can be made of it.
    case incomplete(Int)
}

extension BearingDataFailure: CustomStringConvertible {
    /// One sentence for an engineer: the line of the manifest and what was expected.
    public var description: String {
        switch self {
        case .unreadable(let line, let errno): "\(Self.file(line)) cannot be read (error number \(errno))"
        case .tooLarge(let line, let limit): "\(Self.file(line)) is longer than \(limit) bytes"
        case .empty: "the manifest holds no row"
        case .fieldCount(let line, let found): "manifest:\(line): wrong number of fields (\(found))"
        case .tooManyRows(let limit): "the manifest names more than \(limit) recordings"
        case .notText(let line): "manifest:\(line): not plain text"
        case .badField(let line, let field): "manifest:\(line): field \(field) is not what belongs there"
        case .sampleCount(let line, let found):
            "manifest:\(line): the recording has \(found) bytes, which the manifest does not say"
        case .incomplete(let key): "not every fault was recorded at \(key), so no company can be made of it"
        }
    }

    private static func file(_ line: Int) -> String {
        line == 0 ? "the manifest" : "the recording of manifest:\(line)"
    }
}

/// What is damaged in a bearing.
/// Source: cwru section 1
public enum BearingFault: Int, CaseIterable, Hashable, Sendable {
    /// A rolling element.
    case ball
    /// The inner race.
    case innerRace
    /// The outer race.
    case outerRace

    init?(_ field: Substring) {
        switch field {
        case "B": self = .ball
        case "IR": self = .innerRace
        case "OR": self = .outerRace
        default: return nil
        }
    }
}

/// One accelerometer recording of a bearing with a known fault.
/// Source: cwru section 1
public struct BearingRecording: Sendable {
    /// What is damaged.
    public let fault: BearingFault
    /// The fault's diameter in thousandths of an inch.
    public let size: Int
    /// The motor's load in horsepower.
    public let load: Int
    /// Turns a second.
    public let shaft: Double
    /// Samples in g.
    public let samples: [Float]

    /// Samples a second of every recording that is taken.
    public static let sampleRate = 12_000.0
    /// The longest manifest and the longest recording accepted, in bytes.
    public static let byteLimit = 4 << 20
    /// The most recordings accepted.
    public static let rowLimit = 200

    /// Reads the recordings with a fault at 12 kHz that "MANIFEST.csv" in the folder `directory` names; others (healthy ones at
    /// another rate) are passed over. The counts are little-endian 16-bit integers in "<name>.i16".
    ///
    /// Throws a failure that names the manifest's line. Cost: about 10 ms a million samples.
    /// Source: cwru section 1
    public static func all(directory: String) throws(BearingDataFailure) -> [BearingRecording] {
        try entries(parsing: contents("MANIFEST.csv", directory, line: 0)).map { entry throws(BearingDataFailure) in
            let bytes = try contents(entry.name + ".i16", directory, line: entry.line)
            guard bytes.count == 2 * entry.count else {
                throw .sampleCount(line: entry.line, found: bytes.count / 2)
            }
            var samples: [Float] = []
            samples.reserveCapacity(entry.count)
            for place in stride(from: 0, to: bytes.count, by: 2) {
                let counts = Int16(bitPattern: UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
                samples.append(Float(Double(counts) * entry.unit))
            }
            return BearingRecording(
                fault: entry.fault, size: entry.size, load: entry.load, shaft: entry.shaft, samples: samples)
        }
    }

    /// A row of the manifest.
    struct Entry: Equatable {
        let line: Int
        let name: String
        let fault: BearingFault
        let size: Int
        let load: Int
        let shaft: Double
        let count: Int
        let unit: Double
    }

    /// Columns: name, fault, size (mil), load (hp), turns a minute, samples a second, samples, g a count; more may follow.
    static func entries(parsing bytes: [UInt8]) throws(BearingDataFailure) -> [Entry] {
        let table: CommaTable
        do throws(CommaTable.Defect) {
            table = try CommaTable(parsing: bytes, rowLimit: rowLimit)
        } catch {
            switch error {
            case .fieldCount(let line, let found): throw .fieldCount(line: line, found: found)
            case .notText(let line): throw .notText(line: line)
            case .tooManyRows(let limit): throw .tooManyRows(limit: limit)
            case .empty: throw .empty
            }
        }
        guard table.header.count >= 8 else { throw .fieldCount(line: 1, found: table.header.count) }
        var entries: [Entry] = []
        for (line, fields) in table.rows {
            // the name becomes part of a path: letters, digits and underscores only
            let isName = { (byte: UInt8) in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F
            }
            guard !fields[0].isEmpty, fields[0].utf8.count <= 64, fields[0].utf8.allSatisfy(isName) else {
                throw .badField(line: line, field: 1)
            }
            func number(_ field: Int, _ range: ClosedRange<Double>, whole: Bool = true) throws(BearingDataFailure)
                -> Double
            {
                guard let value = CommaTable.number(fields[field]), range.contains(value),
                    !whole || value == value.rounded()
                else { throw .badField(line: line, field: field + 1) }
                return value
            }
            let size = try number(2, 0...100)
            let load = try number(3, 0...10)
            let speed = try number(4, 60...100_000, whole: false)
            let rate = try number(5, 1...1_000_000)
            let count = try number(6, 1...Double(byteLimit / 2))
            let unit = try number(7, 1e-9...1, whole: false)
            if fields[1] == "normal" || rate != sampleRate { continue }
            guard let fault = BearingFault(fields[1]) else { throw .badField(line: line, field: 2) }
            entries.append(
                Entry(
                    line: line, name: String(fields[0]), fault: fault, size: Int(size), load: Int(load),
                    shaft: speed / 60, count: Int(count), unit: unit))
        }
        guard !entries.isEmpty else { throw .empty }
        return entries
    }

    private static func contents(
        _ name: String, _ directory: String, line: Int
    ) throws(BearingDataFailure) -> [UInt8] {
        do throws(FileReadFailure) {
            return try FileContents.read(directory + "/" + name, limit: byteLimit)
        } catch {
            switch error {
            case .system(let number): throw .unreadable(line: line, errno: number)
            case .tooLarge: throw .tooLarge(line: line, limitBytes: byteLimit)
            }
        }
    }
}
