import ShrikeCore

/// What was flown: each source with its length, counts and digest.
struct FootageSection {
    var report: RunReport

    var html: String {
        guard !report.sources.isEmpty else { return "" }
        let rows = report.sources.map(row).joined()
        return """
            <section><h2>\(HTML.both("What was flown", "巡检素材"))</h2>
            <table><thead><tr><th>\(HTML.both("Source", "来源"))</th><th>\(HTML.both("Size", "尺寸"))</th>\
            <th>\(HTML.both("Length", "时长"))</th><th>\(HTML.both("Read", "读取"))</th>\
            <th>\(HTML.both("Analyzed", "已分析"))</th><th>\(HTML.both("Skipped", "跳过"))</th>\
            <th>\(HTML.both("Defects", "缺陷"))</th><th>SHA-256</th></tr></thead><tbody>\(rows)</tbody></table></section>
            """
    }

    private func row(_ source: SourceReport) -> String {
        let found = Set(report.alerts.lazy.filter { $0.source.id == source.info.id }.map(\.defectID)).count
        let failure = source.failure.map { "<small class=\"bad\">\(HTML.escaped($0))</small>" } ?? ""
        let telemetry = source.telemetry.map(Self.telemetry) ?? ""
        let size = source.width > 0 ? "\(source.width) × \(source.height)" : "–"
        let digest = source.digest.map { $0.split(separator: ":").last.map(String.init) ?? $0 } ?? ""
        return """
            <tr><td><strong>\(HTML.escaped(source.info.id))</strong><small>\(HTML.escaped(source.info.redactedAddress))</small>\
            \(telemetry)\(failure)</td><td>\(size)</td><td>\(source.duration.map(HTML.duration) ?? "–")</td>\
            <td>\(HTML.grouped(source.framesRead))</td><td>\(HTML.grouped(source.framesAnalyzed))</td>\
            <td>\(HTML.grouped(source.framesSkipped))</td><td>\(HTML.grouped(found))</td>\
            <td class="hash" title="\(HTML.escaped(digest))">\(digest.isEmpty ? "–" : HTML.escaped(String(digest.prefix(16))) + "…")</td></tr>
            """
    }

    /// Where the poses come from; what is wrong with it stands in the notes.
    private static func telemetry(_ report: TelemetryReport) -> String {
        let words =
            report.isRefused
            ? HTML.both("telemetry not used, see notes", "遥测未采用，见备注")
            : HTML.both(
                "\(HTML.grouped(report.placed)) of \(HTML.grouped(report.samples)) samples with a place",
                "\(HTML.grouped(report.samples)) 个采样中 \(HTML.grouped(report.placed)) 个有位置")
        let text = ([report.file] + report.variants).map(HTML.escaped).joined(separator: " · ")
        return "<small\(report.isRefused ? " class=\"bad\"" : "")>\(text) · \(words)</small>"
    }
}
