import Foundation
import Messaging
import ShrikeCore
import TestKit
import Testing

@Suite(.serialized, .enabled(if: BrokerHarness.isAvailable, "needs the packages mosquitto and mosquitto-clients"))
struct RelayTests {
    private func settings(_ broker: BrokerHarness, _ credentials: String = "") throws -> MQTTSessionConfiguration {
        var settings = MQTTSessionConfiguration(
            address: try BrokerAddress(parsing: "mqtt://\(credentials)127.0.0.1:\(broker.port)"),
            clientID: "gw-\(UUID().uuidString.prefix(8))")
        settings.maximumRetryDelay = .milliseconds(400)
        return settings
    }

    /// Relays while the body runs.
    private func relaying(
        _ queue: MemoryQueue, _ settings: MQTTSessionConfiguration, thumbnail: Relay.Thumbnail? = nil,
        _ body: @Sendable (Relay, EventLog) async throws -> Void
    ) async throws {
        try await withSession(settings) { session, log in
            let relay = Relay(queue: queue, session: session, thumbnail: thumbnail)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                defer { group.cancelAll() }
                try await body(relay, log)
            }
        }
    }

    @Test func alertsArriveInOrderOnceAndLeaveTheQueue() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/s/g/alert/#", options: ["-F", "%t\t%r\t%p"])
        let queue = MemoryQueue((1...50).map { .sample($0) })
        try await relaying(queue, settings(broker)) { relay, _ in
            #expect(await listener.wait { $0.count == 50 })
            queue.add((51...60).map { .sample($0) })
            #expect(await listener.wait { $0.count == 60 })
            #expect(await eventually { queue.depth == 0 && relay.statistics.acknowledged == 60 })
            #expect(relay.statistics.resent == 0 && relay.statistics.unrouted == 0)
        }
        let documents = try listener.messages.map { try JSONValue(parsing: Array($0.payload.utf8)) }
        #expect(documents.compactMap { $0["seq"]?.integerValue } == Array(1...60))
        #expect(documents.allSatisfy { $0["resend"] == .bool(false) && $0["attempt"] == .integer(1) })
        #expect(listener.messages.allSatisfy { $0.topic == "shrike/v1/s/g/alert/serious/cam" && !$0.isRetained })
        await listener.stop()
        await broker.kill()
    }

    @Test func everyPublishedAlertSatisfiesTheSchema() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/#")
        var items = Grade.allCases.enumerated().map { RelayItem.sample($0.offset + 1, grade: $0.element) }
        items[1].attempts = 3
        try await relaying(MemoryQueue(items), settings(broker)) { _, _ in
            #expect(await listener.wait { $0.count == 4 })
        }
        let verdict = try SchemaCheck.validate(listener.messages.map(\.payload))
        #expect(verdict == nil, "\(verdict ?? "")")
        let second = try JSONValue(parsing: Array(listener.messages[1].payload.utf8))
        #expect(second["resend"] == .bool(true) && second["attempt"] == .integer(4))
        let broken = try SchemaCheck.validate([#"{"schema":"shrike.alert/1"}"#])
        #expect(broken?.contains("required property") == true)
        await listener.stop()
        await broker.kill()
    }

    /// A broker that is killed may forget what it acknowledged a moment before (it writes its file after the answer); one
    /// that is stopped forgets nothing. We lose nothing in either case.
    @Test(arguments: [false, true])
    func aBrokerThatEndsInTheMiddleLosesNothingOfOursAndEveryCopyIsMarked(isKilled: Bool) async throws {
        let broker = try await BrokerHarness.started(.init(logsPackets: true))
        let listener = try await BrokerListener(broker, topic: "shrike/v1/#")
        let total = 2000
        let queue = MemoryQueue()
        try await relaying(queue, settings(broker)) { relay, _ in
            // Slow enough that the ends fall into the middle.
            async let feeding: Void = {
                for start in stride(from: 1, to: total, by: 20) {
                    queue.add((start..<start + 20).map(Self.item))
                    try? await Task.sleep(for: .milliseconds(30))
                }
            }()
            for _ in 0..<3 {
                try await Task.sleep(for: .milliseconds(500))
                if isKilled { await broker.kill() } else { await broker.stop() }
                try await Task.sleep(for: .milliseconds(200))
                try await broker.start()
            }
            await feeding
            #expect(await eventually(within: .seconds(40)) { queue.depth == 0 })
            #expect(relay.statistics.acknowledged == total)
            _ = await listener.wait(upTo: .seconds(isKilled ? 2 : 20)) { Set($0.map(\.topic)).count == total }
        }
        var seen: Set<String> = []
        var copiesWithoutMark = 0
        for message in listener.messages where !seen.insert(message.topic).inserted {
            let document = try JSONValue(parsing: Array(message.payload.utf8))
            if document["resend"] != .bool(true) { copiesWithoutMark += 1 }
        }
        let packets = BrokerPackets(broker.log)
        let lost = Set((1...total).map { Self.item($0).topic }).subtracting(seen)
        #expect(isKilled ? lost.allSatisfy(packets.isAcknowledged) : lost.isEmpty, "\(lost)")
        // The broker, too, sends to its subscriber again what it has no answer for; those are no copies of ours.
        #expect(copiesWithoutMark <= packets.repeated(to: listener.id))
        #expect(packets.repeatedByRelay == 0 && packets.received >= total)
        await listener.stop()
        await broker.kill()
    }

    /// An alert with a topic of its own.
    private static func item(_ number: Int) -> RelayItem {
        var item = RelayItem.sample(number)
        item.topic += "-\(number)"
        return item
    }

    @Test func nothingIsCountedAsSentWhileThereIsNoBroker() async throws {
        let broker = try await BrokerHarness()
        let queue = MemoryQueue((1...5).map { .sample($0) })
        try await relaying(queue, settings(broker)) { relay, log in
            #expect(await log.wait { $0.isUnreachable })
            #expect(relay.statistics.published == 0)
            #expect(queue.remaining.allSatisfy { $0.attempts == 0 })
            try await broker.start()
            #expect(await eventually { queue.depth == 0 })
            #expect(relay.statistics.resent == 0)
            #expect(relay.statistics.unrouted == 5)
        }
        await broker.kill()
    }

    @Test func aRefusedAlertIsKeptAndTriedAgainWhileOthersGoOn() async throws {
        let broker = try await BrokerHarness.started(
            .init(
                passwords: ["gw": "pw"],
                accessRules: ["user gw", "topic readwrite shrike/v1/s/g/alert/serious/#"]))
        let queue = MemoryQueue([.sample(1, grade: .critical), .sample(2), .sample(3)])
        try await relaying(queue, settings(broker, "gw:pw@")) { relay, _ in
            #expect(await eventually { queue.remaining.map(\.sequence) == [1] && relay.statistics.refused >= 2 })
            #expect(queue.remaining.first?.attempts ?? 0 >= 2)
            #expect(relay.statistics.acknowledged == 2)
        }
        await broker.kill()
    }

    @Test func aQueueThatFailsForAWhileLosesNothing() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/#")
        let queue = MemoryQueue((1...40).map { .sample($0) })
        queue.fail(times: 3)
        try await relaying(queue, settings(broker)) { relay, _ in
            #expect(await eventually { queue.depth == 0 })
            #expect(relay.statistics.queueFailures == 3)
            queue.fail(times: 1)
            queue.add([.sample(41)])
            #expect(await eventually { queue.depth == 0 })
            #expect(await listener.wait { Set($0.map(\.payload)).count == 41 })
        }
        await listener.stop()
        await broker.kill()
    }

    @Test func aThumbnailFollowsItsAlertAndALargeOneIsLeftOut() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/#")
        let queue = MemoryQueue([.sample(1), .sample(2)])
        try await relaying(queue, settings(broker)) { item in
            let size = item.sequence == 1 ? 100 : Relay.thumbnailLimit + 1
            return ("shrike/v1/s/g/evidence/\(item.alertID)/thumb", [UInt8](repeating: 65, count: size))
        } _: { relay, _ in
            #expect(await listener.wait { $0.count == 3 })
            #expect(await eventually { relay.statistics.thumbnails == 1 && relay.statistics.thumbnailsDropped == 1 })
        }
        #expect(listener.messages.contains { $0.topic.hasSuffix("/thumb") && $0.payload.count == 100 })
        #expect(listener.messages.first?.topic.contains("/alert/") == true)
        await listener.stop()
        await broker.kill()
    }
}
