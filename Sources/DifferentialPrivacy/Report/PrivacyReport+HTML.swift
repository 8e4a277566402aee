extension PrivacyReport {
    /// The report as one HTML page that loads nothing: no script, no font, no image; light or dark as the reader's
    /// machine, and fit for printing.
    /// Source: privacy-report section 6
    public func html() -> String {
        let summary = ReportSummary(report: self)
        let title = HTML.escaped(summary.title)
        var parts = [
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            "<title>\(title)</title><style>\(HTML.style)</style></head><body><main>", "<h1>\(title)</h1>",
            "<p class=\"status \(summary.isStated ? "good" : "bad")\">\(HTML.escaped(summary.status))</p>", "<dl>",
        ]
        for line in summary.lines {
            parts.append("<dt>\(HTML.escaped(line.label))</dt><dd>\(HTML.escaped(line.text))</dd>")
        }
        parts.append("</dl>")
        if summary.isStated {
            let charts = ReportCharts(
                figures: body.figures, limit: ledger.terms.budget.epsilon.value, qualifier: summary.qualifier)
            let caption = HTML.escaped(summary.qualifier)
            parts.append("<figure>\(charts.bar)</figure><div class=\"charts\">")
            if !body.figures.byRound.isEmpty { parts.append(HTML.figure(charts.byRound)) }
            parts.append(HTML.figure(charts.tradeOff))
            parts.append("</div><p class=\"note\">All figures \(caption).</p>")
        }
        parts.append(HTML.table(summary.hazardTable))
        for table in summary.tables { parts.append(HTML.table(table)) }
        parts.append("</main></body></html>\n")
        return parts.joined(separator: "\n")
    }
}

/// Pieces of the page.
enum HTML {
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func figure(_ chart: SVGChart) -> String {
        "<figure><figcaption>\(escaped(chart.title))</figcaption>\(chart.svg())</figure>"
    }

    static func table(_ table: ReportSummary.Table) -> String {
        guard !table.rows.isEmpty else { return "" }
        let head = table.head.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let rows = table.rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == 0 ? "<th scope=\"row\">\(escaped(cell))</th>" : "<td>\(escaped(cell))</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        let note = table.note.isEmpty ? "" : "<p class=\"note\">\(escaped(table.note))</p>"
        return
            "<section><h2>\(escaped(table.title))</h2>\(note)<div class=\"wide\"><table><thead><tr>\(head)</tr></thead>"
            + "<tbody>\(rows.joined())</tbody></table></div></section>"
    }

    static let style = """
        :root{color-scheme:light dark;--ink:#1c2430;--soft:#566272;--page:#fff;--line:#d5dbe3;--main:#1457b8;\
        --claim:#8a5a00;--limit:#b3261e;--good:#0f6b3a;--tint:#eef3fa}
        @media (prefers-color-scheme:dark){:root{--ink:#e8ecf2;--soft:#a3afbf;--page:#12161c;--line:#39424e;\
        --main:#7db2ff;--claim:#e8b45a;--limit:#ff8a80;--good:#6fd39b;--tint:#1b222c}}
        *{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);\
        font:16px/1.5 system-ui,sans-serif}main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 3rem}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 .6rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .4rem}
        .status{display:inline-block;margin:0 0 1rem;padding:.2rem .8rem;border:2px solid;border-radius:1rem;font-weight:700}
        .good{color:var(--good)}.bad{color:var(--limit)}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.45rem 1.2rem;margin:0 0 1.2rem}
        dt{font-weight:700;color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        figure{margin:0 0 1rem;max-width:36rem}figcaption{font-weight:700;margin:.4rem 0}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:.5rem 2rem}
        .note{color:var(--soft);font-size:.9rem;margin:.2rem 0 .6rem}.wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;\
        border-bottom:1px solid var(--line)}thead th{color:var(--soft);font-size:.9rem}tbody th{font-weight:400}
        td{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        svg{display:block;width:100%;height:auto}svg text{font:13px system-ui,sans-serif;fill:var(--ink)}
        .end{text-anchor:end}.middle{text-anchor:middle}.grid{stroke:var(--line);fill:none}.axis{stroke:var(--soft);fill:none}
        .line{fill:none;stroke-width:2.2}.main{stroke:var(--main)}.claim{stroke:var(--claim);stroke-dasharray:7 4}
        .limit{stroke:var(--limit);stroke-dasharray:2 3}.guess{stroke:var(--soft);stroke-dasharray:5 4}
        .track{fill:var(--tint);stroke:var(--line)}.fill{fill:var(--main)}
        @media (max-width:36rem){dl{grid-template-columns:1fr;gap:0 0}dt{margin-top:.6rem}}
        @media print{main{max-width:none;padding:0}section,figure{break-inside:avoid}}
        """
}
