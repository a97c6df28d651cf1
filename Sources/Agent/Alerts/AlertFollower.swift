import Foundation
import Messaging
public import ShrikeCore

/// `shrike alerts`: follows the alerts of gateways at a broker, each once, across restarts of the broker.
public struct AlertFollower: Sendable {
    public struct Options: Sendable {
        public var brokerURL = "mqtt://127.0.0.1:1883"
        public var caFile: String?
        public var certificateFile: String?
        public var keyFile: String?
        public var site: String?
        public var gateway: String?
        public var classes: [String] = []
        public var grades: [Grade] = []
        public var includesReplays = false
        /// Ends after so many alerts; nil goes on until cancelled.
        public var limit: Int?
        /// Names the subscription at the broker, so that alerts sent while nobody listens wait there; nil takes a new one.
        public var clientID: String?

        public init() {}
    }

    public enum Event: Sendable {
        case alert(document: JSONValue, topic: String, run: String?)
        /// A gateway went on or off line.
        case presence(site: String, gateway: String, isOnline: Bool)
        /// What happens to the connection, for a person; `isProblem` where nothing comes meanwhile.
        case connection(text: String, isProblem: Bool)
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// Calls `handle` for every event in order, until the limit or cancellation.
    ///
    /// - Throws: ``AgentError`` for an address or name that cannot be used.
    public func run(_ handle: @Sendable (Event) -> Void) async throws {
        let filter = try translating {
            try AlertFilter(
                site: options.site, gateway: options.gateway, classes: Set(options.classes),
                grades: Set(options.grades),
                includesReplays: options.includesReplays, includesStatus: true)
        }
        var settings = MQTTSessionConfiguration(
            address: try translating { try BrokerAddress(parsing: options.brokerURL) },
            clientID: options.clientID ?? "shrike-alerts-\(getpid())-\(UInt32.random(in: 0...UInt32.max))",
            tls: .init(
                authorityFile: options.caFile, certificateFile: options.certificateFile, keyFile: options.keyFile))
        settings.endsSessionOnStop = options.clientID == nil
        let session = try translating { try MQTTSession(settings) }
        let subscription = AlertSubscription(session: session, filter: filter)
        await withTaskGroup(of: Void.self) { group in
            // Cancelled with the group when the loop below ends.
            group.addTask { await session.run() }
            var remaining = options.limit ?? .max
            for await element in subscription {
                switch element {
                case .alert(let alert):
                    handle(.alert(document: alert.document, topic: alert.topic, run: alert.run))
                    remaining -= 1
                case .status(let site, let gateway, let document):
                    handle(
                        .presence(
                            site: site, gateway: gateway, isOnline: document["online"]?.boolValue ?? false))
                case .connection(let event): handle(Self.event(event))
                }
                if remaining <= 0 || Task.isCancelled { break }
            }
            session.stop()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    private static func event(_ event: ConnectionEvent) -> Event {
        switch event {
        case .connected, .subscribed, .stopped: .connection(text: "\(event)", isProblem: false)
        default: .connection(text: "\(event)", isProblem: true)
        }
    }
}
