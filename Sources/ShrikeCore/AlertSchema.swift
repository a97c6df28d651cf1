/// The JSON Schema (2020-12) that every published alert satisfies; the file is `Schemas/shrike.alert.1.schema.json`.
public enum AlertSchema {
    public static var text: String { String(decoding: PackageResources.shrike_alert_1_schema_json, as: UTF8.self) }
}

/// The JSON Schemas (2020-12) of the messages around alerts; each file is `Schemas/<name>.<version>.schema.json`.
public enum MessageSchema: String, Sendable, CaseIterable {
    /// Alerts that had to be dropped.
    case gap = "shrike.gap/1"
    /// Where a stream stands.
    case position = "shrike.position/1"
    /// A consumer's receipt.
    case ack = "shrike.ack/1"
    /// An order to a gateway.
    case command = "shrike.command/1"
    /// A gateway's answer to an order.
    case reply = "shrike.reply/1"

    public var text: String {
        let bytes =
            switch self {
            case .gap: PackageResources.shrike_gap_1_schema_json
            case .position: PackageResources.shrike_position_1_schema_json
            case .ack: PackageResources.shrike_ack_1_schema_json
            case .command: PackageResources.shrike_command_1_schema_json
            case .reply: PackageResources.shrike_reply_1_schema_json
            }
        return String(decoding: bytes, as: UTF8.self)
    }
}
