import ShrikeCore

/// Which pictures were not analysed, and why.
struct SkippedSection {
    var sources: [SourceReport]

    var html: String {
        let title = "<h2>\(HTML.both("What was not analyzed", "未分析的画面"))</h2>"
        let total = sources.reduce(0) { $0 + $1.framesSkipped + $1.framesDropped }
        guard total > 0 else {
            return
                "<section>\(title)<p>\(HTML.both("Nothing: every frame that was read was analyzed.", "无：所有读取的画面均已分析。"))</p></section>"
        }
        var reasons: [(reason: String, source: SourceReport, count: Int)] = []
        for source in sources {
            for (reason, count) in source.skippedByReason.sorted(by: { $0.key < $1.key }) {
                reasons.append((reason, source, count))
            }
        }
        var rows = reasons.map { entry in
            let names = entry.source.skippedExamples.lazy.filter { $0.reason == entry.reason }.prefix(6).map {
                HTML.escaped($0.name)
            }
            let rest = entry.count - names.count
            let more = rest > 0 && !names.isEmpty ? " + \(HTML.grouped(rest))" : ""
            return """
                <tr><td>\(HTML.escaped(entry.source.info.id))</td><td>\(HTML.escaped(entry.reason))</td>\
                <td>\(HTML.grouped(entry.count))</td><td><small>\(names.joined(separator: ", "))\(more)</small></td></tr>
                """
        }
        for source in sources where source.framesDropped > 0 {
            rows.append(
                """
                <tr><td>\(HTML.escaped(source.info.id))</td>\
                <td>\(HTML.both("replaced by a newer frame of the live source", "被实时来源的新画面替换"))</td>\
                <td>\(HTML.grouped(source.framesDropped))</td><td></td></tr>
                """)
        }
        return """
            <section>\(title)<table><thead><tr><th>\(HTML.both("Source", "来源"))</th><th>\(HTML.both("Reason", "原因"))</th>\
            <th>\(HTML.both("Frames", "帧数"))</th><th>\(HTML.both("For example", "例如"))</th></tr></thead>\
            <tbody>\(rows.joined())</tbody></table></section>
            """
    }
}
