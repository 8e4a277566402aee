/// One line chart as inline SVG, coloured by the page's style sheet; 440 units wide, text 13 units high.
struct SVGChart {
    /// How a line looks: a class of the style sheet.
    enum Line: String {
        case main, claim, limit, guess
    }

    struct Series {
        var line: Line
        var label: String
        /// In the axes' own coordinates.
        var points: [(x: Double, y: Double)]
    }

    struct Tick {
        var value: Double
        var label: String
    }

    var id: String
    var title: String
    var description: String
    var series: [Series]
    var xTitle: String
    var yTitle: String
    var xTicks: [Tick]
    var yTicks: [Tick]
    var xRange: ClosedRange<Double>
    var yRange: ClosedRange<Double>

    private static let width = 440.0
    private static let left = 72.0
    private static let right = 26.0
    private static let plotHeight = 220.0
    private static let legendLine = 20.0

    private var top: Double { 12 + Self.legendLine * Double(series.count) + 12 }

    private func x(_ value: Double) -> Double {
        let part = (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
        return Self.left + min(1, max(0, part)) * (Self.width - Self.left - Self.right)
    }

    private func y(_ value: Double) -> Double {
        let part = (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
        return top + (1 - min(1, max(0, part))) * Self.plotHeight
    }

    /// Tenths of a unit are enough.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }

    func svg() -> String {
        let height = top + Self.plotHeight + 52
        let n = Self.number
        let bottom = top + Self.plotHeight
        var parts = [
            "<svg viewBox=\"0 0 \(n(Self.width)) \(n(height))\" role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\">",
            "<title id=\"\(id)-t\">\(HTML.escaped(title))</title>",
            "<desc id=\"\(id)-d\">\(HTML.escaped(description))</desc>",
        ]
        for (index, item) in series.enumerated() {
            let row = 12 + Self.legendLine * Double(index)
            parts.append(
                "<path class=\"line \(item.line.rawValue)\" d=\"M\(n(Self.left)) \(n(row + 4))h30\"/>"
                    + "<text x=\"\(n(Self.left + 38))\" y=\"\(n(row + 9))\">\(HTML.escaped(item.label))</text>")
        }
        for tick in yTicks {
            parts.append(
                "<path class=\"grid\" d=\"M\(n(Self.left)) \(n(y(tick.value)))H\(n(Self.width - Self.right))\"/>"
                    + "<text class=\"end\" x=\"\(n(Self.left - 8))\" y=\"\(n(y(tick.value) + 4.5))\">"
                    + "\(HTML.escaped(tick.label))</text>")
        }
        for tick in xTicks {
            parts.append(
                "<path class=\"grid\" d=\"M\(n(x(tick.value))) \(n(bottom))v5\"/>"
                    + "<text class=\"middle\" x=\"\(n(x(tick.value)))\" y=\"\(n(bottom + 20))\">"
                    + "\(HTML.escaped(tick.label))</text>")
        }
        parts.append(
            "<path class=\"axis\" d=\"M\(n(Self.left)) \(n(top))V\(n(bottom))H\(n(Self.width - Self.right))\"/>")
        for item in series where !item.points.isEmpty {
            let path = item.points.enumerated().map { index, point in
                "\(index == 0 ? "M" : "L")\(n(x(point.x))) \(n(y(point.y)))"
            }
            parts.append("<path class=\"line \(item.line.rawValue)\" d=\"\(path.joined())\"/>")
        }
        let middle = (Self.left + Self.width - Self.right) / 2
        parts.append(
            "<text class=\"middle\" x=\"\(n(middle))\" y=\"\(n(bottom + 43))\">\(HTML.escaped(xTitle))</text>"
                + "<text class=\"middle\" transform=\"rotate(-90)\" x=\"\(n(-(top + bottom) / 2))\" y=\"15\">"
                + "\(HTML.escaped(yTitle))</text></svg>")
        return parts.joined()
    }

    /// About `count` round numbers from zero to `top`.
    static func ticks(upTo top: Double, count: Int, whole: Bool) -> [Tick] {
        guard top > 0, top.isFinite else { return [Tick(value: 0, label: "0")] }
        var step = 1e-9
        let factors = [2.0, 2.5, 2.0]
        var index = 0
        while top / step > Double(count), index < 120 {
            step *= factors[index % 3]
            index += 1
        }
        if whole { step = max(1, step.rounded(.up)) }
        return (0...Int((top / step).rounded(.down))).map { index in
            let value = Double(index) * step
            let places = step >= 1 ? 0 : (step >= 0.1 ? 1 : (step >= 0.01 ? 2 : 4))
            return Tick(value: value, label: ReportNumber.fixed(value, places, up: false))
        }
    }
}
