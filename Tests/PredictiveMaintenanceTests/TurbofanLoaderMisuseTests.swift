import PredictiveMaintenance
import Testing

/// Every defect has its own error, with the line and the field where it sits.
struct TurbofanLoaderMisuseTests {
    static let file = TurbofanFile(.fd003, .training)

    static func row(_ unit: String, _ cycle: String, altitude: String = "0.0010") -> String {
        ([unit, cycle, altitude] + (0..<23).map { "\($0).5" }).joined(separator: " ")
    }

    static let good = [row("1", "1"), row("1", "2"), row("2", "1")]

    static let defects: [(String, TurbofanDataProblem)] = [
        ("", .empty),
        ("\n\n  \n", .empty),
        (good[0] + "\n1 2 0.0", .fieldCount(line: 2, found: 3)),
        (good[0] + " 9\n", .fieldCount(line: 1, found: 27)),
        (good[0] + "\n1 2 0.0\n" + good[2], .fieldCount(line: 2, found: 3)),
        (good[0] + "\n1 x 0.0", .notANumber(line: 2, field: 2)),
        ("1 1 nan", .notANumber(line: 1, field: 3)),
        ("1 1 inf", .notANumber(line: 1, field: 3)),
        ("1 1 0x1p3", .notANumber(line: 1, field: 3)),
        ("1 1 1.2.3", .notANumber(line: 1, field: 3)),
        ("1 1 -", .notANumber(line: 1, field: 3)),
        ("1 1 .", .notANumber(line: 1, field: 3)),
        ("1 1 1e5", .notANumber(line: 1, field: 3)),
        ("1 1 1234567890123456789", .notANumber(line: 1, field: 3)),
        ("\u{FF}1 1 0", .notANumber(line: 1, field: 1)),
        (row("2", "1"), .outOfSequence(line: 1, field: 1)),
        (row("0", "1"), .outOfSequence(line: 1, field: 1)),
        (row("-1", "1"), .outOfSequence(line: 1, field: 1)),
        (row("1", "2"), .outOfSequence(line: 1, field: 2)),
        (row("1", "0"), .outOfSequence(line: 1, field: 2)),
        (row("1", "1.5"), .outOfSequence(line: 1, field: 2)),
        (good[0] + "\n" + row("3", "1"), .outOfSequence(line: 2, field: 1)),
        (good[0] + "\n" + row("1", "1"), .outOfSequence(line: 2, field: 2)),
        (good.joined(separator: "\n") + "\n" + row("1", "3"), .outOfSequence(line: 4, field: 1)),
        (good[0] + "\n" + row("2", "3"), .outOfSequence(line: 2, field: 2)),
        (row("1", "1", altitude: "15"), .unknownRegime(line: 1)),
        (good[0] + "\n" + row("1", "2", altitude: "43.1"), .unknownRegime(line: 2)),
        (row("1", "1", altitude: "-1.5"), .unknownRegime(line: 1)),
    ]

    @Test("a defective table is refused at its line and field", arguments: 0..<defects.count)
    func table(_ index: Int) {
        let (text, problem) = Self.defects[index]
        #expect(throws: TurbofanDataFailure(Self.file, problem)) {
            try TurbofanTable(parsing: Array(text.utf8), of: Self.file)
        }
    }

    @Test("blank lines, tabs, carriage returns and a missing last line feed are no defects")
    func lenience() throws {
        let text = "\r\n\t" + Self.good.joined(separator: "  \r\n\r\n")
        let table = try TurbofanTable(parsing: Array(text.utf8), of: Self.file)
        #expect(table.engines == [0..<2, 2..<3])
        #expect(table.values.prefix(4) == [0.001, 0.5, 1.5, 2.5])
        #expect(table.reading(sensor: 1, row: 2) == 2.5)
        #expect(table.reading(sensor: 21, row: 2) == 22.5)
    }

    @Test("numbers read as the standard library reads them")
    func numbers() throws {
        var generator = SystemRandomNumberGenerator()
        var fields: [String] = []
        for _ in 0..<23 {
            let whole = Int.random(in: -99999...99999, using: &generator)
            let places = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                String(Int.random(in: 0...9, using: &generator))
            }
            fields.append("\(whole)." + places.joined())
        }
        let text = "1 1 0 " + fields.joined(separator: " ")
        let table = try TurbofanTable(parsing: Array(text.utf8), of: Self.file)
        #expect(Array(table.values.dropFirst()) == fields.compactMap { Double($0) }.map { Float($0) }, "\(text)")
    }

    @Test("a defective list of lives is refused at its line")
    func lives() {
        let file = TurbofanFile(.fd001, .remainingLife)
        let defects: [(String, TurbofanDataProblem)] = [
            ("\n", .empty), ("12\n13 4\n", .fieldCount(line: 2, found: 2)), ("12\n\n-1", .lifeOutOfRange(line: 3)),
            ("1.5", .lifeOutOfRange(line: 1)), ("100001", .lifeOutOfRange(line: 1)),
            ("7\nseven", .notANumber(line: 2, field: 1)),
        ]
        for (text, problem) in defects {
            #expect(throws: TurbofanDataFailure(file, problem)) {
                try RemainingLifeList(parsing: Array(text.utf8), of: file)
            }
        }
    }

    @Test("a missing folder names the file and the system's reason")
    func missing() {
        let failure = TurbofanDataFailure(TurbofanFile(.fd001, .training), .unreadable(errno: 2))
        #expect(throws: failure) { try Scenario.cmapss(.a, directory: "/nonexistent") }
        #expect(failure.description == "train_FD001.txt: cannot be read (error number 2)")
    }

    @Test("a path that leads through a device is refused with the system's reason")
    func notAFolder() {
        #expect(throws: TurbofanDataFailure(TurbofanFile(.fd001, .training), .unreadable(errno: 20))) {
            try TurbofanTable(TurbofanFile(.fd001, .training), directory: "/dev/null")
        }
    }
}
