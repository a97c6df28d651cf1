import Foundation

/// What every stage of every pipeline is at, so that one that hangs is noticed. A stage with nothing to do does not hang.
final class ProgressBoard: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    /// A piece of work that has begun and not ended.
    struct Work: Hashable, Sendable {
        var stage: String
        var source: String
        var since: ContinuousClock.Instant
    }

    private let lock = NSLock()
    private var underWay: [Int: Work] = [:]
    private var next = 0
    private var completed = 0
    private var excused: Set<String> = []

    func begin(_ stage: String, source: String) -> Int {
        lock.withLock {
            next += 1
            underWay[next] = Work(stage: stage, source: source, since: .now)
            return next
        }
    }

    func end(_ ticket: Int) {
        lock.withLock {
            underWay[ticket] = nil
            completed += 1
        }
    }

    /// The source waits on purpose, for a disk that is full: what is under way for it does not hang.
    func excuse(source: String, _ isWaiting: Bool) {
        lock.withLock { if isWaiting { excused.insert(source) } else { excused.remove(source) } }
    }

    /// Work that has taken longer than the limit, longest first.
    func stuck(longerThan limit: Duration) -> [Work] {
        lock.withLock {
            underWay.values.filter { .now - $0.since > limit && !excused.contains($0.source) }
                .sorted { $0.since < $1.since }
        }
    }

    /// Pieces of work that came to their end since the start.
    var completedCount: Int { lock.withLock { completed } }
}
