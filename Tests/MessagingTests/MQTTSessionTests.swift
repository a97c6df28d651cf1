import Foundation
import Messaging
import ShrikeCore
import TestKit
import Testing

@Suite(.serialized, .enabled(if: BrokerHarness.isAvailable, "needs the packages mosquitto and mosquitto-clients"))
struct MQTTSessionTests {
    private func configuration(
        _ broker: BrokerHarness, _ address: String? = nil, id: String = "test-\(UUID().uuidString.prefix(8))"
    ) throws -> MQTTSessionConfiguration {
        var configuration = MQTTSessionConfiguration(
            address: try BrokerAddress(parsing: address ?? "mqtt://127.0.0.1:\(broker.port)"), clientID: id)
        configuration.maximumRetryDelay = .milliseconds(400)
        return configuration
    }

    @Test func aMessageArrivesWithItsProperties() async throws {
        let broker = try await BrokerHarness.started()
        try await withSession(configuration(broker)) { session, log in
            session.subscribe("in/#")
            #expect(await log.wait { $0 == .subscribed(filter: "in/#") })
            var message = MQTTMessage(topic: "in/a", payload: Array("hello".utf8), contentType: "text/plain")
            message.userProperties = [.init("k", "v"), .init("k", "w")]
            let answer = try await session.publish(message)
            #expect(answer.isAccepted && !answer.hasNoSubscribers)
            #expect(await log.wait { $0.messages.count == 1 })
            #expect(log.messages == [message])
            #expect(try await session.publish(MQTTMessage(topic: "nobody", payload: [])).hasNoSubscribers)
        }
        await broker.kill()
    }

    @Test func aBrokerAbsentAtTheStartIsReportedAndFoundLater() async throws {
        let broker = try await BrokerHarness()
        try await withSession(configuration(broker)) { session, log in
            #expect(await log.wait { $0.isUnreachable })
            #expect(throws: MessagingError.self) {
                try session.publish(MQTTMessage(topic: "t", payload: [])) { _ in Issue.record("must not be called") }
            }
            try await broker.start()
            #expect(await log.wait { $0.isConnected })
        }
        await broker.kill()
    }

    @Test func subscriptionsAndQueuedMessagesSurviveARestartOfTheBroker() async throws {
        let broker = try await BrokerHarness.started()
        try await withSession(configuration(broker)) { _, log in
            #expect(await log.wait { $0.isConnected })
        }
        try await withSession(configuration(broker, id: "durable")) { session, log in
            session.subscribe("in/#")
            #expect(await log.wait { $0 == .subscribed(filter: "in/#") })
            await broker.kill()
            #expect(await log.wait { $0.isLost })
            try await broker.start()
            #expect(await log.wait { $0.events.filter(\.isConnected).count == 2 })
            #expect(
                log.events.last { $0.isConnected }
                    == .connected(
                        broker: "mqtt://127.0.0.1:\(broker.port)", sessionPresent: true))
            _ = try await session.publish(MQTTMessage(topic: "in/b", payload: [1]))
            #expect(await log.wait { $0.messages.count == 1 })
        }
        await broker.kill()
    }

    @Test func wrongCredentialsAreOneClearEventWithoutThePassword() async throws {
        let broker = try await BrokerHarness.started(.init(passwords: ["gateway": "right-horse"]))
        let wrong = try configuration(broker, "mqtt://gateway:wrong-horse@127.0.0.1:\(broker.port)")
        try await withSession(wrong) { _, log in
            #expect(await log.wait { $0.isRefused })
            let text = log.events.map(\.description).joined(separator: "\n")
            #expect(text.contains("broker refused the credentials"))
            #expect(text.contains("mqtt://127.0.0.1:\(broker.port)"))
            #expect(!text.contains("horse"))
            // Tried again, but slowly.
            try await Task.sleep(for: .seconds(1))
            #expect(log.events.count { $0.isRefused } == 1)
        }
        try await withSession(configuration(broker, "mqtt://gateway:right-horse@127.0.0.1:\(broker.port)")) { _, log in
            #expect(await log.wait { $0.isConnected })
        }
        await broker.kill()
    }

    @Test func onlyAGoodServerCertificateIsTrusted() async throws {
        let certificates = try await BrokerCertificates.make()
        defer { certificates.remove() }
        func outcome(_ server: BrokerCertificates.Pair, authority: String, host: String) async throws
            -> [ConnectionEvent]
        {
            let broker = try await BrokerHarness.started(
                .init(
                    tls: .init(
                        authorityFile: certificates.authorityFile, certificateFile: server.certificateFile,
                        keyFile: server.keyFile)))
            var settings = try configuration(broker, "mqtts://\(host):\(broker.port)")
            settings.tls.authorityFile = authority
            let events = try await withSession(settings) { _, log in
                #expect(await log.wait { $0.isConnected || $0.isUnreachable || $0.isLost })
                return log.events
            }
            await broker.kill()
            return events
        }
        let good = certificates.authorityFile
        #expect(
            try await outcome(certificates.server, authority: good, host: "localhost").contains(where: \.isConnected))
        #expect(
            try await outcome(certificates.server, authority: good, host: "127.0.0.1").contains(where: \.isConnected))
        for (server, authority) in [
            (certificates.server, certificates.otherAuthorityFile), (certificates.wrongHost, good),
            (certificates.expired, good),
        ] {
            let events = try await outcome(server, authority: authority, host: "localhost")
            #expect(!events.contains { $0.isConnected }, "\(server.certificateFile) \(events)")
            #expect(events.contains { $0.isUnreachable }, "\(events)")
        }
    }

    @Test func aClientCertificateLetsInOnlyWhoHoldsOne() async throws {
        let certificates = try await BrokerCertificates.make()
        defer { certificates.remove() }
        let broker = try await BrokerHarness.started(
            .init(
                tls: .init(
                    authorityFile: certificates.authorityFile, certificateFile: certificates.server.certificateFile,
                    keyFile: certificates.server.keyFile, requiresClientCertificate: true)))
        for (pair, isWelcome) in [(certificates.client, true), (certificates.foreignClient, false), (nil, false)] {
            var settings = try configuration(broker, "mqtts://localhost:\(broker.port)")
            settings.tls = .init(
                authorityFile: certificates.authorityFile, certificateFile: pair?.certificateFile,
                keyFile: pair?.keyFile)
            try await withSession(settings) { _, log in
                #expect(await log.wait { $0.isConnected || $0.isUnreachable || $0.isLost })
                #expect(log.events.contains { $0.isConnected } == isWelcome, "\(log.events)")
            }
        }
        await broker.kill()
    }

    @Test func filesThatCannotBeReadAreNamedBeforeAnythingOpens() throws {
        var settings = MQTTSessionConfiguration(
            address: BrokerAddress(host: "h", port: 1, usesTLS: true), clientID: "c")
        settings.tls.authorityFile = "/no/such/authority.pem"
        let missing = #expect(throws: MessagingError.self) { try MQTTSession(settings) }
        #expect(missing?.description.contains("/no/such/authority.pem") == true)
        settings.tls = .init(certificateFile: "/dev/null")
        #expect(throws: MessagingError.self) { try MQTTSession(settings) }
    }

    @Test func aConnectionThatFellSilentIsNoticed() async throws {
        let broker = try await BrokerHarness.started()
        var settings = try configuration(broker)
        settings.keepAlive = .seconds(5)
        try await withSession(settings) { session, log in
            #expect(await log.wait { $0.isConnected })
            broker.freeze()
            // Under way when the silence begins: whoever published must hear of it.
            await #expect(throws: MessagingError.self) {
                try await session.publish(MQTTMessage(topic: "t", payload: []))
            }
            #expect(await log.wait(upTo: .seconds(13)) { $0.isLost || $0.isUnreachable })
            broker.thaw()
            #expect(await log.wait { $0.events.count { $0.isConnected } == 2 })
        }
        await broker.kill()
    }

    @Test func presenceIsRetainedAndTheWillOfALostConnectionCarriesItsID() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "status")
        @Sendable func document(_ index: Int) async throws -> JSONValue {
            try #require(await listener.wait { $0.count > index }, "message \(index) of \(listener.messages)")
            return try JSONValue(parsing: Array(listener.messages[index].payload.utf8))
        }
        var settings = try configuration(broker, id: "gateway-1")
        settings.presence = .init(topic: "status", fields: ["boot_id": .string("b1")], willDelay: .zero)
        settings.minimumRetryDelay = .milliseconds(500)
        try await withSession(settings) { _, log in
            let online = try await document(0)
            #expect(online["online"] == .bool(true))
            #expect(online["boot_id"] == .string("b1"))
            #expect(await log.wait { $0.isConnected })
            try #require(SocketCutter.cut(toPort: broker.port) > 0)
            let will = try await document(1)
            #expect(will["online"] == .bool(false))
            #expect(will["connect_id"] == online["connect_id"])
            let back = try await document(2)
            #expect(back["online"] == .bool(true))
            #expect(back["connect_id"] != online["connect_id"])
        }
        // An orderly end says so at once.
        #expect(try await document(3)["online"] == .bool(false))
        await listener.stop()
        let late = try await BrokerListener(broker, topic: "status")
        #expect(await late.wait { $0.first?.isRetained == true })
        await late.stop()
        await broker.kill()
    }
}
