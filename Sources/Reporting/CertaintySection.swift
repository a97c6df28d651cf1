import ShrikeCore

/// How sure the findings are: the spread of scores per class, and the rules behind the grades.
struct CertaintySection {
    var report: RunReport
    var defects: [DefectReport]
    var names: ClassNames

    var html: String {
        guard !defects.isEmpty else { return "" }
        let classes = Dictionary(grouping: defects, by: \.best.className).sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        let explanation = HTML.both(
            "The score is the model's own measure between its threshold and 1; it orders findings and is no probability. "
                + "A defect is reported after it was seen in several frames, where the footage moves.",
            "得分是模型自身的度量，介于阈值与 1 之间；用于排序，并非概率。对于连续录像，缺陷须在多帧中出现才会上报。")
        return """
            <section><h2>\(HTML.both("How sure", "可信程度"))</h2>
            <p>\(explanation)</p>
            <table><thead><tr><th>\(HTML.both("Class", "类别"))</th><th>\(HTML.both("Defects", "缺陷数"))</th>\
            <th>\(HTML.both("Threshold", "阈值"))</th><th>\(HTML.both("Lowest", "最低"))</th>\
            <th>\(HTML.both("Median", "中位"))</th><th>\(HTML.both("Highest", "最高"))</th>\
            <th>\(HTML.both("Scores 0 to 1", "得分分布 0–1"))</th></tr></thead>
            <tbody>\(classes.map { row($0.key, $0.value) }.joined())</tbody></table>\(rules)</section>
            """
    }

    private func row(_ code: String, _ defects: [DefectReport]) -> String {
        let scores = defects.map(\.best.score).filter(\.isFinite).sorted()
        guard let low = scores.first, let high = scores.last else { return "" }
        let median = (scores[(scores.count - 1) / 2] + scores[scores.count / 2]) / 2
        var bins = [Int](repeating: 0, count: 20)
        for score in scores { bins[min(19, max(0, Int(score * 20)))] += 1 }
        let most = Double(bins.max() ?? 1)
        let bars = bins.enumerated().filter { $0.element > 0 }.map { i, n in
            let h = max(1.5, 22 * Double(n) / most)
            return "<rect x=\"\(i * 8)\" y=\"\(HTML.fixed(24 - h, 1))\" width=\"7\" height=\"\(HTML.fixed(h, 1))\"/>"
        }
        let threshold = names.threshold(code)
        let mark = threshold.map {
            "<line x1=\"\(HTML.fixed($0 * 160, 1))\" x2=\"\(HTML.fixed($0 * 160, 1))\" y1=\"0\" y2=\"26\"/>"
        }
        return """
            <tr><td><strong>\(names.html(code))</strong></td><td>\(HTML.grouped(defects.count))</td>\
            <td>\(threshold.map { HTML.fixed($0, 2) } ?? "–")</td><td>\(HTML.fixed(low, 2))</td>\
            <td>\(HTML.fixed(median, 2))</td><td>\(HTML.fixed(high, 2))</td>\
            <td><svg class="spread" viewBox="0 0 160 26" width="160" height="26" role="img"><path d="M0 24.5H160"/>\
            \(bars.joined())\(mark ?? "")</svg></td></tr>
            """
    }

    private func orDash(_ text: String) -> String { text.isEmpty ? "–" : HTML.escaped(text) }

    private var rules: String {
        var seen: [String: (Alert, Int)] = [:]
        for defect in defects where !defect.best.basis.ruleID.isEmpty {
            seen[defect.best.basis.ruleID, default: (defect.best, 0)].1 += 1
        }
        guard !seen.isEmpty else { return "" }
        let rows = seen.sorted { $0.key < $1.key }.map { id, use in
            """
            <tr><td>\(ReasonCell.rule(use.0.basis))<small>\(HTML.escaped(id))</small></td>\
            <td>\(orDash(use.0.basis.standard))</td><td>\(orDash(use.0.basis.edition))</td><td>\(HTML.grouped(use.1))</td></tr>
            """
        }
        return """
            <h3>\(HTML.both("Rules that gave the grades", "定级依据"))</h3><table><thead><tr><th>\(HTML.both("Rule", "规则"))</th>\
            <th>\(HTML.both("Standard", "标准"))</th><th>\(HTML.both("Edition", "版本"))</th>\
            <th>\(HTML.both("Defects", "缺陷数"))</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            """
    }
}
