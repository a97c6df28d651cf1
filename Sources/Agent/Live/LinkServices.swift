import Foundation
import Logging
import Messaging
import Outbox
import ServiceLifecycle
import ShrikeCore

/// The embedded broker as a service; stops after everything that talks to it.
struct EmbeddedBrokerService: Service {
    let broker: EmbeddedBroker
    let logger: Logger

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await broker.run() }
            group.addTask { try? await gracefulShutdown() }
            // The first to end is the shutdown; the broker ends with the group's cancellation.
            await group.next()
            group.cancelAll()
        }
    }
}

/// The connection to the broker as a service; logs what happens to it.
struct SessionService: Service {
    let session: MQTTSession
    /// Waited for before the first attempt, where we run it ourselves.
    let broker: EmbeddedBroker?
    let logger: Logger
    let metrics: AgentMetrics

    func run() async throws {
        let notifications = session.notifications(buffer: 64)
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                // Ends when the session stops, which finishes its notifications.
                group.addTask {
                    var last: ConnectionEvent?
                    for await case .connection(let event) in notifications {
                        log(event, isRepeated: last.map { event.isSameProblem(as: $0) } ?? false)
                        last = event
                    }
                }
                _ = await broker?.waitUntilListening()
                await session.run()
            }
        } onGracefulShutdown: {
            session.stop()
        }
    }

    /// What goes on failing for the same reason is said once; each further attempt only at level debug.
    private func log(_ event: ConnectionEvent, isRepeated: Bool) {
        metrics.broker(isConnected: session.isConnected)
        if isRepeated {
            logger.debug("\(event)")
            return
        }
        switch event {
        case .connected, .subscribed, .stopped: logger.info("\(event)")
        case .credentialsRefused, .subscriptionRefused: logger.error("\(event)")
        case .unreachable, .lost: logger.warning("\(event)")
        }
    }
}

/// The relay as a service; at shutdown it goes on until the outbox is empty, for at most two seconds.
struct RelayService: Service {
    let outbox: Outbox
    let session: MQTTSession
    let topics: Topics
    let metrics: AgentMetrics
    let logger: Logger
    /// Gives thumbnails; nil sends none.
    let evidence: EvidenceRecorder?
    let origin: StreamOrigin
    let delivery: RelayDelivery

    func run() async throws {
        var thumbnails: Relay.Thumbnail?
        if let evidence { thumbnails = { item in await thumbnail(of: item, from: evidence) } }
        let relay = Relay(
            queue: OutboxRelayQueue(outbox: outbox), session: session, delivery: delivery, thumbnail: thumbnails,
            position: { position in await message(position) }, clockQuality: { ProcessClock.quality() },
            onEvent: { event in observe(event) })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await relay.run() }
            group.addTask {
                try? await gracefulShutdown()
                let deadline = ContinuousClock.now + .seconds(2)
                while ContinuousClock.now < deadline, (try? await outbox.depth()) ?? 0 > 0 {
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func thumbnail(of item: RelayItem, from recorder: EvidenceRecorder) async -> (topic: String, jpeg: [UInt8])?
    {
        guard let document = try? JSONValue(parsing: Array(item.payload.utf8)), document["state"]?.stringValue == "new",
            let path = document["evidence"]?.arrayValue?.first?["path"]?.stringValue,
            let topic = try? topics.thumbnail(alertID: item.alertID)
        else { return nil }
        return await recorder.thumbnail(path: path).map { (topic, $0) }
    }

    /// Retained, so that whoever subscribes later knows from where on nothing may be missing.
    private func message(_ position: StreamPosition) async -> MQTTMessage? {
        let head = try? await outbox.journalHead()
        let document = position.json(
            origin: origin, time: ProcessClock.now(), timeQuality: ProcessClock.quality(),
            monotonicNanoseconds: ProcessClock.monotonicNanoseconds(), journal: head)
        return MQTTMessage(
            topic: topics.position, payload: Array(document.canonicalText.utf8), isRetained: true,
            contentType: "application/json")
    }

    private func observe(_ event: RelayEvent) {
        switch event {
        case .delivered(let item, let hasSubscribers):
            metrics.delivered(sequence: item.sequence, isRouted: hasSubscribers)
        case .refused(let item, let reason, let delay):
            metrics.refused()
            logger.warning("alert refused (\(reason)); again in \(delay)", metadata: ["seq": "\(item.sequence)"])
        case .receipted(let consumer, let through, let beyond):
            metrics.receipted()
            logger.debug("\(consumer) has all alerts through \(through) and \(beyond) later ones")
        case .unreceipted(let count):
            metrics.unreceipted(count)
            logger.warning("\(count) alerts are sent again: the broker took them and no consumer said that it has them")
        case .queueFailed(let reason):
            metrics.outboxFailed()
            logger.error("outbox cannot be read: \(reason)")
        }
    }
}
