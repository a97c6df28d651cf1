public import ShrikeCore

/// `comparison.html`: what a new model says of the same footage, class by class, with the pictures of both runs.
public struct ComparisonPage: Sendable {
    /// One of both runs, for the page.
    public struct Side: Sendable {
        public var name: String
        /// Folder of its evidence, relative to the page.
        public var evidence: String
        /// JPEG bytes by ``RunRecord/Finding/picture``.
        public var thumbnails: [String: [UInt8]]

        public init(name: String, evidence: String, thumbnails: [String: [UInt8]] = [:]) {
            (self.name, self.evidence, self.thumbnails) = (name, evidence, thumbnails)
        }
    }

    /// Bytes of pictures embedded at most.
    public var embeddingLimit: Int
    public var language: ReportPage.Language

    public init(language: ReportPage.Language = .en, embeddingLimit: Int = 24 << 20) {
        (self.language, self.embeddingLimit) = (language, embeddingLimit)
    }

    public func html(
        _ comparison: ReplayComparison, baseline: Side, new: Side, version: String, scenes: [SceneDefinition] = []
    ) -> String {
        let names = ClassNames(scenes)
        var pictures = PictureBudget(bytes: embeddingLimit)
        let rows = comparison.changes.enumerated().map { i, change in
            row(change, number: i + 1, baseline: baseline, new: new, names: names, pictures: &pictures)
        }
        return PageFrame(
            title: "Shrike – \(baseline.name) → \(new.name)", heading: HTML.both("Models compared", "模型对比"),
            subtitle: HTML.escaped("\(baseline.name) → \(new.name)"), language: language, version: version
        ).html([
            verdict(comparison, names), table(comparison.detections, names, hasGrades: false),
            changes(comparison, rows: rows, names: names),
        ])
    }

    private func verdict(_ comparison: ReplayComparison, _ names: ClassNames) -> String {
        let percent = HTML.fixed(comparison.gate.maximumLostShare * 100, 1)
        let classes = comparison.worseClasses.map(names.html).joined(separator: ", ")
        let text =
            comparison.isWorse
            ? "<p class=\"verdict bad\">\(HTML.both("Worse than the baseline", "劣于基准")): \(classes)</p>"
            : "<p class=\"verdict\">\(HTML.both("Not worse than the baseline", "不劣于基准"))</p>"
        let added = comparison.gate.maximumAddedShare.map { HTML.fixed($0 * 100, 1) }
        let gate = HTML.both(
            "Gate: at most \(percent) % of a class's baseline defects lost"
                + (added.map { ", at most \($0) % added." } ?? ", any number added."),
            "门限：每类缺陷相对基准的丢失不超过 \(percent) %" + (added.map { "，新增不超过 \($0) %。" } ?? "，新增不限。"))
        return """
            <section>\(text)<p class="empty">\(gate)</p><h2>\(HTML.both("Defects", "缺陷"))</h2>\
            \(rows(comparison.alerts, names, hasGrades: true))</section>
            """
    }

    private func table(_ counts: [String: ReplayComparison.Counts], _ names: ClassNames, hasGrades: Bool) -> String {
        guard !counts.isEmpty else { return "" }
        return """
            <section><h2>\(HTML.both("Single detections", "单帧检测"))</h2>\(rows(counts, names, hasGrades: hasGrades))</section>
            """
    }

    private func rows(_ counts: [String: ReplayComparison.Counts], _ names: ClassNames, hasGrades: Bool) -> String {
        guard !counts.isEmpty else { return "<p class=\"empty\">\(HTML.both("None in either run.", "两次均无。"))</p>" }
        let body = counts.sorted { $0.key < $1.key }.map { code, count in
            let numbers =
                [count.baseline, count.matched, count.onlyBaseline, count.onlyNew] + (hasGrades ? [count.lowered] : [])
            return """
                <tr><td><strong>\(names.html(code))</strong></td>\
                \(numbers.map { "<td>\(HTML.grouped($0))</td>" }.joined())<td>\(HTML.fixed(count.agreement, 3))</td></tr>
                """
        }
        return """
            <table><thead><tr><th>\(HTML.both("Class", "类别"))</th><th>\(HTML.both("Baseline", "基准"))</th>\
            <th>\(HTML.both("Found again", "再次发现"))</th><th>\(HTML.both("Lost", "丢失"))</th>\
            <th>\(HTML.both("Added", "新增"))</th>\(hasGrades ? "<th>\(HTML.both("Lower grade", "等级降低"))</th>" : "")\
            <th>\(HTML.both("Agreement", "一致率"))</th></tr></thead><tbody>\(body.joined())</tbody></table>
            """
    }

    private func changes(_ comparison: ReplayComparison, rows: [String], names: ClassNames) -> String {
        let title = "<h2>\(HTML.both("What changed", "变化内容"))</h2>"
        guard !rows.isEmpty else {
            return
                "<section>\(title)<p class=\"empty\">\(HTML.both("Both runs found the same defects with the same grades.", "两次发现的缺陷与等级一致。"))</p></section>"
        }
        let kinds = ReplayComparison.Change.Kind.allCases.compactMap { kind -> FilterChips.Choice? in
            let count = comparison.changes.count { $0.kind == kind }
            return count == 0 ? nil : FilterChips.chip("kind", kind.rawValue, kind.html, count)
        }
        let classes = Dictionary(grouping: comparison.changes, by: \.className).sorted { $0.key < $1.key }.map {
            FilterChips.chip("class", $0.key, names.html($0.key), $0.value.count)
        }
        return """
            <section id="defects">\(title)\(FilterChips(groups: [kinds, classes], count: rows.count).html)
            <table><thead><tr><th class="n">#</th><th>\(HTML.both("Change", "变化"))</th>\
            <th>\(HTML.both("Baseline", "基准"))</th><th>\(HTML.both("New", "新模型"))</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></section>
            """
    }

    private func row(
        _ change: ReplayComparison.Change, number: Int, baseline: Side, new: Side, names: ClassNames,
        pictures: inout PictureBudget
    ) -> String {
        let shown = change.new ?? change.baseline
        let place = shown.map {
            "<small>\(HTML.escaped($0.source)) · \(HTML.both("frame", "帧")) \(HTML.grouped(Int(clamping: $0.frameIndex)))</small>"
        }
        return """
            <tr data-kind="\(change.kind.rawValue)" data-class="\(HTML.escaped(change.className))" data-rank="\(number)">\
            <td class="n">\(number)</td><td class="what"><span class="badge \(change.kind.color)">\(change.kind.html)</span>\
            <strong>\(names.html(change.className))</strong>\(place ?? "")</td>\
            <td class="pair">\(cell(change.baseline, of: baseline, &pictures))</td>\
            <td class="pair">\(cell(change.new, of: new, &pictures))</td></tr>
            """
    }

    private func cell(_ finding: RunRecord.Finding?, of side: Side, _ pictures: inout PictureBudget) -> String {
        guard let finding else { return "<span class=\"nopic\">\(HTML.both("not found", "未发现"))</span>" }
        var picture = "<span class=\"nopic\">\(HTML.both("no picture", "无图像"))</span>"
        if let path = finding.picture {
            picture =
                pictures.address(side.thumbnails[path]).map {
                    "<img alt=\"\(HTML.escaped(finding.className))\" loading=\"lazy\" src=\"\($0)\">"
                } ?? "<span class=\"nopic\">\(HTML.both("open picture", "打开图像"))</span>"
            picture = "<a href=\"\(HTML.path(side.evidence + "/" + path))\">\(picture)</a>"
        }
        return """
            \(picture)<div class="under"><span class="badge \(finding.grade.rawValue)">\(finding.grade.words)</span> \
            \(HTML.both("score", "得分")) \(HTML.fixed(finding.score, 2)) · \(HTML.duration(finding.mediaTime))</div>
            """
    }
}

extension ReplayComparison.Change.Kind {
    /// In both languages, as HTML.
    fileprivate var html: String {
        switch self {
        case .lost: HTML.both("Lost", "丢失")
        case .added: HTML.both("Added", "新增")
        case .lowered: HTML.both("Lower grade", "等级降低")
        case .raised: HTML.both("Higher grade", "等级升高")
        }
    }

    fileprivate var color: String {
        switch self {
        case .lost: "critical"
        case .added: "info"
        case .lowered: "serious"
        case .raised: "general"
        }
    }
}
