import Foundation
import Outbox
import ShrikeCore

/// The lasting effects of orders, asked by the pipelines for every frame: mutes, thresholds, sources that are off.
final class StandingOrders: @unchecked Sendable {
    // Sendable: `entries` is only touched under `lock`.
    private struct Entry {
        var value: JSONValue
        /// Nil for no end; on a clock that nobody sets.
        var end: ContinuousClock.Instant?
    }

    private let lock = NSLock()
    private var entries: [String: Entry] = [:]

    /// Takes over what the outbox kept from before.
    func restore(_ orders: [Outbox.StandingOrder]) { for order in orders { set(order) } }

    func set(_ order: Outbox.StandingOrder) {
        lock.withLock {
            entries[order.key] = Entry(value: order.value, end: order.seconds.map { .now + .seconds($0) })
        }
    }

    func end(_ key: String) { lock.withLock { entries[key] = nil } }

    /// Whether alerts of the source and class are recorded and not sent.
    func isMuted(source: String, className: String) -> Bool {
        lock.withLock {
            guard !entries.isEmpty else { return false }
            return [(source, className), (source, nil), (nil, className), (nil, nil)]
                .contains { isInForce(Self.muteKey(source: $0.0, className: $0.1)) }
        }
    }

    /// The score below which findings are left out; nil where nobody ordered one.
    func threshold(source: String, className: String) -> Double? {
        lock.withLock {
            guard !entries.isEmpty else { return nil }
            return [source, nil].lazy.compactMap { source in
                let key = Self.thresholdKey(source: source, className: className)
                return self.isInForce(key) ? self.entries[key]?.value.doubleValue : nil
            }.first
        }
    }

    func isOff(source: String) -> Bool { lock.withLock { isInForce(Self.sourceKey(source)) } }

    static func muteKey(source: String?, className: String?) -> String { "mute \(source ?? "*") \(className ?? "*")" }

    static func thresholdKey(source: String?, className: String) -> String {
        "threshold \(source ?? "*") \(className)"
    }

    static func sourceKey(_ id: String) -> String { "off \(id)" }

    private func isInForce(_ key: String) -> Bool {
        guard let entry = entries[key] else { return false }
        return entry.end.map { $0 > .now } ?? true
    }
}
