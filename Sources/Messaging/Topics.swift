public import ShrikeCore

/// Topics of one gateway: `shrike/v1/<site>/<gateway>/...`, or of one of its replays.
public struct Topics: Hashable, Sendable {
    /// Everything of the gateway or replay is below this topic.
    public let root: String

    /// - Throws: ``MessagingError`` `.configuration` where a name is none; see ``isName(_:)``.
    public init(site: String, gateway: String) throws(MessagingError) {
        root = "shrike/v1/\(try Self.checked(site, "site"))/\(try Self.checked(gateway, "gateway"))"
    }

    private init(root: String) { self.root = root }

    /// Topics of a replay: its alerts never reach the live topics.
    public func replay(run: String) throws(MessagingError) -> Topics {
        Topics(root: "\(root)/replay/\(try Self.checked(run, "run"))")
    }

    public func alert(grade: Grade, source: String) throws(MessagingError) -> String {
        "\(root)/alert/\(grade.rawValue)/\(try Self.checked(source, "source"))"
    }

    /// Retained: whether the gateway is online.
    public var status: String { root + "/status" }

    /// Retained: how a source is doing.
    public func sourceState(_ source: String) throws(MessagingError) -> String {
        "\(root)/source/\(try Self.checked(source, "source"))/state"
    }

    public var metric: String { root + "/metric" }

    /// Announced losses.
    public var gap: String { root + "/gap" }

    /// Retained: where the stream of alerts stands.
    public var position: String { root + "/position" }

    /// Receipts of consumers, to the gateway.
    public var ack: String { root + "/ack" }

    /// Orders, to the gateway; `+` for all.
    public func command(_ verb: String) -> String { root + "/cmd/" + verb }

    /// A picture that was asked for.
    public func snapshot(source: String) throws(MessagingError) -> String {
        "\(root)/snapshot/\(try Self.checked(source, "source"))"
    }

    /// A small JPEG of an alert, sent after it.
    public func thumbnail(alertID: String) throws(MessagingError) -> String {
        "\(root)/evidence/\(try Self.checked(alertID, "alert id"))/thumb"
    }

    /// Whether the text can be one level of a topic: 1 to 128 ASCII letters, digits, `-`, `_`, `.`.
    public static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { c in
                (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || c == 45 || c == 46
                    || c == 95
            }
    }

    private static func checked(_ name: String, _ role: String) throws(MessagingError) -> String {
        guard isName(name) else {
            throw MessagingError(
                .configuration, "the \(role) name cannot be part of a topic", at: name.prefix(40).debugDescription,
                remedy: "use 1 to 128 letters, digits, '-', '_' or '.'")
        }
        return name
    }
}
