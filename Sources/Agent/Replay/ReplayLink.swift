import Foundation
import Logging
import Messaging
import Outbox
import ShrikeCore

/// Publishes a replay's alerts below `replay/<run>`, through an outbox of its own, so that none is lost on the way.
struct ReplayLink: Sendable {
    /// Nil where nothing is published.
    let store: OutboxStore?
    private let relaying: Task<Void, Never>?
    private let outbox: Outbox?
    private let folder: String?

    /// - Parameter continues: keeps the outbox of the run that this one continues.
    init(
        options: ReplayOptions, run: String, folder: ReplayFolder, continues: Bool, logger: Logger
    ) async throws {
        guard let url = options.brokerURL else {
            (store, relaying, outbox, self.folder) = (nil, nil, nil, nil)
            return
        }
        let topics = try translating { try Topics(site: options.site, gateway: options.gateway).replay(run: run) }
        let address = try translating { try BrokerAddress(parsing: url) }
        var settings = MQTTSessionConfiguration(address: address, clientID: "shrike-replay-\(run)-\(getpid())")
        settings.endsSessionOnStop = true
        let session = try translating { try MQTTSession(settings) }
        let path = folder.path + "/.publishing"
        if !continues { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let outbox = try translating { try Outbox(path: path + "/outbox.sqlite") }
        let relay = Relay(queue: OutboxRelayQueue(outbox: outbox), session: session)
        (self.outbox, self.folder) = (outbox, path)
        store = OutboxStore(outbox: outbox, topics: topics, logger: logger, metrics: nil)
        // Cancelled by `drain`, or left with the process where the replay fails.
        relaying = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await case .connection(let event) in session.notifications(buffer: 64) {
                        if case .connected = event { logger.debug("\(event)") } else { logger.warning("\(event)") }
                    }
                }
                group.addTask { await session.run() }
                await relay.run()
                group.cancelAll()
            }
        }
    }

    /// Waits until the broker has taken every alert.
    ///
    /// - Throws: ``AgentError`` where it has not for 60 s.
    func drain(progress: () -> Void) async throws {
        guard let outbox, let relaying, let folder else { return }
        var last = (depth: try await outbox.depth(), since: ContinuousClock.now)
        while true {
            let depth = try await outbox.depth()
            if depth == 0 { break }
            if depth < last.depth { last = (depth, .now) }
            guard ContinuousClock.now - last.since < .seconds(60) else {
                relaying.cancel()
                throw AgentError(
                    "\(depth) alerts were not taken by the broker for 60 s", at: "broker",
                    remedy: "check the broker; the results in the folder are complete")
            }
            progress()
            try await Task.sleep(for: .milliseconds(20))
        }
        relaying.cancel()
        await relaying.value
        try? FileManager.default.removeItem(atPath: folder)
    }
}
