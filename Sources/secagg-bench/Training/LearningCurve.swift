internal import PredictiveMaintenance

/// The losses of a training as a picture: scalable, without scripts or outside files.
struct LearningCurve {
    /// One line of the picture.
    struct Line {
        var name: String
        /// One a round, from the start; nil where it is unknown.
        var losses: [Double?]
        /// The round whose model was kept.
        var kept: Int
    }

    private static let size = (width: 720.0, height: 400.0)
    private static let margin = (left: 64.0, right: 16.0, top: 36.0, bottom: 48.0)
    private static let colours = [
        "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#bcbd22", "#7f7f7f",
    ]

    let title: String
    let lines: [Line]

    /// The document; axes from 0 to the last round and around all losses.
    var svg: String {
        let values = lines.flatMap { $0.losses.compactMap(\.self) }.filter(\.isFinite)
        let rounds = max(1, (lines.map(\.losses.count).max() ?? 1) - 1)
        let low = values.min() ?? 0
        let high = max(values.max() ?? 1, low + 1e-9)
        let plotWidth = Self.size.width - Self.margin.left - Self.margin.right
        let plotHeight = Self.size.height - Self.margin.top - Self.margin.bottom
        func x(_ round: Int) -> Double { Self.margin.left + plotWidth * Double(round) / Double(rounds) }
        func y(_ loss: Double) -> Double { Self.margin.top + plotHeight * (high - loss) / (high - low) }
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.size.width)) \(Int(Self.size.height))\""
                + " font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            "<text x=\"\(Self.text(Self.margin.left))\" y=\"22\" font-size=\"14\">\(Self.escaped(title))</text>",
        ]
        for step in 0...4 {
            let loss = low + (high - low) * Double(step) / 4
            let round = rounds * step / 4
            parts.append(
                "<path d=\"M\(Self.text(Self.margin.left)) \(Self.text(y(loss)))H\(Self.text(Self.size.width - Self.margin.right))\" stroke=\"#ddd\"/>"
            )
            parts.append(
                "<text x=\"\(Self.text(Self.margin.left - 6))\" y=\"\(Self.text(y(loss) + 4))\" text-anchor=\"end\">\(NumberText.fixed(loss, 4))</text>"
            )
            parts.append(
                "<text x=\"\(Self.text(x(round)))\" y=\"\(Self.text(Self.size.height - 28))\" text-anchor=\"middle\">\(round)</text>"
            )
        }
        parts.append(
            "<text x=\"\(Self.text(Self.size.width / 2))\" y=\"\(Self.text(Self.size.height - 8))\" text-anchor=\"middle\">round (validation loss of the shared model; a dot marks the kept one)</text>"
        )
        for (number, line) in lines.enumerated() {
            let colour = Self.colours[number % Self.colours.count]
            var path = ""
            var isDown = false
            for (round, loss) in line.losses.enumerated() {
                guard let loss, loss.isFinite else {
                    isDown = false
                    continue
                }
                path += "\(isDown ? "L" : "M")\(Self.text(x(round))) \(Self.text(y(loss)))"
                isDown = true
            }
            parts.append("<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>")
            if line.losses.indices.contains(line.kept), let loss = line.losses[line.kept], loss.isFinite {
                parts.append(
                    "<circle cx=\"\(Self.text(x(line.kept)))\" cy=\"\(Self.text(y(loss)))\" r=\"3.5\" fill=\"\(colour)\"/>"
                )
            }
            parts.append(
                "<text x=\"\(Self.text(Self.size.width - Self.margin.right))\" y=\"\(Self.text(Self.margin.top + 14 * Double(number + 1)))\" text-anchor=\"end\" fill=\"\(colour)\">\(Self.escaped(line.name))</text>"
            )
        }
        parts.append("</svg>")
        return parts.joined(separator: "\n") + "\n"
    }

    private static func text(_ value: Double) -> String { NumberText.fixed(value, 1) }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}

extension LearningCurve {
    /// One line a seed.
    init(_ reports: [MaintenanceReport]) {
        title =
            reports.first.map { "\($0.data), scenario \($0.scenario), \($0.settings.method.strategy.rawValue)" } ?? ""
        lines = reports.map { report in
            Line(
                name: "seed \(report.settings.seed)", losses: report.result.outcome.losses,
                kept: report.result.outcome.bestRound)
        }
    }
}
