public import ShrikeCore

/// `report.json`: what the page says, for programs. One entry per defect with all that is known of it, worst first.
public struct ReportDocument: Sendable {
    public static let schema = "shrike.report/1"

    public let json: JSONValue

    public init(_ report: RunReport) {
        let names = report.scenes.flatMap(\.definition.classes)
        let defects = report.defects.enumerated().map { i, defect in
            Self.entry(defect, number: i + 1, names: names.first { $0.code == defect.best.className }?.names ?? [:])
        }
        let summary = RunSummary(report).json
        let repeated = ["site", "gateway", "run", "version", "frames", "defects", "models", "sources", "notes"]
        var document = Dictionary(
            uniqueKeysWithValues: repeated.compactMap { key in summary[key].map { (key, $0) } })
        document["schema"] = .string(Self.schema)
        document["counts"] = document.removeValue(forKey: "defects")
        document["defects"] = .array(defects)
        json = .object(document)
    }

    /// The document, its end of line included.
    public var text: String { json.canonicalText + "\n" }

    /// The best alert without what belongs to the event, and what all alerts say together.
    private static func entry(_ defect: DefectReport, number: Int, names: [String: String]) -> JSONValue {
        var entry = defect.best.json.objectValue ?? [:]
        for key in [
            "schema", "alert_id", "seq", "site", "gateway", "boot_id", "mono_ns", "state", "resend", "attempt",
            "track_id",
            "first_seen_ms", "count", "evidence", "geo", "asset",
        ] { entry[key] = nil }
        entry["number"] = .integer(Int64(number))
        entry["names"] = names.isEmpty ? nil : .object(names.mapValues { .string($0) })
        entry["site_defect_id"] = defect.siteDefectID.map { .string($0) }
        entry["alert_ids"] = .array(defect.alertIDs.map { .string($0) })
        entry["seen"] = .object([
            "first_ms": .integer(defect.firstSeen.milliseconds), "last_ms": .integer(defect.lastSeen.milliseconds),
            "frames": .integer(Int64(defect.count)),
        ])
        entry["geo"] = defect.place?.json
        entry["asset"] = defect.asset?.json
        entry["evidence"] = .array(
            defect.evidence.map { reference in
                var file = reference.json.objectValue ?? [:]
                file["path"] = .string("evidence/" + reference.path)
                return .object(file)
            })
        return .object(entry)
    }
}
