import Foundation
import Logging
import ShrikeCore

/// Writes one JSON document a line on standard error.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var pairs = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { JSONValue.string("\($0)") }
        pairs["ts"] = .string(Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)).rfc3339)
        pairs["level"] = .string(event.level.rawValue)
        pairs["message"] = .string("\(event.message)")
        Console.error(JSONValue.object(pairs).canonicalText)
    }
}
