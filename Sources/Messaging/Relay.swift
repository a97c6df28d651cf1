import Foundation
public import ShrikeCore

/// Drains a durable queue of alerts through an MQTT session, each at least once and in order.
///
/// At most a window of alerts is under way. An alert is deleted when it was delivered: when the broker took it (PUBACK below
/// 0x80), or, end to end, when a consumer's receipt covers it. A refused one is kept and tried again with back-off while the
/// others go on; after a lost connection everything unacknowledged is sent again and says so (`resend`, `attempt`). While
/// there is no connection nothing is handed over. What is decided while an old backlog drains does not wait for its end.
public final class Relay: @unchecked Sendable {
    // Proof: `statisticsValue` and `wantsTick` are only touched under `lock`; everything else is immutable.
    public typealias Thumbnail = @Sendable (RelayItem) async -> (topic: String, jpeg: [UInt8])?
    /// The message that tells subscribers where the stream stands; nil where it cannot be made now.
    public typealias PositionMessage = @Sendable (StreamPosition) async -> MQTTMessage?

    /// Largest thumbnail that is sent.
    public static let thumbnailLimit = 64 << 10
    private static let thumbnailsInFlight = 2
    private static let thumbnailsWaiting = 256
    /// Alerts of a lane that wait for a receipt at most.
    private static let awaitingLimit = 1000
    private static let positionInterval = Duration.seconds(2)

    private let queue: any RelayQueue
    private let session: MQTTSession
    private let window: Int
    private let delivery: RelayDelivery
    private let thumbnail: Thumbnail?
    private let positionMessage: PositionMessage?
    private let clockQuality: @Sendable () -> ClockQuality?
    private let onEvent: @Sendable (RelayEvent) -> Void
    private let mailbox = RelayMailbox()
    private let lock = NSLock()
    private var statisticsValue = RelayStatistics()
    private var wantsTick = false
    private var toldQuality: ClockQuality?

    /// - Parameters:
    ///   - window: alerts under way at most, 1 to 20.
    ///   - delivery: when an alert counts as delivered.
    ///   - thumbnail: topic and JPEG of an alert, asked for once the alert was delivered; nil sends none.
    ///   - position: sent behind the alerts it speaks of, when it changed; nil sends none.
    ///   - clockQuality: asked twice a second; the position is told again when it changed, so that a consumer can correct times
    ///     that were stamped before the clock was right.
    ///   - onEvent: called on the relay's task; must return at once.
    public init(
        queue: any RelayQueue, session: MQTTSession, window: Int = 20, delivery: RelayDelivery = .broker,
        thumbnail: Thumbnail? = nil, position: PositionMessage? = nil,
        clockQuality: @escaping @Sendable () -> ClockQuality? = { nil },
        onEvent: @escaping @Sendable (RelayEvent) -> Void = { _ in }
    ) {
        (self.queue, self.session, self.window) = (queue, session, min(max(window, 1), 20))
        (self.delivery, self.thumbnail, positionMessage, self.onEvent) = (delivery, thumbnail, position, onEvent)
        self.clockQuality = clockQuality
    }

    public var statistics: RelayStatistics { lock.withLock { statisticsValue } }

    /// Relays until the task is cancelled. Call once.
    public func run() async {
        let notifications = session.notifications(buffer: 1000)
        let wakeups = queue.wakeups
        if case .endToEnd(let topic, _) = delivery { session.subscribe(topic) }
        // All children end with this task's cancellation.
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await notification in notifications { take(notification) }
            }
            group.addTask { [self] in
                for await _ in wakeups { mailbox.signal() }
            }
            group.addTask { [self] in
                while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                    let quality = clockQuality()
                    if lock.withLock({ wantsTick || toldQuality != quality }) { mailbox.signal() }
                }
            }
            group.addTask { [self] in
                var work = Work(
                    window: RelayWindow(
                        limit: window, awaitingLimit: delivery.awaitsReceipts ? Self.awaitingLimit : nil))
                if session.isConnected { mailbox.putConnection(isResumed: true) }
                mailbox.signal()
                for await _ in mailbox.signals { await step(&work) }
            }
        }
    }

    private struct Work {
        var window: RelayWindow
        var thumbnails: [RelayItem] = []
        var thumbnailsUnderWay = 0
        /// The lanes are to be laid anew: a connection was made.
        var connection: RelayMailbox.Connection?
        var told: (position: StreamPosition, at: Duration)?
        let start = ContinuousClock.now

        var now: Duration { ContinuousClock.now - start }
    }

    private func take(_ notification: MQTTSession.Notification) {
        switch notification {
        case .connection(.connected(_, let sessionPresent)): mailbox.putConnection(isResumed: sessionPresent)
        case .message(let message):
            if case .endToEnd(let topic, _) = delivery, message.topic == topic, !message.isRetained {
                mailbox.putReceipt(message.payload)
            }
        default: break
        }
    }

    private func step(_ work: inout Work) async {
        let post = mailbox.take()
        settle(post.alerts, &work)
        for isDelivered in post.thumbnails {
            work.thumbnailsUnderWay -= 1
            count { if isDelivered { $0.thumbnails += 1 } else { $0.thumbnailsDropped += 1 } }
        }
        work.connection = post.connection ?? work.connection
        var wantsTick = true
        do {
            let done = work.window.toDelete.sorted()
            if !done.isEmpty {
                try await queue.acknowledge(done)
                work.window.deleted(done)
                count { $0.acknowledged += done.count }
            }
            var position = try await queue.position()
            if try await takeReceipts(post.receipts, position, &work) { position = try await queue.position() }
            if session.isConnected {
                begin(position, &work)
                await sendThumbnails(&work)
                try await retryDeferred(position, &work)
                try await sendNext(position, &work)
                wantsTick =
                    await tell(position, &work) || !work.window.deferred.isEmpty || !work.window.awaiting.isEmpty
            }
        } catch {
            // The end of this task reaches the queue as an error of its own.
            guard !Task.isCancelled else { return }
            count { $0.queueFailures += 1 }
            onEvent(.queueFailed(reason: "\(error)"))
        }
        lock.withLock { self.wantsTick = wantsTick }
    }

    private func begin(_ position: StreamPosition, _ work: inout Work) {
        if let connection = work.connection {
            work.connection = nil
            work.told = nil
            // A broker that does not know us any more lost what it had taken.
            if !connection.isResumed { noteUnreceipted(work.window.forgetAwaiting(at: work.now)) }
            work.window.split(after: position.last)
        }
        noteUnreceipted(work.window.expireAwaiting(at: work.now))
    }

    private func noteUnreceipted(_ number: Int) {
        guard number > 0 else { return }
        count { $0.unreceipted += number }
        onEvent(.unreceipted(count: number))
    }

    private func settle(_ outcomes: [RelayMailbox.Outcome], _ work: inout Work) {
        for (sequence, result) in outcomes {
            switch result {
            case .success(let answer) where answer.isAccepted:
                guard let item = work.window.accepted(sequence, at: work.now) else { continue }
                if answer.hasNoSubscribers { count { $0.unrouted += 1 } }
                guard !item.isAnnouncement else { continue }
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

    /// Deletes what consumers have.
    ///
    /// - Returns: whether anything was.
    private func takeReceipts(
        _ payloads: [[UInt8]], _ position: StreamPosition, _ work: inout Work
    ) async throws -> Bool {
        var didDelete = false
        for payload in payloads {
            guard case .endToEnd(_, let consumers) = delivery,
                let document = try? JSONValue(parsing: payload, maximumBytes: 1 << 16),
                let receipt = DeliveryReceipt(document), consumers.isEmpty || consumers.contains(receipt.consumer),
                receipt.stream.map({ $0 == position.stream }) ?? true, receipt.through <= position.last,
                receipt.beyond.last ?? 0 <= position.last
            else {
                count { $0.receiptsIgnored += 1 }
                continue
            }
            var sequences = receipt.beyond
            if receipt.through > 0 { sequences.insert(1...receipt.through) }
            try await queue.acknowledge(sequences)
            noteUnreceipted(work.window.receipted(sequences, at: work.now))
            count { $0.receipts += 1 }
            didDelete = true
            onEvent(
                .receipted(consumer: receipt.consumer, through: receipt.through, beyond: receipt.beyond.count))
        }
        return didDelete
    }

    private func retryDeferred(_ position: StreamPosition, _ work: inout Work) async throws {
        var ready: [RelayItem] = []
        for sequence in work.window.due(at: work.now) {
            let item = try await queue.pending(in: sequence...sequence, limit: 1).first
            work.window.retry(sequence, item)
            if let item { ready.append(item) }
        }
        try await send(ready, position, &work)
    }

    private func sendNext(_ position: StreamPosition, _ work: inout Work) async throws {
        for lane in work.window.lanes.indices {
            while session.isConnected, case let room = work.window.room(in: lane), room > 0,
                let range = work.window.lanes[lane].unread
            {
                let items = try await queue.pending(in: range, limit: room)
                guard !items.isEmpty else {
                    work.window.exhausted(lane)
                    break
                }
                try await send(work.window.read(items), position, &work)
            }
        }
    }

    /// Counts the attempts on disk, then hands the items over. They are under way in the window already.
    private func send(_ items: [RelayItem], _ position: StreamPosition, _ work: inout Work) async throws {
        guard !items.isEmpty else { return }
        do {
            try await queue.markAttempted(items.map(\.sequence))
        } catch {
            for item in items { work.window.lost(item.sequence) }
            throw error
        }
        for item in items {
            do throws(MessagingError) {
                try session.publish(RelayMessage.message(item, position: position)) { [mailbox] result in
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

    /// Sends where the stream stands, where that changed and was not sent a moment ago.
    ///
    /// - Returns: whether there is more to tell later.
    private func tell(_ position: StreamPosition, _ work: inout Work) async -> Bool {
        let quality = clockQuality()
        guard let positionMessage, work.told?.position != position || lock.withLock({ toldQuality }) != quality else {
            return false
        }
        if let told = work.told, work.now - told.at < Self.positionInterval { return true }
        guard let message = await positionMessage(position), (try? session.publish(message) { _ in }) != nil else {
            return true
        }
        work.told = (position, work.now)
        lock.withLock { toldQuality = quality }
        return false
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
