import Foundation
import ShrikeCore

/// `diff.html`: what became of each defect, with the pictures of both runs side by side. One page, as ``ReportPage``.
public struct DiffPage: Sendable {
    /// Bytes of pictures embedded at most.
    public var embeddingLimit: Int
    public var language: ReportPage.Language

    public init(language: ReportPage.Language = .en, embeddingLimit: Int = 24 << 20) {
        (self.language, self.embeddingLimit) = (language, embeddingLimit)
    }

    public func html(_ report: DiffReport) -> String {
        let names = ClassNames(report.scenes)
        var pictures = PictureBudget(bytes: embeddingLimit)
        let rows = report.entries.enumerated().map { i, entry in
            row(entry, number: i + 1, names: names, pictures: &pictures)
        }
        return PageFrame(
            title: "Shrike – \(report.site) – \(report.baseline.name) → \(report.new.name)",
            heading: HTML.both("What changed", "变化对比"),
            subtitle: HTML.escaped("\(report.site) · \(report.baseline.name) → \(report.new.name)"),
            language: language, version: report.version
        ).html([overview(report), table(report, rows: rows, names: names)])
    }

    private func overview(_ report: DiffReport) -> String {
        let tiles = DiffReport.Status.allCases.map { status in
            let count = report.count(status)
            return """
                <div class="tile \(status.color)\(count == 0 ? " none" : "")"><b>\(HTML.grouped(count))</b>\
                <span>\(status.html)</span><small>\(status.advice)</small></div>
                """
        }
        let shift = (report.shiftNorth * report.shiftNorth + report.shiftEast * report.shiftEast).squareRoot()
        let facts = [
            (HTML.both("Before", "之前"), side(report.baseline)), (HTML.both("Now", "本次"), side(report.new)),
            (HTML.both("Flights apart by", "两次航迹偏移"), "\(HTML.fixed(shift, 1)) m"),
        ]
        let caution =
            report.knowsCoverage
            ? ""
            : "<p class=\"empty\">"
                + HTML.both(
                    "The ground that the later flight looked at is not known, so nothing is called gone.",
                    "后一次飞行的覆盖范围未知，因此不判定“已消除”。") + "</p>"
        return """
            <section class="overview"><div class="tiles five">\(tiles.joined())</div>
            <dl class="facts">\(facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined())</dl>\(caution)</section>
            """
    }

    private func side(_ run: DiffReport.Run) -> String {
        let date = run.date.map { "\(HTML.escaped($0)) · " } ?? ""
        let count = HTML.both(
            run.defects == 1 ? "1 defect" : "\(HTML.grouped(run.defects)) defects", "\(HTML.grouped(run.defects)) 处缺陷")
        return date + count
    }

    private func table(_ report: DiffReport, rows: [String], names: ClassNames) -> String {
        let title = "<h2>\(HTML.both("Defect by defect", "逐项对比"))</h2>"
        guard !report.entries.isEmpty else {
            return
                "<section>\(title)<p class=\"empty\">\(HTML.both("Neither run found a defect.", "两次均未发现缺陷。"))</p></section>"
        }
        func counts(_ key: (DiffReport.Entry) -> String?) -> [(key: String, count: Int)] {
            Dictionary(grouping: report.entries.compactMap(key), by: \.self).map { ($0.key, $0.value.count) }
                .sorted { ($1.count, $0.key) < ($0.count, $1.key) }
        }
        let byStatus = DiffReport.Status.allCases.filter { report.count($0) > 0 }.map {
            FilterChips.chip("status", $0.rawValue, "<em class=\"dot \($0.color)\"></em>\($0.html)", report.count($0))
        }
        let byClass = counts { ($0.after ?? $0.before)?.className }.map {
            FilterChips.chip("class", $0.key, names.html($0.key), $0.count)
        }
        let byAsset = counts { ($0.after?.asset ?? $0.before?.asset) }.map {
            FilterChips.chip("asset", $0.key, HTML.escaped($0.key), $0.count)
        }
        return """
            <section id="defects">\(title)\(FilterChips(groups: [byStatus, byClass, byAsset], count: rows.count).html)
            <table><thead><tr><th class="n">#</th><th>\(HTML.both("Defect", "缺陷"))</th>\
            <th>\(HTML.both("Before", "之前"))</th><th>\(HTML.both("Now", "本次"))</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></section>
            """
    }

    private func row(
        _ entry: DiffReport.Entry, number: Int, names: ClassNames, pictures: inout PictureBudget
    ) -> String {
        let shown = entry.after ?? entry.before
        let code = shown?.className ?? ""
        var lines: [String] = []
        if let old = entry.before?.className, let new = entry.after?.className, old != new {
            lines.append("<small>\(HTML.both("was", "原为")) \(names.html(old))</small>")
        }
        if !entry.growth.isEmpty {
            lines.append("<small class=\"bad\">\(entry.growth.map(Self.growth).joined(separator: ", "))</small>")
        }
        if let place = entry.after?.place ?? entry.before?.place {
            lines.append(
                "<small>\(HTML.fixed(place.latitude, 6)), \(HTML.fixed(place.longitude, 6)) ± \(HTML.fixed(place.circularErrorMeters, 1)) m</small>"
            )
        }
        let asset = entry.after?.asset ?? entry.before?.asset
        if let asset { lines.append("<small>\(HTML.escaped(asset))</small>") }
        let missing =
            switch entry.status {
            case .new: HTML.both("not found", "未发现")
            case .gone: HTML.both("looked at, not found", "已复查，未发现")
            default: HTML.both("not seen", "未见到")
            }
        return """
            <tr id="d\(number)" data-status="\(entry.status.rawValue)" data-class="\(HTML.escaped(code))" \
            data-asset="\(HTML.escaped(asset ?? ""))" data-rank="\(number)"><td class="n">\(number)</td>\
            <td class="what"><span class="badge \(entry.status.color)">\(entry.status.html)</span>\
            <strong>\(names.html(code))</strong>\(lines.joined())<small class="id">\(HTML.escaped(entry.id))</small></td>\
            <td class="pair">\(cell(entry.before, missing: missing, pictures: &pictures))</td>\
            <td class="pair">\(cell(entry.after, missing: missing, pictures: &pictures))</td></tr>
            """
    }

    private static func growth(_ reason: String) -> String {
        switch reason {
        case "grade": HTML.both("higher grade", "等级升高")
        case "size": HTML.both("larger", "范围扩大")
        case "temperature": HTML.both("hotter", "温升加大")
        default: HTML.escaped(reason)
        }
    }

    private func cell(_ side: DiffReport.Side?, missing: String, pictures: inout PictureBudget) -> String {
        guard let side else { return "<span class=\"nopic\">\(missing)</span>" }
        let picture =
            pictures.address(side.thumbnail).map {
                "<img alt=\"\(HTML.escaped(side.className))\" loading=\"lazy\" src=\"\($0)\">"
            }
            ?? "<span class=\"nopic\">\(side.link == nil ? HTML.both("no picture", "无图像") : HTML.both("open picture", "打开图像"))</span>"
        var facts = ["<span class=\"badge \(side.grade.rawValue)\">\(side.grade.words)</span>"]
        facts.append("\(HTML.both("score", "得分")) \(HTML.fixed(side.score, 2))")
        if let delta = side.deltaKelvin { facts.append("ΔT \(HTML.fixed(delta, 1)) K") }
        if let size = side.sizeMeters { facts.append("\(HTML.fixed(size, 2)) m") }
        if let time = side.time { facts.append(String(time.rfc3339.prefix(10))) }
        let linked = side.link.map { "<a href=\"\(HTML.path($0))\">\(picture)</a>" } ?? picture
        return "\(linked)<div class=\"under\">\(facts.joined(separator: " "))</div>"
    }
}
