import ShrikeCore

/// `report.html`: one page a person reads, prints and mails. It needs no other file and loads nothing.
///
/// Both languages stand in the page and a switch shows one. Every text from outside is escaped. Defects are sorted worst
/// first; their thumbnails are embedded until ``embeddingLimit`` is reached, the rest link to the evidence folder.
public struct ReportPage: Sendable {
    public enum Language: String, Sendable, CaseIterable { case en, zh }

    /// Bytes of thumbnails embedded at most.
    public var embeddingLimit: Int
    /// Language shown first.
    public var language: Language

    public init(language: Language = .en, embeddingLimit: Int = 12 << 20) {
        (self.language, self.embeddingLimit) = (language, embeddingLimit)
    }

    /// - Parameter thumbnails: JPEG bytes by alert id.
    public func html(_ report: RunReport, thumbnails: [String: [UInt8]] = [:]) -> String {
        let defects = report.defects
        let names = ClassNames(report.scenes.map(\.definition))
        var sections = [
            OverviewSection(report: report, defects: defects).html,
            DefectsSection(
                defects: defects, names: names, pictures: pictures(for: defects, thumbnails),
                several: report.sources.count > 1
            ).html,
            DefectMap(defects: defects, paths: report.sources.map(\.path)).html,
            FootageSection(report: report).html, CertaintySection(report: report, defects: defects, names: names).html,
            ModelsSection(scenes: report.scenes).html, SkippedSection(sources: report.sources).html,
        ]
        if !report.notes.isEmpty {
            let items = report.notes.map { "<li>\(HTML.escaped($0))</li>" }.joined()
            sections.append("<section><h2>\(HTML.both("Notes", "备注"))</h2><ul>\(items)</ul></section>")
        }
        return PageFrame(
            title: "Shrike – \(report.site) – \(report.run)", heading: HTML.both("Inspection report", "巡检报告"),
            subtitle: "\(HTML.escaped(report.site)) · \(HTML.escaped(report.gateway)) · \(HTML.escaped(report.run))",
            language: language, version: report.version
        ).html(sections)
    }

    /// The picture of each defect: its best alert's thumbnail, else that of any of its alerts.
    private func pictures(for defects: [DefectReport], _ thumbnails: [String: [UInt8]]) -> [String: String] {
        var budget = PictureBudget(bytes: embeddingLimit)
        var pictures: [String: String] = [:]
        for defect in defects {
            let bytes = ([defect.best.alertID] + defect.alertIDs).lazy.compactMap { thumbnails[$0] }.first
            pictures[defect.best.defectID] = budget.address(bytes)
        }
        return pictures
    }
}
