import ShrikeCore

/// The first thing a reader sees: how many defects of which grade, in how much footage.
struct OverviewSection {
    var report: RunReport
    var defects: [DefectReport]

    var html: String {
        let tiles = Grade.allCases.reversed().map { grade in
            let count = defects.count { $0.best.grade == grade }
            return """
                <div class="tile \(grade.rawValue)\(count == 0 ? " none" : "")"><b>\(HTML.grouped(count))</b>\
                <span>\(grade.words)</span><small>\(grade.advice)</small></div>
                """
        }
        return """
            <section class="overview"><p class="verdict">\(verdict)</p><div class="tiles">\(tiles.joined())</div>
            <dl class="facts">\(facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined())</dl></section>
            """
    }

    private var verdict: String {
        let frames = HTML.grouped(report.framesAnalyzed)
        if report.framesAnalyzed == 0 {
            return HTML.both("No picture could be analyzed.", "没有可分析的画面。")
        }
        switch defects.count {
        case 0:
            return HTML.both(
                "No defect was found in \(frames) analyzed frames.", "在已分析的 \(frames) 帧画面中未发现缺陷。")
        case 1:
            return HTML.both(
                "1 defect was found in \(frames) analyzed frames.", "在已分析的 \(frames) 帧画面中发现 1 处缺陷。")
        case let n:
            return HTML.both(
                "\(HTML.grouped(n)) defects were found in \(frames) analyzed frames.",
                "在已分析的 \(frames) 帧画面中发现 \(HTML.grouped(n)) 处缺陷。")
        }
    }

    private var facts: [(String, String)] {
        let length = report.sources.compactMap(\.duration).reduce(.zero, +)
        let skipped = report.skippedByReason.values.reduce(0, +)
        var facts = [
            (HTML.both("Sources", "来源"), HTML.grouped(report.sources.count)),
            (HTML.both("Frames read", "读取帧数"), HTML.grouped(report.framesRead)),
            (HTML.both("Analyzed", "已分析"), HTML.grouped(report.framesAnalyzed)),
            (HTML.both("Skipped", "跳过"), HTML.grouped(skipped)),
        ]
        if report.framesUnchanged > 0 {
            facts.append((HTML.both("Unchanged, not looked at", "画面未变, 未分析"), HTML.grouped(report.framesUnchanged)))
        }
        if report.framesDropped > 0 { facts.append((HTML.both("Dropped", "丢弃"), HTML.grouped(report.framesDropped))) }
        if length > .zero { facts.append((HTML.both("Footage", "录像时长"), HTML.duration(length))) }
        if report.wallSeconds > 0 {
            facts.append((HTML.both("Computing time", "计算用时"), HTML.fixed(report.wallSeconds, 1) + " s"))
            let rate = Double(report.framesAnalyzed) / report.wallSeconds
            facts.append((HTML.both("Frames per second", "每秒帧数"), HTML.fixed(rate, 1)))
        }
        let times = report.alerts.filter { $0.timeQuality != .unsynced }.map(\.time)
        if let first = times.min() {
            facts.append((HTML.both("Date (UTC)", "日期 (UTC)"), String(first.rfc3339.prefix(10))))
        }
        return facts
    }
}
