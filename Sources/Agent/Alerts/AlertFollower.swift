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
        /// Keeps account of every stream and tells at the end what is missing; needs all classes and grades.
        public var verifies = false
        /// File in which the account goes on from run to run; nil begins anew each time.
        public var ledgerPath: String?
        /// Sends receipts under this name: what gateways with end-to-end delivery wait for.
        public var consumer: String?
        /// Ends when nothing new came for so long; nil goes on.
        public var idle: Duration?

        public init() {}

        var keepsAccount: Bool { verifies || consumer != nil || ledgerPath != nil }
    }

    public enum Event: Sendable {
        case alert(document: JSONValue, topic: String, run: String?)
        /// A gateway went on or off line.
        case presence(site: String, gateway: String, isOnline: Bool)
        /// A gateway had to drop alerts and says so.
        case gap(site: String, gateway: String, document: JSONValue)
        /// The account at the end.
        case verified(VerificationReport)
        /// What happens to the connection, for a person; `isProblem` where nothing comes meanwhile.
        case connection(text: String, isProblem: Bool)
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// Calls `handle` for every event in order, until the limit, the idle time or cancellation. Where an account is kept, its
    /// report is the last event, however it ends.
    ///
    /// - Throws: ``AgentError`` for an address, name or ledger that cannot be used.
    public func run(_ handle: @escaping @Sendable (Event) -> Void) async throws {
        let filter = try translating {
            try AlertFilter(
                site: options.site, gateway: options.gateway, classes: Set(options.classes),
                grades: Set(options.grades), includesReplays: options.includesReplays, includesStatus: true,
                includesProof: options.keepsAccount)
        }
        let proof = options.keepsAccount ? try StreamProof(path: options.ledgerPath) : nil
        let session = try makeSession()
        let subscription = AlertSubscription(session: session, filter: filter, keepsDuplicates: proof != nil)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            // All are cancelled with the group when the follower has ended.
            group.addTask {
                await session.run()
                return false
            }
            group.addTask { [self] in
                try await attend(proof, session)
                return false
            }
            group.addTask { [self] in
                await follow(subscription, proof, handle)
                try await sendReceipts(proof, session, force: true)
                session.stop()
                return true
            }
            defer { group.cancelAll() }
            while let isFollower = try await group.next(), !isFollower {}
        }
        if let proof {
            try proof.save()
            handle(.verified(proof.report(malformed: subscription.malformedCount)))
        }
        try Task.checkCancellation()
    }

    private func makeSession() throws -> MQTTSession {
        var settings = MQTTSessionConfiguration(
            address: try translating { try BrokerAddress(parsing: options.brokerURL) },
            clientID: options.clientID ?? "shrike-alerts-\(getpid())-\(UInt32.random(in: 0...UInt32.max))",
            tls: .init(
                authorityFile: options.caFile, certificateFile: options.certificateFile, keyFile: options.keyFile))
        settings.endsSessionOnStop = options.clientID == nil
        return try translating { try MQTTSession(settings) }
    }

    private func follow(
        _ subscription: AlertSubscription, _ proof: StreamProof?, _ handle: @Sendable (Event) -> Void
    ) async {
        var remaining = options.limit ?? .max
        for await element in subscription {
            switch element {
            case .alert(let alert):
                // Shown before it is accounted for: a receipt never speaks of what nobody saw.
                if proof?.isNew(alert) ?? true {
                    handle(.alert(document: alert.document, topic: alert.topic, run: alert.run))
                    remaining -= 1
                }
                proof?.take(alert)
            case .proof(let address, let document):
                if proof?.take(address, document) != nil {
                    handle(.gap(site: address.site, gateway: address.gateway, document: document))
                }
            case .status(let site, let gateway, let document):
                handle(
                    .presence(site: site, gateway: gateway, isOnline: document["online"]?.boolValue ?? false))
            case .connection(let event): handle(Self.event(event))
            }
            if remaining <= 0 || Task.isCancelled { break }
        }
    }

    /// Sends receipts and ends the session after the idle time.
    private func attend(_ proof: StreamProof?, _ session: MQTTSession) async throws {
        guard let proof else { return }
        var rounds = 0
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            rounds += 1
            try await sendReceipts(proof, session, force: rounds.isMultiple(of: 5))
            if let idle = options.idle, proof.quiet > idle { session.stop() }
        }
    }

    private func sendReceipts(_ proof: StreamProof?, _ session: MQTTSession, force: Bool) async throws {
        guard let proof, let consumer = options.consumer, session.isConnected else { return }
        for (stream, receipt) in try proof.receipts(consumer: consumer, force: force) {
            let topics = try Topics(site: stream.site, gateway: stream.gateway)
            // One that does not arrive is made up for by the next, or by the gateway's sending again.
            _ = try? await session.publish(
                MQTTMessage(
                    topic: topics.ack, payload: Array(receipt.json.canonicalText.utf8),
                    contentType: "application/json"))
        }
    }

    private static func event(_ event: ConnectionEvent) -> Event {
        switch event {
        case .connected, .subscribed, .stopped: .connection(text: "\(event)", isProblem: false)
        default: .connection(text: "\(event)", isProblem: true)
        }
    }
}
