#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The charts of a report that states a guarantee.
struct ReportCharts {
    let figures: ReportFigures
    let limit: Double
    let qualifier: String

    /// How the realised bound grew, with the claim and the budget.
    var byRound: SVGChart {
        let last = Double(figures.byRound.last?.round ?? 1)
        let first = Double(figures.byRound.first?.round ?? 0)
        let start = first > last / 4 && first > 1 ? first - 1 : 0
        let claim = figures.claim.upper
        let top = max(limit, claim, figures.byRound.map(\.epsilon).filter(\.isFinite).max() ?? 0) * 1.08
        let end = max(last, start + 1)
        func level(_ value: Double) -> [(x: Double, y: Double)] { [(start, value), (end, value)] }
        let spent = [(x: start, y: 0.0)] + figures.byRound.map { (x: Double($0.round), y: $0.epsilon) }
        return SVGChart(
            id: "by-round", title: "Epsilon by round",
            description: "After round \(figures.byRound.last?.round ?? 0) at most "
                + "\(ReportNumber.fixed(figures.byRound.last?.epsilon ?? 0, 4)) was spent; claimed are "
                + "\(ReportNumber.fixed(claim, 4)); the budget is \(ReportSummary.text(limit)); \(qualifier).",
            series: [
                .init(line: .limit, label: "budget \(ReportSummary.text(limit))", points: level(limit)),
                .init(
                    line: .claim, label: "claimed, whole plan or limit: \(ReportNumber.fixed(claim, 4))",
                    points: level(claim)),
                .init(line: .main, label: "spent, if choices ignored the data", points: spent),
            ], xTitle: "round", yTitle: "\u{3B5}, upper bound",
            xTicks: SVGChart.ticks(upTo: end, count: 6, whole: true).filter { $0.value >= start },
            yTicks: SVGChart.ticks(upTo: top, count: 6, whole: false), xRange: start...end, yRange: 0...top)
    }

    /// The best detection rate over false-alarm rates from 0.01 per cent up, on a logarithmic axis.
    var tradeOff: SVGChart {
        let steps = 96
        let rates = (0...steps).map { exp(log(1e-4) * (1 - Double($0) / Double(steps))) }
        func axis(_ rate: Double) -> Double { log10(rate) }
        let best = figures.tradeOff.detection(atFalseAlarms: 1e-2)
        return SVGChart(
            id: "trade-off", title: "What the best attack can detect",
            description: "At 1 per cent false alarms at most \(ReportNumber.percent(best)) are detected; \(qualifier).",
            series: [
                .init(
                    line: .main, label: "no attack lies above this line",
                    points: rates.map { (axis($0), figures.tradeOff.detection(atFalseAlarms: min(1, $0))) }),
                .init(line: .guess, label: "guessing", points: rates.map { (axis($0), $0) }),
            ], xTitle: "false alarms (logarithmic)", yTitle: "detected",
            xTicks: [
                .init(value: -4, label: "0.01 %"), .init(value: -3, label: "0.1 %"), .init(value: -2, label: "1 %"),
                .init(value: -1, label: "10 %"), .init(value: 0, label: "100 %"),
            ],
            yTicks: [0, 0.25, 0.5, 0.75, 1].map { .init(value: $0, label: ReportNumber.fixed(100 * $0, 0) + " %") },
            xRange: -4...0, yRange: 0...1)
    }

    /// The part of the budget that is claimed.
    var bar: String {
        let part = min(1, max(0, figures.claim.upper / limit))
        let width = Int((424 * part).rounded())
        let label =
            "\u{3B5} \u{2264} \(ReportNumber.fixed(figures.claim.upper, 4)) of \(ReportSummary.text(limit)): "
            + "\(ReportNumber.percent(part)) of the budget"
        return "<svg viewBox=\"0 0 440 58\" role=\"img\" aria-labelledby=\"bar-t bar-d\">"
            + "<title id=\"bar-t\">Budget</title><desc id=\"bar-d\">\(HTML.escaped("\(label); \(qualifier)."))</desc>"
            + "<text x=\"8\" y=\"18\">\(HTML.escaped(label))</text>"
            + "<rect class=\"track\" x=\"8\" y=\"30\" width=\"424\" height=\"18\" rx=\"4\"/>"
            + "<rect class=\"fill\" x=\"8\" y=\"30\" width=\"\(width)\" height=\"18\" rx=\"4\"/></svg>"
    }
}
