import ShrikeCore

/// One alert as a line for people: time, grade, state, class, score, place, source.
struct AlertLine {
    let text: String

    init(_ document: JSONValue, run: String?) {
        func field(_ key: String) -> String { document[key]?.stringValue ?? "-" }
        func fixed(_ value: Double?, _ decimals: Int) -> String? {
            value.map { JSONValue.number($0, decimals: decimals).canonicalText }
        }
        let grade = field("grade")
        var parts = [
            document["ts_quality"]?.stringValue == "unsynced" && field("ts").hasPrefix("1970")
                ? Self.mediaTime(document["media_time_ms"]?.integerValue ?? 0) : field("ts"),
            Self.colored(grade, grade.padding(8)), field("state").padding(6), field("class").padding(14),
            "score \(fixed(document["score"]?.doubleValue, 2) ?? "-")",
        ]
        if let delta = fixed(document["thermal"]?["delta_k"]?.doubleValue, 1) { parts.append("dT \(delta) K") }
        if let geo = document["geo"], let lat = fixed(geo["lat"]?.doubleValue, 6),
            let lon = fixed(geo["lon"]?.doubleValue, 6)
        {
            parts.append("at \(lat),\(lon) ±\(fixed(geo["ce_m"]?.doubleValue, 1) ?? "?") m")
        }
        parts.append("\(field("site"))/\(field("gateway"))/\(document["source"]?["id"]?.stringValue ?? "-")")
        if let picture = document["evidence"]?.arrayValue?.first?["path"]?.stringValue { parts.append(picture) }
        if let run { parts.append("(\(run))") }
        if document["resend"]?.boolValue == true { parts.append("resent") }
        text = parts.joined(separator: "  ")
    }

    private static func mediaTime(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        let tenths = milliseconds % 1000 / 100
        return "+\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60).\(tenths)"
    }

    private static func colored(_ grade: String, _ text: String) -> String {
        guard Console.usesColor else { return text }
        let code = ["critical": "1;31", "serious": "31", "general": "33"][grade] ?? "36"
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }
}
