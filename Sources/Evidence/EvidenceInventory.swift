import Foundation

/// What the evidence folder holds, shared between the threads that write to it.
final class EvidenceInventory: @unchecked Sendable {
    // Sendable: `known` is only touched under `lock`.
    private let lock = NSLock()
    private var known: [EvidenceName: RetentionPlan.Item] = [:]

    init(_ items: [RetentionPlan.Item]) {
        for item in items { known[item.name] = item }
    }

    /// In no particular order.
    var items: [RetentionPlan.Item] { lock.withLock { Array(known.values) } }

    func insert(_ item: RetentionPlan.Item) { lock.withLock { known[item.name] = item } }

    func remove(_ name: EvidenceName) { lock.withLock { known[name] = nil } }
}
