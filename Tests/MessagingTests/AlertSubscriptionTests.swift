import Foundation
import Messaging
import ShrikeCore
import TestKit
import Testing

@Suite(.serialized, .enabled(if: BrokerHarness.isAvailable, "needs the packages mosquitto and mosquitto-clients"))
struct AlertSubscriptionTests {
    private func settings(_ broker: BrokerHarness) throws -> MQTTSessionConfiguration {
        var settings = MQTTSessionConfiguration(
            address: BrokerAddress(host: "127.0.0.1", port: broker.port), clientID: "c-\(UUID().uuidString.prefix(8))")
        settings.maximumRetryDelay = .milliseconds(400)
        return settings
    }

    /// Follows until so many alerts came; `body` publishes them.
    private func collect(
        _ count: Int, _ filter: AlertFilter, _ broker: BrokerHarness,
        _ body: @escaping @Sendable (MQTTSession) async throws -> Void
    ) async throws -> (alerts: [ReceivedAlert], malformed: Int, duplicates: Int) {
        try await withSession(settings(broker)) { session, log in
            let subscription = AlertSubscription(session: session, filter: filter)
            #expect(await log.wait { if case .subscribed = $0 { true } else { false } })
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withSession(settings(broker)) { publisher, log in
                        #expect(await log.wait { $0.isConnected })
                        try await body(publisher)
                    }
                }
                var alerts: [ReceivedAlert] = []
                for await case .alert(let alert) in subscription {
                    alerts.append(alert)
                    if alerts.count == count { break }
                }
                try await group.waitForAll()
                return (alerts, subscription.malformedCount, subscription.duplicateCount)
            }
        }
    }

    private func message(_ alert: Alert, topic: String? = nil) -> MQTTMessage {
        MQTTMessage(
            topic: topic ?? "shrike/v1/\(alert.site)/\(alert.gateway)/alert/\(alert.grade.rawValue)/cam",
            payload: Array(alert.json.canonicalText.utf8))
    }

    @Test func onlyWantedAlertsComeAndEachOnce() async throws {
        let broker = try await BrokerHarness.started()
        let filter = try AlertFilter(site: "s", classes: ["hot_cell"], grades: [.serious, .critical])
        let outcome = try await collect(2, filter, broker) { publisher in
            for bad in ["not json", "{}", #"{"schema":"shrike.alert/2"}"#] {
                _ = try await publisher.publish(
                    MQTTMessage(topic: "shrike/v1/s/g/alert/serious/cam", payload: Array(bad.utf8)))
            }
            _ = try await publisher.publish(message(.sample(1)))
            var again = Alert.sample(1)
            again.isResend = true
            _ = try await publisher.publish(message(again))
            _ = try await publisher.publish(message(.sample(2, grade: .info)))
            _ = try await publisher.publish(message(.sample(3, className: "other")))
            _ = try await publisher.publish(message(.sample(4), topic: "shrike/v1/elsewhere/g/alert/serious/cam"))
            _ = try await publisher.publish(message(.sample(5), topic: "shrike/v1/s/g/replay/r/alert/serious/cam"))
            _ = try await publisher.publish(message(.sample(6, grade: .critical)))
        }
        #expect(outcome.alerts.map { $0.document["seq"]?.integerValue } == [1, 6])
        #expect(outcome.alerts.map(\.grade) == [.serious, .critical])
        #expect(outcome.malformed == 3)
        #expect(outcome.duplicates == 1)
        await broker.kill()
    }

    @Test func replaysComeOnRequest() async throws {
        let broker = try await BrokerHarness.started()
        let outcome = try await collect(1, AlertFilter(includesReplays: true), broker) { publisher in
            _ = try await publisher.publish(message(.sample(1), topic: "shrike/v1/s/g/replay/run-7/alert/serious/cam"))
        }
        #expect(outcome.alerts.first?.run == "run-7")
        await broker.kill()
    }

    @Test func followingGoesOnAfterTheBrokerWasKilled() async throws {
        let broker = try await BrokerHarness.started()
        let outcome = try await collect(2, AlertFilter(), broker) { publisher in
            _ = try await publisher.publish(message(.sample(1)))
            await broker.kill()
            try await broker.start()
            #expect(await eventually { (try? await publisher.publish(message(.sample(2))))?.isAccepted == true })
        }
        #expect(outcome.alerts.map { $0.document["seq"]?.integerValue } == [1, 2])
        await broker.kill()
    }
}
