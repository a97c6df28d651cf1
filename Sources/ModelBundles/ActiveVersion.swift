public import Integrity
import ShrikeCore

/// Which version of a scene a gateway runs, and which it ran before: the content of `active/<name>` in a store.
public struct ActiveVersion: Hashable, Sendable {
    public var current: SHA256Digest
    /// What ``ModelStore/rollBack(_:)`` goes back to.
    public var previous: SHA256Digest?

    public init(current: SHA256Digest, previous: SHA256Digest? = nil) {
        (self.current, self.previous) = (current, previous)
    }

    var json: JSONValue {
        .object(compacting: [
            "current": .string(current.description), "previous": previous.map { .string($0.description) },
        ])
    }

    init?(_ document: JSONValue) {
        guard let current = document["current"]?.stringValue.flatMap({ SHA256Digest($0) }) else { return nil }
        self.init(
            current: current, previous: document["previous"]?.stringValue.flatMap { SHA256Digest($0) })
    }
}
