import ShrikeCore

/// `defects.csv` (RFC 4180, UTF-8): a header, then one defect a row, worst first; unknown values are empty.
public struct DefectsCSV: Sendable {
    public static let columns = [
        "defect_id", "site_defect_id", "class", "grade", "score", "source", "time", "media_time_ms", "frame_no",
        "seen_in_frames", "lat", "lon", "alt_m", "error_m", "method", "asset_id", "asset_name", "asset_kind",
        "asset_probability", "asset_distance_m", "delta_k", "evidence", "model",
    ]

    /// The document, lines ended by CR LF.
    public let text: String

    public init(_ defects: [DefectReport]) {
        let rows = [Self.columns] + defects.map(Self.row)
        text = rows.map { $0.map(Self.field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func row(_ defect: DefectReport) -> [String] {
        let alert = defect.best
        let (place, asset) = (defect.place, defect.asset)
        return [
            alert.defectID, defect.siteDefectID ?? "", alert.className, alert.grade.rawValue, number(alert.score, 4),
            alert.source.id, alert.time.rfc3339, String(alert.mediaTime.milliseconds), String(alert.frameIndex),
            String(defect.count), number(place?.latitude, 7), number(place?.longitude, 7),
            number(place?.altitude, 2), number(place?.circularErrorMeters, 2), place?.method.rawValue ?? "",
            asset?.id ?? "", asset?.name ?? "", asset?.kind ?? "", number(asset?.probability, 3),
            number(asset?.distanceMeters, 2), number(alert.thermal?.deltaKelvin, 2),
            defect.evidence.first { $0.kind == .image }.map { "evidence/" + $0.path } ?? "",
            "\(alert.lineage.scene.name)@\(alert.lineage.scene.version)",
        ]
    }

    private static func number(_ value: Double?, _ decimals: Int) -> String {
        guard let value, value.isFinite else { return "" }
        return JSONValue.number(value, decimals: decimals).canonicalText
    }

    /// In quotes where it holds a separator, a quote, an end of line, or blanks at its ends.
    static func field(_ text: String) -> String {
        let needsQuotes =
            text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) } || text.hasPrefix(" ")
            || text.hasSuffix(" ")
        guard needsQuotes else { return text }
        let doubled = text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        return "\"\(doubled)\""
    }
}
