public import ShrikeCore

/// Decides which messages are orders to be carried out, and which are answered: a value without clock and connection.
///
/// Whoever may publish on the command topics is not trusted: a message that is retained, has no expiry or a long one, is too
/// large, is no order to the letter, is meant for another gateway, came too late, or is dangerous and not signed changes
/// nothing. Such messages get one answer a second on average.
public struct CommandDesk: Sendable {
    public enum Verdict: Hashable, Sendable {
        case carryOut(Command, answer: Answer?)
        /// `answer` is nil where nobody asked for one or there were too many.
        case refuse(id: String, reason: String, answer: Answer?)
    }

    /// Where an answer goes.
    public struct Answer: Hashable, Sendable {
        public var topic: String
        public var correlation: [UInt8]?

        public init(topic: String, correlation: [UInt8]?) { (self.topic, self.correlation) = (topic, correlation) }
    }

    public struct Counts: Hashable, Sendable {
        public var accepted = 0
        public var refused = 0
        /// Refused, and not answered because there were too many.
        public var unanswered = 0
    }

    public private(set) var counts = Counts()
    /// When the newest signed order that was taken was issued: none older is taken, so a signed order that somebody kept
    /// cannot be sent again later, even where the gateway's clock is not set.
    public private(set) var lastSigned: Timestamp?
    private let topics: Topics
    private let site: String
    private let gateway: String
    /// Checks a signature; nil where no key is known and dangerous orders are refused.
    private let accepts: (@Sendable (_ signature: String, _ bytes: [UInt8]) -> Bool)?
    private var orders = TokenBucket(capacity: 10, perSecond: 5)
    private var refusals = TokenBucket(capacity: 3, perSecond: 1)

    public init(
        topics: Topics, site: String, gateway: String, lastSigned: Timestamp? = nil,
        accepts: (@Sendable (_ signature: String, _ bytes: [UInt8]) -> Bool)?
    ) {
        (self.topics, self.site, self.gateway, self.accepts) = (topics, site, gateway, accepts)
        self.lastSigned = lastSigned
    }

    /// - Parameters:
    ///   - now: on a clock that nobody sets, since any fixed moment.
    ///   - time: on the wall's clock.
    ///   - isSynced: whether that clock can be trusted.
    public mutating func take(
        _ message: MQTTMessage, now: Duration, time: Timestamp, isSynced: Bool
    ) -> Verdict {
        let answer = answer(to: message)
        switch read(message, time: time, isSynced: isSynced) {
        case .failure(let refusal): return refuse(refusal.id, refusal.reason, answer, now)
        case .success(let command):
            guard orders.take(at: now) else { return refuse(command.id, "too many orders at once", answer, now) }
            counts.accepted += 1
            if command.order.isDangerous { lastSigned = command.issuedAt }
            return .carryOut(command, answer: answer)
        }
    }

    private struct Refusal: Error {
        var id = ""
        var reason: String

        init(_ reason: String, _ id: String = "") { (self.id, self.reason) = (id, reason) }
    }

    private func read(_ message: MQTTMessage, time: Timestamp, isSynced: Bool) -> Result<Command, Refusal> {
        guard !message.isRetained else { return .failure(Refusal("retained orders are not carried out")) }
        guard let expiry = message.expirySeconds, expiry <= Command.maximumExpirySeconds else {
            return .failure(Refusal("a message expiry of at most \(Command.maximumExpirySeconds) s is missing"))
        }
        guard let document = try? JSONValue(parsing: message.payload, maximumBytes: Command.maximumBytes) else {
            return .failure(Refusal("this is no JSON of at most 64 KiB"))
        }
        let id = document["cmd_id"]?.stringValue.flatMap { Command.isID($0) ? $0 : nil } ?? ""
        guard let command = Command(document) else {
            return .failure(Refusal("this is no order of schema \(Command.schema)", id))
        }
        guard message.topic == topics.command(command.order.verb) else {
            return .failure(Refusal("the topic is of another verb", id))
        }
        guard command.site ?? site == site, command.gateway ?? gateway == gateway else {
            return .failure(Refusal("this order is for another gateway", id))
        }
        guard command.order.isDangerous else { return .success(command) }
        return check(dangerous: command, time: time, isSynced: isSynced).map { .failure($0) } ?? .success(command)
    }

    private func check(dangerous command: Command, time: Timestamp, isSynced: Bool) -> Refusal? {
        guard let accepts else {
            return Refusal("this order must be signed and the gateway has no key (commands.key_file)", command.id)
        }
        guard command.site == site, command.gateway == gateway else {
            return Refusal("a signed order must name site and gateway", command.id)
        }
        guard let signature = command.signature, accepts(signature, command.signedBytes) else {
            return Refusal("this order must be signed and is not, or by another key", command.id)
        }
        if let lastSigned, command.issuedAt < lastSigned {
            return Refusal("a signed order that was issued later was taken already", command.id)
        }
        // The gateway's own clock counts where it is known to be right.
        let age = time.since(command.issuedAt).seconds
        guard !isSynced || abs(age) <= Double(Command.maximumExpirySeconds) else {
            return Refusal(
                "the order was issued \(Int(age)) s ago by the gateway's clock; at most 60 are taken", command.id)
        }
        return nil
    }

    private mutating func refuse(_ id: String, _ reason: String, _ answer: Answer?, _ now: Duration) -> Verdict {
        counts.refused += 1
        guard let answer, refusals.take(at: now) else {
            counts.unanswered += 1
            return .refuse(id: id, reason: reason, answer: nil)
        }
        return .refuse(id: id, reason: reason, answer: answer)
    }

    /// An answer must not look like a message of a gateway, so it goes outside our topics or below `<root>/reply/`.
    private func answer(to message: MQTTMessage) -> Answer? {
        guard let topic = message.responseTopic, (1...256).contains(topic.utf8.count),
            !topic.contains(where: { $0 == "+" || $0 == "#" || $0 == "\0" }), !topic.hasPrefix("$"),
            !topic.hasPrefix("shrike/") || topic.hasPrefix(topics.root + "/reply/"),
            message.correlationData?.count ?? 0 <= 256
        else { return nil }
        return Answer(topic: topic, correlation: message.correlationData)
    }
}

/// So many at once, and so many a second (token bucket).
struct TokenBucket: Sendable {
    private let capacity: Double
    private let perSecond: Double
    private var tokens: Double
    private var last: Duration?

    init(capacity: Double, perSecond: Double) {
        (self.capacity, self.perSecond, tokens) = (capacity, perSecond, capacity)
    }

    mutating func take(at now: Duration) -> Bool {
        if let last { tokens = min(capacity, tokens + max(0, (now - last) / .seconds(1)) * perSecond) }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
