import ShrikeCore

/// The table of defects with filters; one row each.
struct DefectsSection {
    var defects: [DefectReport]
    var names: ClassNames
    /// `data:` addresses by defect id.
    var pictures: [String: String]
    /// Whether the run had more than one source.
    var several: Bool

    var html: String {
        let title = "<h2>\(HTML.both("What was found", "发现的缺陷"))</h2>"
        guard !defects.isEmpty else {
            let caution = HTML.both(
                "Nothing reached the thresholds of the scenes below. That is a statement about these models and "
                    + "thresholds, not proof that the asset is sound.",
                "没有目标达到下列场景的阈值。该结论仅针对所用模型与阈值，不能证明设备完好。")
            return "<section>\(title)<p class=\"empty\">\(caution)</p></section>"
        }
        let rows = defects.enumerated().map { row($0.element, number: $0.offset + 1) }.joined(separator: "\n")
        return """
            <section id="defects">\(title)\(filters)
            <table><thead><tr><th class="n">#</th><th>\(HTML.both("Picture", "图像"))</th>\
            <th>\(HTML.both("Defect", "缺陷"))</th><th>\(HTML.both("Score", "得分"))</th>\
            <th>\(HTML.both("Why this grade, by which model", "定级依据与模型"))</th><th>\(HTML.both("Measured", "测量"))</th><th>\(HTML.both("Seen", "出现"))</th>\
            <th>\(HTML.both("Where", "位置"))</th></tr></thead>
            <tbody>\(rows)</tbody></table></section>
            """
    }

    private var filters: String {
        let grades = Grade.allCases.reversed().filter { grade in defects.contains { $0.best.grade == grade } }
        let classes = Dictionary(grouping: defects, by: \.best.className).mapValues(\.count).sorted {
            ($1.value, $0.key) < ($0.value, $1.key)
        }
        let byGrade = grades.map { grade in
            FilterChips.chip(
                "grade", grade.rawValue, "<em class=\"dot \(grade.rawValue)\"></em>\(grade.words)",
                defects.count { $0.best.grade == grade })
        }
        let byClass = classes.map { FilterChips.chip("class", $0.key, names.html($0.key), $0.value) }
        let assets = Dictionary(grouping: defects.compactMap(\.asset), by: \.id).sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        let byAsset = assets.map { id, all in
            FilterChips.chip(
                "asset", id, HTML.escaped(all.first?.name ?? id), all.count, plain: all.first?.name)
        }
        let sorting = """
            <span class="sort">\(HTML.both("Sort by", "排序"))
            <button type="button" data-sort="grade" aria-pressed="true">\(HTML.both("grade", "等级"))</button>\
            <button type="button" data-sort="score" aria-pressed="false">\(HTML.both("score", "得分"))</button>\
            <button type="button" data-sort="time" aria-pressed="false">\(HTML.both("time", "时间"))</button></span>
            """
        return FilterChips(groups: [byGrade, byClass, byAsset], count: defects.count, sorting: sorting).html
    }

    private func row(_ defect: DefectReport, number: Int) -> String {
        let alert = defect.best
        let grade = alert.grade
        return """
            <tr id="d\(number)" data-grade="\(grade.rawValue)" data-class="\(HTML.escaped(alert.className))" \
            data-asset="\(HTML.escaped(defect.asset?.id ?? ""))" data-rank="\(number)" data-score="\(HTML.fixed(alert.score, 4))" data-time="\(alert.time.microseconds)">\
            <td class="n">\(number)</td><td class="pic">\(picture(defect))</td>\
            <td><span class="badge \(grade.rawValue)">\(grade.words)</span><strong>\(names.html(alert.className))</strong>\
            <small>\(HTML.escaped(alert.className))</small>\
            <small class="id">\(HTML.escaped(defect.siteDefectID ?? String(alert.defectID.prefix(12))))</small></td>\
            <td><b>\(HTML.fixed(alert.score, 2))</b>\(bar(alert.score))</td><td>\(ReasonCell(alert: alert).html)</td>\
            <td class="keep-line">\(measured(alert))</td><td class="keep-line">\(seen(defect))</td><td>\(place(defect))</td></tr>
            """
    }

    private func picture(_ defect: DefectReport) -> String {
        let alert = defect.best
        let best = alert.evidence.first { $0.kind == .image } ?? defect.evidence.first { $0.kind == .image }
        let clip = defect.evidence.first { $0.kind == .clip }
        var inner =
            pictures[alert.defectID].map {
                "<img alt=\"\(HTML.escaped(alert.className))\" loading=\"lazy\" src=\"\($0)\">"
            }
        if inner == nil, best != nil { inner = "<span class=\"nopic\">\(HTML.both("open picture", "打开图像"))</span>" }
        guard let inner else {
            let shed = alert.degraded.contains("evidence_shed")
            return "<span class=\"nopic\">"
                + (shed
                    ? HTML.both("not kept: no room on disk", "未保存：磁盘空间不足") : HTML.both("no picture", "无图像"))
                + "</span>"
        }
        var html = best.map { "<a href=\"evidence/\(HTML.path($0.path))\">\(inner)</a>" } ?? inner
        if let clip {
            html += "<a class=\"clip\" href=\"evidence/\(HTML.path(clip.path))\">▶ \(HTML.both("clip", "视频片段"))</a>"
        }
        return html
    }

    private func bar(_ share: Double) -> String {
        let percent = share.isFinite ? min(100, max(0, share * 100)) : 0
        return "<span class=\"bar\"><span style=\"width:\(HTML.fixed(percent, 0))%\"></span></span>"
    }

    private func measured(_ alert: Alert) -> String {
        var lines: [String] = []
        if let thermal = alert.thermal {
            if let delta = thermal.deltaKelvin { lines.append("<b>ΔT \(HTML.fixed(delta, 1)) K</b>") }
            if let hot = thermal.hotCelsius { lines.append("T1 \(HTML.fixed(hot, 1)) °C") }
            if let normal = thermal.normalCelsius { lines.append("T2 \(HTML.fixed(normal, 1)) °C") }
            if let relative = thermal.relativePercent { lines.append("δ \(HTML.fixed(relative, 0)) %") }
            if thermal.deltaKelvin == nil {
                lines.append("\(HTML.both("contrast", "对比度")) \(HTML.fixed(thermal.contrastSigma, 1)) σ")
            }
        }
        lines.append("\(HTML.fixed(alert.box.width, 0)) × \(HTML.fixed(alert.box.height, 0)) px")
        return lines.map { "<div>\($0)</div>" }.joined()
    }

    private func seen(_ defect: DefectReport) -> String {
        let alert = defect.best
        var lines: [String] = []
        if alert.timeQuality == .unsynced {
            lines.append(HTML.both("clock not trusted", "时钟未校准"))
        } else {
            let text = alert.time.rfc3339
            lines.append("\(text.prefix(10))<br>\(text.dropFirst(11).prefix(8)) UTC")
        }
        if alert.source.isMotion {
            let from = HTML.duration(defect.firstSeen)
            let to = HTML.duration(defect.lastSeen)
            lines.append("<small>\(from == to ? from : "\(from) – \(to)")</small>")
        }
        let n = HTML.grouped(defect.count)
        lines.append("<small>\(HTML.both(defect.count == 1 ? "1 frame" : "\(n) frames", "\(n) 帧"))</small>")
        return lines.map { "<div>\($0)</div>" }.joined()
    }

    private func place(_ defect: DefectReport) -> String {
        var lines: [String] = []
        if several { lines.append(HTML.escaped(defect.best.source.id)) }
        lines.append("<small>\(HTML.both("frame", "帧")) \(HTML.grouped(Int(clamping: defect.best.frameIndex)))</small>")
        if let place = defect.place {
            lines.append("\(HTML.fixed(place.latitude, 6)), \(HTML.fixed(place.longitude, 6))")
            lines.append("<small>± \(HTML.fixed(place.circularErrorMeters, 1)) m</small>")
        }
        if let asset = defect.asset {
            let sure = "\(HTML.fixed(asset.probability * 100, 0)) %"
            lines.append("<strong>\(HTML.escaped(asset.name ?? asset.id))</strong><small>\(sure)</small>")
        }
        if let pose = defect.best.pose { lines += Self.camera(pose) }
        if !defect.best.zones.isEmpty {
            lines.append("<small>\(defect.best.zones.map(HTML.escaped).joined(separator: ", "))</small>")
        }
        return lines.map { "<div>\($0)</div>" }.joined()
    }

    /// Where the camera stood and looked, in small print.
    private static func camera(_ pose: Pose) -> [String] {
        var parts: [String] = []
        if let height = pose.relativeAltitude {
            parts.append("\(HTML.both("height", "高度")) \(HTML.fixed(height, 1)) m")
        }
        if let yaw = pose.yaw { parts.append("\(HTML.both("yaw", "偏航")) \(HTML.fixed(yaw, 0))°") }
        if let pitch = pose.pitch { parts.append("\(HTML.both("pitch", "俯仰")) \(HTML.fixed(pitch, 0))°") }
        return parts.isEmpty ? [] : ["<small>\(HTML.both("camera", "相机")): \(parts.joined(separator: ", "))</small>"]
    }
}
