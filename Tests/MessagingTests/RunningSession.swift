import Foundation
import Messaging
import TestKit

/// A session that runs until the body returns, with what it reported so far.
func withSession<R: Sendable>(
    _ configuration: MQTTSessionConfiguration, _ body: (MQTTSession, EventLog) async throws -> R
) async throws -> R {
    let session = try MQTTSession(configuration)
    let log = EventLog()
    let notifications = session.notifications()
    // Both end with `session.stop()` below.
    async let running: Void = session.run()
    async let logging: Void = log.follow(notifications)
    do {
        let result = try await body(session, log)
        session.stop()
        _ = await (running, logging)
        return result
    } catch {
        session.stop()
        _ = await (running, logging)
        throw error
    }
}

/// Connection events, to be waited for.
final class EventLog: @unchecked Sendable {
    // Proof: both arrays are only touched under `lock`.
    private let lock = NSLock()
    private var seen: [ConnectionEvent] = []
    private var received: [MQTTMessage] = []

    func follow(_ notifications: AsyncStream<MQTTSession.Notification>) async {
        for await notification in notifications {
            lock.withLock {
                switch notification {
                case .connection(let event): seen.append(event)
                case .message(let message): received.append(message)
                }
            }
        }
    }

    var events: [ConnectionEvent] { lock.withLock { seen } }
    var messages: [MQTTMessage] { lock.withLock { received } }

    func wait(upTo limit: Duration = .seconds(10), for condition: @Sendable (ConnectionEvent) -> Bool) async -> Bool {
        await wait(upTo: limit) { $0.events.contains(where: condition) }
    }

    func wait(upTo limit: Duration = .seconds(10), until condition: @Sendable (EventLog) -> Bool) async -> Bool {
        await Patience.holds(within: limit) { condition(self) }
    }
}

extension ConnectionEvent {
    var isConnected: Bool { if case .connected = self { true } else { false } }
    var isUnreachable: Bool { if case .unreachable = self { true } else { false } }
    var isLost: Bool { if case .lost = self { true } else { false } }
    var isRefused: Bool { if case .credentialsRefused = self { true } else { false } }
}

/// Waits until the condition holds; false where it did not within the time.
func eventually(within limit: Duration = .seconds(10), _ condition: () async -> Bool) async -> Bool {
    await Patience.holds(within: limit, condition)
}
