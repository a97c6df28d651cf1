import Foundation
import Logging
import Messaging
import ShrikeCore

/// The broker as configured: an embedded one with a session to it, a session to an external one, or none.
struct BrokerLink: Sendable {
    var broker: EmbeddedBroker?
    var session: MQTTSession?

    init(_ configuration: GatewayConfiguration, topics: Topics, logger: Logger) throws {
        guard configuration.broker.mode != .off else { return }
        var address: BrokerAddress
        if configuration.broker.mode == .embedded {
            let broker = try translating {
                try EmbeddedBroker(
                    stateFolder: configuration.stateFolder + "/broker",
                    port: UInt16(clamping: configuration.broker.port),
                    onEvent: { event in Self.log(event, to: logger) })
            }
            self.broker = broker
            address = broker.address
        } else {
            address = try Self.address(of: configuration.broker)
        }
        var settings = MQTTSessionConfiguration(
            address: address, clientID: "shrike-\(configuration.site)-\(configuration.gateway)",
            tls: .init(
                authorityFile: configuration.broker.caFile, certificateFile: configuration.broker.certificateFile,
                keyFile: configuration.broker.keyFile),
            presence: .init(
                topic: topics.status,
                fields: [
                    "schema": .string("shrike.status/1"), "boot_id": .string(ProcessClock.bootID()),
                    "version": .string(AgentVersion.current),
                ]))
        settings.inFlightMaximum = 20
        session = try translating { try MQTTSession(settings) }
    }

    /// The address of an external broker with the credentials that stand in keys of their own.
    static func address(of broker: GatewayConfiguration.Broker) throws -> BrokerAddress {
        var address = try translating { try BrokerAddress(parsing: broker.url) }
        if let username = broker.username { address.username = username }
        if let password = broker.password { address.password = Secret(password) }
        if let file = broker.passwordFile {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8),
                let line = text.split(whereSeparator: \.isNewline).first
            else {
                throw AgentError(
                    "password file cannot be read or is empty", at: file, remedy: "put the password on its first line")
            }
            address.password = Secret(String(line))
        }
        return address
    }

    private static func log(_ event: EmbeddedBrokerEvent, to logger: Logger) {
        switch event {
        case .removedStale(let id): logger.notice("ended a broker that was left behind", metadata: ["pid": "\(id)"])
        case .started(let id): logger.debug("embedded broker started", metadata: ["pid": "\(id)"])
        case .log(let line): logger.debug("broker: \(line)")
        case .ended(let reason, let delay): logger.error("embedded broker ended (\(reason)); again in \(delay)")
        }
    }
}

/// Runs `body` and turns any target's error into an ``AgentError``-like text for the command line; errors already say what,
/// where and what to do.
func translating<R>(_ body: () throws -> R) throws(AgentError) -> R {
    do { return try body() } catch let error as AgentError { throw error } catch {
        let parts = "\(error)".split(separator: ": ", maxSplits: 1)
        let rest = parts.count == 2 ? parts[1].split(separator: "; ", maxSplits: 1) : []
        throw AgentError(
            parts.first.map(String.init) ?? "failed", at: rest.first.map(String.init) ?? "",
            remedy: rest.count == 2 ? String(rest[1]) : "see above")
    }
}
