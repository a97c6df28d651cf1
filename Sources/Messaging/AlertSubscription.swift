public import ShrikeCore

/// Alerts of one or more gateways as they come, each once, over a session that survives restarts of the broker.
///
/// The session must be running (``MQTTSession/run()``) and keeps its own connection; the sequence ends when it stops.
/// Iterate once: the messages of the session are taken from when this value was made.
public struct AlertSubscription: AsyncSequence, Sendable {
    public enum Element: Sendable {
        case alert(ReceivedAlert)
        /// Retained: whether a gateway is online.
        case status(site: String, gateway: String, document: JSONValue)
        /// An announced loss or a position; only where the filter includes them.
        case proof(TopicAddress, document: JSONValue)
        case connection(ConnectionEvent)
    }

    public typealias Failure = Never

    private let notifications: AsyncStream<MQTTSession.Notification>
    private let filter: AlertFilter
    private let remembered: Int
    private let keepsDuplicates: Bool
    private let counter = SubscriptionCounter()

    /// - Parameters:
    ///   - remembering: ids by which repeated alerts are told.
    ///   - keepsDuplicates: repeated alerts come too, for a subscriber with a ledger of its own.
    public init(
        session: MQTTSession, filter: AlertFilter, remembering: Int = 10_000, keepsDuplicates: Bool = false
    ) {
        (self.filter, remembered, self.keepsDuplicates) = (filter, remembering, keepsDuplicates)
        notifications = session.notifications()
        for topicFilter in filter.topicFilters { session.subscribe(topicFilter) }
    }

    /// Messages on alert or status topics that were no such document.
    public var malformedCount: Int { counter.malformed }

    /// Alerts left out because they had come before.
    public var duplicateCount: Int { counter.duplicates }

    public func makeAsyncIterator() -> Iterator {
        Iterator(
            base: notifications.makeAsyncIterator(), filter: filter, recent: RecentIDs(capacity: remembered),
            counter: counter, keepsDuplicates: keepsDuplicates)
    }

    public struct Iterator: AsyncIteratorProtocol {
        var base: AsyncStream<MQTTSession.Notification>.Iterator
        let filter: AlertFilter
        var recent: RecentIDs
        let counter: SubscriptionCounter
        let keepsDuplicates: Bool

        public mutating func next() async -> Element? { await next(isolation: nil) }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            while let notification = await base.next(isolation: actor) {
                switch notification {
                case .connection(let event): return .connection(event)
                case .message(let message): if let element = read(message) { return element }
                }
            }
            return nil
        }

        private mutating func read(_ message: MQTTMessage) -> Element? {
            guard let address = TopicAddress(message.topic), filter.accepts(address) else { return nil }
            switch address.kind {
            case .status, .gap, .position:
                guard let document = try? JSONValue(parsing: message.payload, maximumBytes: 1 << 16) else {
                    counter.countMalformed()
                    return nil
                }
                guard case .status = address.kind else { return .proof(address, document: document) }
                return .status(site: address.site, gateway: address.gateway, document: document)
            default: break
            }
            guard let alert = ReceivedAlert(message, address) else {
                counter.countMalformed()
                return nil
            }
            guard filter.classes.isEmpty || filter.classes.contains(alert.className) else { return nil }
            guard keepsDuplicates || recent.insert(alert.alertID) else {
                counter.countDuplicate()
                return nil
            }
            return .alert(alert)
        }
    }
}
