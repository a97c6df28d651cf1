/// `evaluate --page`: tables and plots of an evaluation in one page, as ``ReportPage``.
public struct EvaluationPage: Sendable {
    /// Figures by row; cells are plain text.
    public struct Table: Sendable {
        public var title: String
        public var columns: [String]
        public var rows: [[String]]

        public init(title: String, columns: [String], rows: [[String]]) {
            (self.title, self.columns, self.rows) = (title, columns, rows)
        }
    }

    /// Lines over a square from 0 to 1.
    public struct Plot: Sendable {
        public struct Line: Sendable {
            public var name: String
            public var points: [(x: Double, y: Double)]
            /// Marks at the points, for measured places that are few.
            public var hasMarks: Bool

            public init(name: String, points: [(x: Double, y: Double)], hasMarks: Bool = false) {
                (self.name, self.points, self.hasMarks) = (name, points, hasMarks)
            }
        }

        public var title: String
        public var horizontal: String
        public var vertical: String
        public var lines: [Line]
        /// Where a perfect or a blind answer would lie.
        public var showsDiagonal: Bool

        public init(
            title: String, horizontal: String, vertical: String, lines: [Line], showsDiagonal: Bool = false
        ) {
            (self.title, self.horizontal, self.vertical) = (title, horizontal, vertical)
            (self.lines, self.showsDiagonal) = (lines, showsDiagonal)
        }
    }

    /// Counts by right and found class.
    public struct Matrix: Sendable {
        public var title: String
        public var names: [String]
        public var counts: [[Int]]

        public init(title: String, names: [String], counts: [[Int]]) {
            (self.title, self.names, self.counts) = (title, names, counts)
        }
    }

    public var title: String
    public var subtitle: String
    public var version: String
    public var tables: [Table]
    public var plots: [Plot]
    public var matrices: [Matrix]

    public init(
        title: String, subtitle: String, version: String, tables: [Table], plots: [Plot], matrices: [Matrix] = []
    ) {
        (self.title, self.subtitle, self.version) = (title, subtitle, version)
        (self.tables, self.plots, self.matrices) = (tables, plots, matrices)
    }

    public var html: String {
        PageFrame(
            title: "Shrike – \(title)", heading: HTML.both("Evaluation", "评估"),
            subtitle: HTML.escaped("\(title) · \(subtitle)"), language: .en, version: version
        ).html(
            tables.map(Self.html) + [
                plots.isEmpty
                    ? ""
                    : "<section><h2>\(HTML.both("Curves", "曲线"))</h2><div class=\"plots\">\(plots.map(Self.html).joined())</div></section>"
            ] + matrices.map(Self.html) + ["<style>\(Self.style)</style>"])
    }

    private static func html(_ table: Table) -> String {
        let head = table.columns.map { "<th>\(HTML.escaped($0))</th>" }.joined()
        let rows = table.rows.map { row in
            "<tr>\(row.map { "<td>\(HTML.escaped($0))</td>" }.joined())</tr>"
        }
        return """
            <section><h2>\(HTML.escaped(table.title))</h2><div class="scroll"><table class="figures"><thead><tr>\(head)</tr></thead>
            <tbody>\(rows.joined())</tbody></table></div></section>
            """
    }

    private static let (width, height, margin) = (300.0, 300.0, 44.0)
    /// Apart from each other also for people who see few colors (Okabe and Ito).
    private static let colors = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A7A7A", "#B8A800",
    ]

    private static func place(_ point: (x: Double, y: Double)) -> (x: String, y: String) {
        let (x, y) = (max(0, min(1, point.x)), max(0, min(1, point.y)))
        return (HTML.fixed(margin + x * width, 1), HTML.fixed(8 + (1 - y) * height, 1))
    }

    private static func html(_ plot: Plot) -> String {
        var parts: [String] = []
        for step in 0...5 {
            let value = Double(step) / 5
            let (left, right) = (place((0, value)), place((1, value)))
            let (bottom, top) = (place((value, 0)), place((value, 1)))
            parts.append(
                "<path class=\"grid\" d=\"M\(left.x) \(left.y)H\(right.x)M\(bottom.x) \(bottom.y)V\(top.y)\"/>")
            parts.append(
                "<text x=\"\(HTML.fixed(margin - 6, 1))\" y=\"\(left.y)\" dy=\"4\" text-anchor=\"end\">\(HTML.fixed(value, 1))</text>"
            )
            parts.append(
                "<text x=\"\(bottom.x)\" y=\"\(bottom.y)\" dy=\"16\" text-anchor=\"middle\">\(HTML.fixed(value, 1))</text>"
            )
        }
        if plot.showsDiagonal {
            let (a, b) = (place((0, 0)), place((1, 1)))
            parts.append("<path class=\"diagonal\" d=\"M\(a.x) \(a.y)L\(b.x) \(b.y)\"/>")
        }
        for (number, line) in plot.lines.enumerated() {
            let color = colors[number % colors.count]
            let places = line.points.map(place)
            let path = places.map { "\($0.x) \($0.y)" }.joined(separator: "L")
            if !path.isEmpty { parts.append("<path class=\"line\" stroke=\"\(color)\" d=\"M\(path)\"/>") }
            if line.hasMarks {
                parts += places.map { "<circle cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"3\" fill=\"\(color)\"/>" }
            }
        }
        let (w, h) = (width + margin + 14, height + 50)
        parts.append(
            "<text x=\"\(HTML.fixed(margin + width / 2, 1))\" y=\"\(HTML.fixed(height + 44, 1))\" text-anchor=\"middle\">\(HTML.escaped(plot.horizontal))</text>"
        )
        parts.append(
            "<text transform=\"translate(12 \(HTML.fixed(8 + height / 2, 1))) rotate(-90)\" text-anchor=\"middle\">\(HTML.escaped(plot.vertical))</text>"
        )
        let legend = plot.lines.enumerated().map { number, line in
            "<li><i style=\"background:\(colors[number % colors.count])\"></i>\(HTML.escaped(line.name))</li>"
        }
        return """
            <figure class="plot"><figcaption>\(HTML.escaped(plot.title))</figcaption>
            <svg viewBox="0 0 \(HTML.fixed(w, 0)) \(HTML.fixed(h, 0))" width="\(HTML.fixed(w, 0))" height="\(HTML.fixed(h, 0))" role="img">\(parts.joined())</svg>
            <ul>\(legend.joined())</ul></figure>
            """
    }

    private static func html(_ matrix: Matrix) -> String {
        let head = matrix.names.map { "<th><span>\(HTML.escaped($0))</span></th>" }.joined()
        let rows = zip(matrix.names, matrix.counts).map { name, counts in
            let all = max(1, counts.reduce(0, +))
            let cells = counts.map { count in
                let share = Double(count) / Double(all)
                return
                    "<td style=\"background:rgba(0,114,178,\(HTML.fixed(share * 0.8, 2)))\">\(HTML.grouped(count))</td>"
            }
            return "<tr><th>\(HTML.escaped(name))</th>\(cells.joined())</tr>"
        }
        return """
            <section><h2>\(HTML.escaped(matrix.title))</h2><div class="scroll"><table class="matrix"><thead><tr><th></th>\(head)</tr></thead>
            <tbody>\(rows.joined())</tbody></table></div></section>
            """
    }

    private static let style = """
        .plots{display:flex;flex-wrap:wrap;gap:1.5rem}.plot{margin:0;max-width:100%}.plot figcaption{font-weight:600;margin-bottom:.4rem}
        .plot svg{max-width:100%;height:auto}.plot svg text{font-size:11px;fill:currentColor}
        .plot .grid{stroke:currentColor;opacity:.12;fill:none}.plot .diagonal{stroke:currentColor;opacity:.4;stroke-dasharray:4 4}
        .plot .line{fill:none;stroke-width:2}.plot ul{list-style:none;margin:.3rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem;max-width:358px;font-size:.85rem}
        .plot i{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:2px}
        .scroll{overflow-x:auto}.figures td:not(:first-child),.figures th:not(:first-child){text-align:right;font-variant-numeric:tabular-nums}
        .matrix{border-collapse:collapse;font-size:.85rem}.matrix td{text-align:right;padding:.3rem .5rem;font-variant-numeric:tabular-nums}
        .matrix th{text-align:left;padding:.3rem .5rem;font-weight:500;white-space:nowrap}
        """
}
