/// Figures as decimal text, rounded to the safe side: at least six significant digits in a report, few for readers.
enum ReportNumber {
    /// Not below the value.
    static func up(_ value: Double) -> String { text(value, up: true) }

    /// Not above the value.
    static func down(_ value: Double) -> String { text(value, up: false) }

    /// Integers over a power of ten are printed exactly as long as they stay below 2^53.
    private static func text(_ value: Double, up: Bool) -> String {
        guard value.isFinite, value > 0 else { return DecimalText.text(of: value) }
        var scale = 1e6
        while value * scale < 1e5, scale < 1e20 { scale *= 10 }
        guard value * scale < 0x1p52 else { return DecimalText.text(of: value) }
        let scaled = up ? (value * scale).nextUp.rounded(.up) : (value * scale).nextDown.rounded(.down)
        return DecimalText.text(of: max(0, scaled / scale))
    }

    /// A fixed number of places, rounded up or down; "no bound" for infinity.
    static func fixed(_ value: Double, _ places: Int, up: Bool = true) -> String {
        guard value.isFinite else { return "no bound" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        // Of a figure that was itself rounded to the safe side, so a digit of error below 1e-12 is not rounded again.
        let product = value * scale
        let rounded = up ? (product - 1e-9).rounded(.up) : (product + 1e-9).rounded(.down)
        guard rounded.magnitude < 0x1p52 else { return value.description }
        let whole = Int(rounded.magnitude)
        let unit = Int(scale)
        let sign = rounded < 0 ? "-" : ""
        guard places > 0 else { return sign + String(whole) }
        let fraction = String(whole % unit)
        return sign + String(whole / unit) + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// Per cent with one place, rounded up.
    static func percent(_ value: Double) -> String { fixed(min(1, value) * 100, 1) + " %" }

    /// A count with commas.
    static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
