import Foundation
import Glibc
import Messaging
import TestKit
import Testing

@Suite(.serialized, .enabled(if: BrokerHarness.isAvailable, "needs the packages mosquitto and mosquitto-clients"))
struct EmbeddedBrokerTests {
    private func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "shrike embedded \(UUID().uuidString)").path
    }

    /// Runs the broker while the body does. Waits long: other suites may keep every thread of the pool busy for a while.
    private func running(_ broker: EmbeddedBroker, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await broker.run() }
            defer { group.cancelAll() }
            try #require(await broker.waitUntilListening(within: .seconds(300)))
            try await body()
        }
    }

    @Test func clientsConnectAndItEndsWithItsTask() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let broker = try EmbeddedBroker(stateFolder: folder)
        try await running(broker) {
            try await withSession(.init(address: broker.address, clientID: "c")) { _, log in
                #expect(await log.wait { $0.isConnected })
            }
        }
        #expect(await !broker.waitUntilListening(within: .milliseconds(100)))
        #expect(!FileManager.default.fileExists(atPath: folder + "/broker.pid"))
    }

    @Test func aKilledBrokerIsStartedAgainWithItsMessages() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let broker = try EmbeddedBroker(stateFolder: folder)
        try await running(broker) {
            try await withSession(.init(address: broker.address, clientID: "c")) { session, log in
                #expect(await log.wait { $0.isConnected })
                _ = try await session.publish(MQTTMessage(topic: "kept", payload: [7], isRetained: true))
                let process = try processID(folder)
                // What was acknowledged is on disk a second later at the latest.
                try await Task.sleep(for: .seconds(1.5))
                kill(process, SIGKILL)
                #expect(await eventually { (try? processID(folder)).map { $0 != process } ?? false })
                #expect(await log.wait { $0.events.count { $0.isConnected } == 2 })
                session.subscribe("kept")
                #expect(await log.wait { $0.messages.map(\.payload) == [[7]] })
            }
        }
    }

    @Test func aBrokerLeftBehindDoesNotBlockTheNextStart() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try EmbeddedBroker(stateFolder: folder)
        // The broker of a run that was killed, without its death signal: started by hand with the same configuration.
        let orphan = try Process.run(
            URL(filePath: "/usr/sbin/mosquitto"), arguments: ["-c", folder + "/mosquitto.conf"])
        #expect(await first.waitUntilListening(within: .seconds(60)))
        try "\(orphan.processIdentifier)\n".write(toFile: folder + "/broker.pid", atomically: true, encoding: .utf8)
        let events = EventBox()
        let second = try EmbeddedBroker(stateFolder: folder, port: first.address.port, onEvent: events.add)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await second.run() }
            defer { group.cancelAll() }
            #expect(
                await eventually(within: .seconds(40)) {
                    events.all.contains { if case .started = $0 { true } else { false } }
                })
            #expect(await second.waitUntilListening(within: .seconds(60)))
            #expect(events.all.contains(.removedStale(processID: orphan.processIdentifier)))
            #expect(!events.all.contains { if case .ended = $0 { true } else { false } })
        }
    }

    @Test func aMissingProgramIsOneClearError() {
        let error = #expect(throws: MessagingError.self) {
            try EmbeddedBroker(stateFolder: "/tmp/unused", executable: "/no/such/mosquitto")
        }
        #expect(error?.kind == .program)
        #expect(error?.description.contains("apt-get install mosquitto") == true)
    }

    private func processID(_ folder: String) throws -> Int32 {
        let text = try String(contentsOfFile: folder + "/broker.pid", encoding: .utf8)
        return try #require(Int32(text.prefix { $0.isNumber }))
    }
}

/// Events of an embedded broker, in order.
private final class EventBox: @unchecked Sendable {
    // Proof: `events` is only touched under `lock`.
    private let lock = NSLock()
    private var events: [EmbeddedBrokerEvent] = []

    var all: [EmbeddedBrokerEvent] { lock.withLock { events } }
    @Sendable func add(_ event: EmbeddedBrokerEvent) { lock.withLock { events.append(event) } }
}
