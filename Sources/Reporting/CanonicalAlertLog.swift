public import ShrikeCore

/// `alerts.ndjson`: one alert a line in canonical form, in the order given.
public struct CanonicalAlertLog: Hashable, Sendable {
    public private(set) var text = ""

    public init(_ alerts: [Alert] = []) {
        for alert in alerts { append(alert) }
    }

    public mutating func append(_ alert: Alert) { text += Self.line(alert) }

    /// One line, its end included; for writing as alerts come.
    public static func line(_ alert: Alert) -> String { alert.json.canonicalText + "\n" }
}
