import Foundation

/// Drains a durable queue of alerts through an MQTT session, each at least once and in order.
///
/// At most a window of alerts is under way. An alert is deleted when the broker took it (PUBACK below 0x80); a refused one
/// is kept and tried again with back-off while the others go on; after a lost connection everything unacknowledged is
/// sent again and says so (`resend`, `attempt`). While there is no connection nothing is handed over.
public final class Relay: @unchecked Sendable {
    // Proof: `statisticsValue` and `wantsTick` are only touched under `lock`; everything else is immutable.
    public typealias Thumbnail = @Sendable (RelayItem) async -> (topic: String, jpeg: [UInt8])?

    /// Largest thumbnail that is sent.
    public static let thumbnailLimit = 64 << 10
    private static let thumbnailsInFlight = 2
    private static let thumbnailsWaiting = 256

    private let queue: any RelayQueue
    private let session: MQTTSession
    private let window: Int
    private let thumbnail: Thumbnail?
    private let onEvent: @Sendable (RelayEvent) -> Void
    private let mailbox = RelayMailbox()
    private let lock = NSLock()
    private var statisticsValue = RelayStatistics()
    private var wantsTick = false

    /// - Parameters:
    ///   - window: alerts under way at most, 1 to 20.
    ///   - thumbnail: topic and JPEG of an alert, asked for once the alert was delivered; nil sends none.
    ///   - onEvent: called on the relay's task; must return at once.
    public init(
        queue: any RelayQueue, session: MQTTSession, window: Int = 20, thumbnail: Thumbnail? = nil,
        onEvent: @escaping @Sendable (RelayEvent) -> Void = { _ in }
    ) {
        (self.queue, self.session, self.window) = (queue, session, min(max(window, 1), 20))
        (self.thumbnail, self.onEvent) = (thumbnail, onEvent)
    }

    public var statistics: RelayStatistics { lock.withLock { statisticsValue } }

    /// Relays until the task is cancelled. Call once.
    public func run() async {
        let notifications = session.notifications(buffer: 64)
        let wakeups = queue.wakeups
        // All children end with this task's cancellation.
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await notification in notifications {
                    if case .connection(.connected) = notification { mailbox.signal() }
                }
            }
            group.addTask { [self] in
                for await _ in wakeups { mailbox.signal() }
            }
            group.addTask { [self] in
                while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                    if lock.withLock({ wantsTick }) { mailbox.signal() }
                }
            }
            group.addTask { [self] in
                var work = Work(window: RelayWindow(limit: window))
                mailbox.signal()
                for await _ in mailbox.signals { await step(&work) }
            }
        }
    }

    private struct Work {
        var window: RelayWindow
        var thumbnails: [RelayItem] = []
        var thumbnailsUnderWay = 0
        let start = ContinuousClock.now

        var now: Duration { ContinuousClock.now - start }
    }

    private func step(_ work: inout Work) async {
        let outcomes = mailbox.take()
        settle(outcomes.alerts, &work)
        for isDelivered in outcomes.thumbnails {
            work.thumbnailsUnderWay -= 1
            count { if isDelivered { $0.thumbnails += 1 } else { $0.thumbnailsDropped += 1 } }
        }
        var hasFailed = false
        do {
            let done = work.window.toDelete.sorted()
            if !done.isEmpty {
                try await queue.acknowledge(done)
                work.window.deleted(done)
                count { $0.acknowledged += done.count }
            }
            if session.isConnected {
                await sendThumbnails(&work)
                try await retryDeferred(&work)
                try await sendNext(&work)
            }
        } catch {
            hasFailed = true
            count { $0.queueFailures += 1 }
            onEvent(.queueFailed(reason: "\(error)"))
        }
        let tick = hasFailed || !work.window.deferred.isEmpty
        lock.withLock { wantsTick = tick }
    }

    private func settle(_ outcomes: [RelayMailbox.Outcome], _ work: inout Work) {
        for (sequence, result) in outcomes {
            switch result {
            case .success(let answer) where answer.isAccepted:
                guard let item = work.window.accepted(sequence) else { continue }
                if answer.hasNoSubscribers { count { $0.unrouted += 1 } }
                onEvent(.delivered(item, hasSubscribers: !answer.hasNoSubscribers))
                guard thumbnail != nil else { continue }
                if work.thumbnails.count >= Self.thumbnailsWaiting {
                    work.thumbnails.removeFirst()
                    count { $0.thumbnailsDropped += 1 }
                }
                work.thumbnails.append(item)
            case .success(let answer): refuse(sequence, "reason code \(answer.reasonCode)", &work)
            case .failure(let error) where error.kind == .rejected: refuse(sequence, error.what, &work)
            case .failure: work.window.lost(sequence)
            }
        }
    }

    private func refuse(_ sequence: UInt64, _ reason: String, _ work: inout Work) {
        guard let (item, delay) = work.window.refused(sequence, at: work.now) else { return }
        count { $0.refused += 1 }
        onEvent(.refused(item, reason: reason, retryAfter: delay))
    }

    private func retryDeferred(_ work: inout Work) async throws {
        var ready: [RelayItem] = []
        for sequence in work.window.due(at: work.now) {
            let item = try await queue.pending(after: sequence - 1, limit: 1).first { $0.sequence == sequence }
            work.window.retry(sequence, item)
            if let item { ready.append(item) }
        }
        try await send(ready, &work)
    }

    private func sendNext(_ work: inout Work) async throws {
        while work.window.room > 0, session.isConnected {
            let items = try await queue.pending(after: work.window.readThrough, limit: work.window.room)
            guard !items.isEmpty else { return }
            try await send(work.window.read(items), &work)
        }
    }

    /// Counts the attempts on disk, then hands the items over. They are under way in the window already.
    private func send(_ items: [RelayItem], _ work: inout Work) async throws {
        guard !items.isEmpty else { return }
        do {
            try await queue.markAttempted(items.map(\.sequence))
        } catch {
            for item in items { work.window.lost(item.sequence) }
            throw error
        }
        for item in items {
            do throws(MessagingError) {
                try session.publish(RelayMessage.alert(item)) { [mailbox] result in
                    mailbox.put(item.sequence, result)
                }
                count {
                    $0.published += 1
                    if item.attempts > 0 { $0.resent += 1 }
                }
            } catch {
                mailbox.put(item.sequence, .failure(error))
            }
        }
    }

    private func sendThumbnails(_ work: inout Work) async {
        guard let thumbnail else { return }
        while work.thumbnailsUnderWay < Self.thumbnailsInFlight, !work.thumbnails.isEmpty {
            let item = work.thumbnails.removeFirst()
            guard let (topic, jpeg) = await thumbnail(item) else { continue }
            guard jpeg.count <= Self.thumbnailLimit,
                (try? session.publish(
                    MQTTMessage(
                        topic: topic, payload: jpeg, contentType: "image/jpeg",
                        userProperties: [.init("alert_id", item.alertID)])
                ) { [mailbox] result in
                    mailbox.putThumbnail(delivered: (try? result.get())?.isAccepted == true)
                }) != nil
            else {
                count { $0.thumbnailsDropped += 1 }
                continue
            }
            work.thumbnailsUnderWay += 1
        }
    }

    private func count(_ change: (inout RelayStatistics) -> Void) { lock.withLock { change(&statisticsValue) } }
}
