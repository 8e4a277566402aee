internal import CryptoPrimitives

/// Numbers as text in canonical form: there is one text for a value, and it reads back as the same value.
enum DecimalText {
    /// The shortest digits that read back, "inf" for infinity.
    static func text(of value: Double) -> String { value.description }

    /// A number that is not NaN, from its canonical text alone.
    static func value(of text: String) -> Double? {
        guard text.utf8.count <= 32, let value = Double(text), !value.isNaN,
            value.description.utf8.elementsEqual(text.utf8)
        else { return nil }
        return value
    }

    /// numerator/denominator.
    static func text(of fraction: (numerator: UInt128, denominator: UInt64)) -> String {
        "\(fraction.numerator)/\(fraction.denominator)"
    }

    static func integer(of text: String) -> UInt128? {
        guard text.utf8.count <= 40, let value = UInt128(text), String(value).utf8.elementsEqual(text.utf8) else {
            return nil
        }
        return value
    }

    /// A variance from its fraction in lowest terms.
    static func variance(of text: String) -> NoiseVariance? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let above = UInt64(parts[0]), let below = UInt64(parts[1]),
            let value = try? NoiseVariance(above, over: below),
            self.text(of: (UInt128(value.numerator), value.denominator)).utf8.elementsEqual(text.utf8)
        else { return nil }
        return value
    }

    /// 64 lower-case hexadecimal digits.
    static func digest(of text: String) -> Digest? { bytes(of: text).flatMap { Bytes32($0) }.map(Digest.init) }

    /// Bytes from lower-case hexadecimal digits, at most 64 bytes.
    static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count % 2 == 0, text.utf8.count <= 128 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let upper = high {
                bytes.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
