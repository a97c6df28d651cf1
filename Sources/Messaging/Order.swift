public import ShrikeCore

/// What a person may order a gateway to do.
public enum Order: Hashable, Sendable {
    /// Somebody has seen the alert; goes into the record.
    case acknowledge(alertID: String, note: String?)
    /// Alerts of a source, a class, or both are recorded and not sent, for so many minutes.
    case mute(source: String?, className: String?, minutes: Int)
    case unmute(source: String?, className: String?)
    /// Findings of a class below the score are left out; nil takes that back.
    case threshold(source: String?, className: String, value: Double?)
    /// The next picture of the source.
    case snapshot(source: String)
    case source(id: String, isOn: Bool)
    /// The model that the gateway ought to run, by name and digest.
    case model(name: String, digest: String)

    /// What changes what a gateway finds or tells needs a signature.
    public var isDangerous: Bool {
        switch self {
        case .acknowledge, .snapshot, .unmute: false
        case .mute, .threshold, .source, .model: true
        }
    }

    public var verb: String {
        switch self {
        case .acknowledge: "acknowledge"
        case .mute: "mute"
        case .unmute: "unmute"
        case .threshold: "threshold"
        case .snapshot: "snapshot"
        case .source: "source"
        case .model: "model"
        }
    }

    /// Longest mute.
    public static let maximumMuteMinutes = 7 * 24 * 60

    /// Reads the arguments of a verb; nil where they are not exactly what it takes.
    init?(verb: String, arguments: JSONValue) {
        guard let pairs = arguments.objectValue else { return nil }
        func only(_ keys: Set<String>) -> Bool { Set(pairs.keys).isSubset(of: keys) }
        func text(_ key: String, _ limit: Int) -> String? {
            pairs[key]?.stringValue.flatMap { (1...limit).contains($0.utf8.count) ? $0 : nil }
        }
        func name(_ key: String) -> String? { text(key, 64).flatMap { Topics.isName($0) ? $0 : nil } }
        func isAbsentOrName(_ key: String) -> Bool { pairs[key] == nil || name(key) != nil }
        switch verb {
        case "acknowledge":
            guard only(["alert_id", "note"]), let id = text("alert_id", 32), id.utf8.count == 32,
                pairs["note"] == nil || text("note", 300) != nil
            else { return nil }
            self = .acknowledge(alertID: id, note: text("note", 300))
        case "mute":
            guard only(["source", "class", "minutes"]), isAbsentOrName("source"), isAbsentOrName("class"),
                let minutes = pairs["minutes"]?.integerValue, (1...Int64(Self.maximumMuteMinutes)).contains(minutes)
            else { return nil }
            self = .mute(source: name("source"), className: name("class"), minutes: Int(minutes))
        case "unmute":
            guard only(["source", "class"]), isAbsentOrName("source"), isAbsentOrName("class") else { return nil }
            self = .unmute(source: name("source"), className: name("class"))
        case "threshold":
            guard only(["source", "class", "value"]), isAbsentOrName("source"), let className = name("class"),
                let value = pairs["value"], value == .null || value.doubleValue.map({ (0...1).contains($0) }) == true
            else { return nil }
            self = .threshold(source: name("source"), className: className, value: value.doubleValue)
        case "snapshot":
            guard only(["source"]), let source = name("source") else { return nil }
            self = .snapshot(source: source)
        case "source":
            guard only(["id", "on"]), let id = name("id"), let isOn = pairs["on"]?.boolValue else { return nil }
            self = .source(id: id, isOn: isOn)
        case "model":
            guard only(["name", "digest"]), let name = name("name"), let digest = text("digest", 71),
                digest.hasPrefix("sha256:"), digest.utf8.count == 71
            else { return nil }
            self = .model(name: name, digest: digest)
        default: return nil
        }
    }

    public var arguments: JSONValue {
        switch self {
        case .acknowledge(let id, let note):
            .object(compacting: ["alert_id": .string(id), "note": note.map { .string($0) }])
        case .mute(let source, let className, let minutes):
            .object(compacting: [
                "source": source.map { .string($0) }, "class": className.map { .string($0) },
                "minutes": .integer(Int64(minutes)),
            ])
        case .unmute(let source, let className):
            .object(compacting: ["source": source.map { .string($0) }, "class": className.map { .string($0) }])
        case .threshold(let source, let className, let value):
            .object(compacting: [
                "source": source.map { .string($0) }, "class": .string(className),
                "value": value.map { .number($0) } ?? .null,
            ])
        case .snapshot(let source): .object(["source": .string(source)])
        case .source(let id, let isOn): .object(["id": .string(id), "on": .bool(isOn)])
        case .model(let name, let digest): .object(["name": .string(name), "digest": .string(digest)])
        }
    }
}
