/// Cuts a text of blank-separated decimal numbers into lines and fields, without ever trapping on its contents.
///
/// Cost: one pass over the bytes.
/// Source: cmapss section 1
struct DecimalFieldReader {
    /// What stands next in the text.
    enum Token: Equatable {
        /// A number.
        case number(Double)
        /// Something that is not a number.
        case malformed
        /// The end of a line.
        case endOfLine
        /// The end of the text.
        case endOfText
    }

    private let bytes: [UInt8]
    private var position = 0

    /// Reads from the first byte.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Powers of ten that a Double holds exactly and that 18 digits can need.
    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ]

    /// The next token; blanks (space, tab, carriage return) are skipped, a malformed field is skipped whole.
    mutating func next() -> Token {
        let count = bytes.count
        while position < count, isBlank(bytes[position]) { position += 1 }
        guard position < count else { return .endOfText }
        if bytes[position] == 0x0A {
            position += 1
            return .endOfLine
        }
        var negative = false
        if bytes[position] == 0x2D || bytes[position] == 0x2B {
            negative = bytes[position] == 0x2D
            position += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var fractionDigits = 0
        var sawPoint = false
        while position < count {
            let byte = bytes[position]
            let digit = byte &- 0x30
            if digit < 10 {
                digits += 1
                guard digits <= 18 else { return malformed() }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                if sawPoint { fractionDigits += 1 }
            } else if byte == 0x2E, !sawPoint {
                sawPoint = true
            } else if byte == 0x0A || isBlank(byte) {
                break
            } else {
                return malformed()
            }
            position += 1
        }
        guard digits > 0 else { return .malformed }
        let magnitude = Double(mantissa) / Self.powersOfTen[fractionDigits]
        return .number(negative ? -magnitude : magnitude)
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    private mutating func malformed() -> Token {
        while position < bytes.count, bytes[position] != 0x0A, !isBlank(bytes[position]) { position += 1 }
        return .malformed
    }
}
