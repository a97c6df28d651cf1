import Foundation
import Messaging
import ShrikeCore
import Synchronization
import TestKit
import Testing

/// Delivery end to end, positions, and what is decided while a backlog drains.
@Suite(.serialized, .enabled(if: BrokerHarness.isAvailable, "needs the packages mosquitto and mosquitto-clients"))
struct RelayDeliveryTests {
    private let ackTopic = "shrike/v1/s/g/ack"

    private func settings(_ broker: BrokerHarness) throws -> MQTTSessionConfiguration {
        var settings = MQTTSessionConfiguration(
            address: try BrokerAddress(parsing: "mqtt://127.0.0.1:\(broker.port)"),
            clientID: "gw-\(UUID().uuidString.prefix(8))")
        settings.maximumRetryDelay = .milliseconds(400)
        return settings
    }

    private func publish(_ receipt: String, _ broker: BrokerHarness) async throws {
        let result = try await ShrikeProcess.run(
            ["-h", "127.0.0.1", "-p", "\(broker.port)", "-V", "5", "-q", "1", "-t", ackTopic, "-m", receipt],
            program: "mosquitto_pub")
        try #require(result.ending == .exited(0))
    }

    @Test func endToEndAnAlertStaysUntilAConsumerHasIt() async throws {
        let broker = try await BrokerHarness.started()
        let queue = MemoryQueue((1...10).map { .sample($0) })
        try await withSession(settings(broker)) { session, log in
            let relay = Relay(
                queue: queue, session: session, delivery: .endToEnd(ackTopic: ackTopic, consumers: ["desk"]))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                defer { group.cancelAll() }
                // Nobody is subscribed: the broker takes them all and throws them away.
                #expect(await eventually(within: .seconds(60)) { relay.statistics.unrouted >= 10 })
                #expect(queue.depth == 10)
                #expect(await eventually(within: .seconds(60)) { broker.log.contains(ackTopic) })
                for wrong in [
                    #"{"consumer":"other","through_seq":10}"#, "no json", #"{"consumer":"desk","through_seq":11}"#,
                    #"{"consumer":"desk","through_seq":4,"stream":"ffffffffffffffffffffffffffffffff"}"#,
                    #"{"consumer":"desk","through_seq":-1}"#,
                ] {
                    try await publish(wrong, broker)
                }
                #expect(await eventually(within: .seconds(60)) { relay.statistics.receiptsIgnored == 5 })
                #expect(queue.depth == 10)
                try await publish(#"{"consumer":"desk","through_seq":4,"ranges":[[7,8]]}"#, broker)
                #expect(await eventually(within: .seconds(60)) { queue.remaining.map(\.sequence) == [5, 6, 9, 10] })
                try await publish(#"{"consumer":"desk","through_seq":10}"#, broker)
                #expect(await eventually(within: .seconds(60)) { queue.depth == 0 })
            }
        }
        await broker.kill()
    }

    @Test func endToEndWhatNoReceiptCameForIsSentAgainAndMarked() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/s/g/alert/#")
        let queue = MemoryQueue([.sample(1)])
        try await withSession(settings(broker)) { session, _ in
            let relay = Relay(queue: queue, session: session, delivery: .endToEnd(ackTopic: ackTopic, consumers: []))
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                defer { group.cancelAll() }
                #expect(await listener.wait(upTo: .seconds(90)) { $0.count >= 2 })
                #expect(relay.statistics.unreceipted >= 1)
            }
        }
        let copy = try JSONValue(parsing: Array(listener.messages[1].payload.utf8))
        #expect(copy["resend"] == .bool(true) && copy["attempt"] == .integer(2))
        await listener.stop()
        await broker.kill()
    }

    @Test func thePositionIsToldAgainWhenTheClockBecameRight() async throws {
        let broker = try await BrokerHarness.started()
        let topic = "shrike/v1/s/g/position"
        let listener = try await BrokerListener(broker, topic: topic)
        let queue = MemoryQueue([.sample(1)])
        let isRight = Atomic(false)
        let quality: @Sendable () -> ClockQuality = { isRight.load(ordering: .relaxed) ? .ntp : .unsynced }
        try await withSession(settings(broker)) { session, _ in
            let relay = Relay(
                queue: queue, session: session,
                position: { _ in MQTTMessage(topic: topic, payload: Array(quality().rawValue.utf8)) },
                clockQuality: quality)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                defer { group.cancelAll() }
                #expect(await eventually(within: .seconds(60)) { queue.depth == 0 })
                #expect(await listener.wait(upTo: .seconds(60)) { !$0.isEmpty })
                isRight.store(true, ordering: .relaxed)
                let isTold = await listener.wait(upTo: .seconds(60)) {
                    $0.last.map { String(decoding: $0.payload.utf8, as: UTF8.self) } == "ntp"
                }
                #expect(isTold)
            }
        }
        await listener.stop()
        await broker.kill()
    }

    @Test func whatIsDecidedDuringADrainDoesNotWaitForItsEnd() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/s/g/alert/#")
        let backlog = 1200
        let queue = MemoryQueue((1...backlog).map { .sample($0) })
        try await withSession(settings(broker)) { session, _ in
            let relay = Relay(queue: queue, session: session)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                defer { group.cancelAll() }
                #expect(await listener.wait(upTo: .seconds(60)) { !$0.isEmpty })
                queue.add((backlog + 1...backlog + 5).map { .sample($0) })
                #expect(await listener.wait(upTo: .seconds(120)) { $0.count == backlog + 5 })
            }
        }
        let order = try listener.messages.map {
            try JSONValue(parsing: Array($0.payload.utf8))["seq"]?.integerValue ?? 0
        }
        let live = order.indices.filter { order[$0] > backlog }
        #expect(live.map { order[$0] } == (1...5).map { Int64(backlog + $0) }, "in their order")
        #expect(order.filter { $0 <= backlog } == (1...Int64(backlog)).map(\.self), "the backlog in its own")
        #expect((live.last ?? .max) < backlog, "before the backlog's end")
        await listener.stop()
        await broker.kill()
    }

    @Test func theMessagesAroundAlertsSatisfyTheirSchemas() async throws {
        let origin = StreamOrigin(site: "s", gateway: "g", bootID: "boot")
        let (stream, time) = (String(repeating: "a", count: 32), Timestamp(microseconds: 1_700_000_000_000_000))
        let gap = SequenceGap(
            id: String(repeating: "b", count: 32), stream: stream, origin: origin, time: time, timeQuality: .unsynced,
            sequences: SequenceSet([3...4, 9...9]), counts: [.info: 2], reason: .age, isExact: false)
        let position = StreamPosition(stream: stream, last: 9, oldest: 5)
        let receipt = DeliveryReceipt(consumer: "desk", through: 4, beyond: SequenceSet([6...7]), stream: stream)
        let documents: [(MessageSchema, JSONValue)] = [
            (.gap, gap.json), (.position, position.json(origin: origin, time: time, timeQuality: .ntp)),
            (
                .position,
                position.json(
                    origin: origin, time: time, timeQuality: .ntp,
                    journal: (entry: 4, hash: String(repeating: "0", count: 64)))
            ),
            (.ack, receipt.json), (.ack, .object(["consumer": .string("x"), "through_seq": .integer(0)])),
        ]
        for (schema, document) in documents {
            let verdict = try SchemaCheck.validate([document.canonicalText], against: schema.text)
            #expect(verdict == nil, "\(schema.rawValue): \(verdict ?? "")")
            #expect(try SchemaCheck.validate([#"{"schema":"x"}"#], against: schema.text) != nil)
        }
        #expect(SequenceGap.read(gap.json)?.sequences == gap.sequences)
        #expect(StreamPosition(documents[1].1) == position)
        var wrong = try #require(gap.json.objectValue)
        wrong["count"] = .integer(2)
        #expect(SequenceGap.read(.object(wrong)) == nil, "figures that contradict each other")
    }
}
