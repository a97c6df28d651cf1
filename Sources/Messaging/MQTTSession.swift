import CMosquitto
import Foundation
import ShrikeCore

/// A durable MQTT 5 session: keeps a connection to the broker for as long as it runs, however often it breaks.
///
/// A thread of its own runs libmosquitto and reconnects with back-off from 0.1 to 60 s with full jitter. A message is
/// handed over only while there is a connection, and never sent again here: whoever published it learns that the
/// connection was lost and decides.
public final class MQTTSession: @unchecked Sendable {
    // Proof: every stored property that changes is only touched under `lock`.
    public typealias Completion = @Sendable (Result<PublishAcknowledgement, MessagingError>) -> Void

    public enum Notification: Sendable {
        case connection(ConnectionEvent)
        case message(MQTTMessage)
    }

    private let configuration: MQTTSessionConfiguration
    private let broadcast = Broadcast<Notification>()
    private let lock = NSCondition()
    private var connection: MQTTConnection?
    private var waiting: [CInt: Completion] = [:]
    private var filters: [String] = []
    private var subscribing: [CInt: String] = [:]
    private var isStopping = false
    private var hasStarted = false
    private var running: OnceContinuation?

    /// - Throws: ``MessagingError`` `.configuration` where a certificate file cannot be read or an id is empty.
    public init(_ configuration: MQTTSessionConfiguration) throws(MessagingError) {
        let tls = configuration.tls
        for file in [tls.authorityFile, tls.certificateFile, tls.keyFile].compactMap(\.self)
        where access(file, R_OK) != 0 {
            throw MessagingError(
                .configuration, "a certificate or key file cannot be read", at: file,
                remedy: "check the path and that this user may read it")
        }
        guard (tls.certificateFile == nil) == (tls.keyFile == nil) else {
            throw MessagingError(
                .configuration, "a client certificate needs its key, and a key its certificate",
                at: configuration.address.description, remedy: "give both files or none")
        }
        guard (1...128).contains(configuration.clientID.utf8.count), !configuration.clientID.contains("\0") else {
            throw MessagingError(
                .configuration, "no usable client id", at: configuration.address.description,
                remedy: "use 1 to 128 bytes")
        }
        self.configuration = configuration
    }

    public var address: BrokerAddress { configuration.address }

    public var isConnected: Bool { lock.withLock { connection != nil } }

    /// Notifications that a listener did not take in time, over all listeners.
    public var droppedNotifications: Int { broadcast.droppedCount }

    /// Connection events and received messages from now on. Every listener gets its own stream with this buffer; where
    /// it is full, the newest are dropped and counted.
    public func notifications(buffer: Int = 10_000) -> AsyncStream<Notification> { broadcast.listen(buffer: buffer) }

    /// Keeps the session until the task is cancelled or ``stop()`` is called; then says goodbye and returns, at the latest
    /// after 3 s. Call once.
    public func run() async {
        let first = lock.withLock {
            defer { hasStarted = true }
            return !hasStarted
        }
        guard first else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                let once = OnceContinuation(done)
                lock.withLock { running = once }
                let thread = Thread { [self] in
                    keepConnected()
                    broadcast.send(.connection(.stopped))
                    broadcast.finish()
                    once.resume()
                }
                thread.name = "mqtt"
                thread.stackSize = 1 << 20
                thread.start()
            }
        } onCancel: {
            stop()
        }
    }

    /// Ends ``run()`` from anywhere.
    public func stop() {
        let running = lock.withLock {
            isStopping = true
            lock.broadcast()
            defer { self.running = nil }
            return self.running
        }
        guard let running else { return }
        // A thread that waits for TCP to connect cannot be interrupted; it holds nothing that must be saved.
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 3)
            running.resume()
        }
    }

    /// Hands a message over; messages go out in the order of the calls.
    ///
    /// - Parameter completion: called once, on the session's thread, with the broker's answer, or with `.connectionLost`.
    ///   Never called where this throws. For `.atMostOnce` it is called when the message was written.
    /// - Throws: ``MessagingError`` `.offline` or `.rejected`; then nothing was handed over.
    public func publish(_ message: MQTTMessage, completion: @escaping Completion) throws(MessagingError) {
        lock.lock()
        defer { lock.unlock() }
        guard let connection else {
            throw MessagingError(
                .offline, "there is no connection to the broker", at: address.description, remedy: "try again later")
        }
        do {
            // Under the lock, so the acknowledgement cannot overtake the entry; no callback runs in this call.
            waiting[try connection.publish(message)] = completion
        } catch {
            guard error.isKind(MOSQ_ERR_NO_CONN) || error.isKind(MOSQ_ERR_CONN_LOST) else {
                throw MessagingError(
                    .rejected, "the message cannot be sent (\(error.text))", at: message.topic,
                    remedy: "check its size against the broker's limit")
            }
            throw MessagingError(
                .offline, "there is no connection to the broker", at: address.description, remedy: "try again later")
        }
    }

    /// Publishes and waits for the broker's answer.
    ///
    /// - Throws: ``MessagingError`` as in ``publish(_:completion:)``, and `.connectionLost`.
    public func publish(_ message: MQTTMessage) async throws(MessagingError) -> PublishAcknowledgement {
        let result: Result<PublishAcknowledgement, MessagingError> = await withCheckedContinuation { continuation in
            do throws(MessagingError) {
                try publish(message) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Adds a topic filter, now if there is a connection and on every new session. Answers come as notifications.
    public func subscribe(_ filter: String) {
        lock.withLock {
            filters.append(filter)
            if let connection, let mid = try? connection.subscribe(filter) { subscribing[mid] = filter }
        }
    }

    // MARK: The session's thread

    private var stopRequested: Bool { lock.withLock { isStopping } }

    private func keepConnected() {
        var backoff = Backoff(minimum: configuration.minimumRetryDelay, maximum: configuration.maximumRetryDelay)
        while !stopRequested {
            let attempt = SessionAttempt()
            let failure = connectAndServe(attempt)
            abandonWaiting()
            guard !stopRequested else { break }
            if attempt.wasStable { backoff.reset() }
            var delay = backoff.next(jitter: Double.random(in: 0...1))
            if attempt.refusesCredentials { delay = max(delay, configuration.refusedRetryDelay) }
            broadcast.send(.connection(attempt.event(failure, broker: address.description, retryAfter: delay)))
            sleep(delay)
        }
    }

    /// One connection from CONNECT to its end.
    private func connectAndServe(_ attempt: SessionAttempt) -> MosquittoFailure? {
        do {
            let connectID = UUID().uuidString.lowercased()
            let connection = try MQTTConnection(
                configuration, will: presenceMessage(online: false, connectID: connectID)
            ) { [weak self] event in self?.handle(event, attempt) }
            try connection.open(configuration)
            let deadline = ContinuousClock.now + configuration.keepAlive
            while !stopRequested {
                try connection.run(milliseconds: 250)
                if attempt.takeAcceptance() { establish(connection, attempt, connectID) }
                if attempt.isRefused { return nil }
                if !attempt.wasEstablished, ContinuousClock.now > deadline {
                    attempt.note("no answer within \(configuration.keepAlive)")
                    return nil
                }
            }
            if attempt.wasEstablished { sayGoodbye(connection, connectID) }
            return nil
        } catch {
            return error
        }
    }

    /// From here on messages may be handed over.
    private func establish(_ connection: MQTTConnection, _ attempt: SessionAttempt, _ connectID: String) {
        if let online = presenceMessage(online: true, connectID: connectID) { _ = try? connection.publish(online) }
        lock.withLock {
            self.connection = connection
            subscribing = [:]
            for filter in filters {
                if let mid = try? connection.subscribe(filter) { subscribing[mid] = filter }
            }
        }
        broadcast.send(
            .connection(.connected(broker: address.description, sessionPresent: attempt.sessionWasPresent)))
    }

    /// Publishes that we are offline, and closes in order.
    private func sayGoodbye(_ connection: MQTTConnection, _ connectID: String) {
        lock.withLock { self.connection = nil }
        let deadline = ContinuousClock.now + .seconds(1)
        if let offline = presenceMessage(online: false, connectID: connectID),
            let mid = try? connection.publish(offline)
        {
            let isTaken = Flag()
            lock.withLock { waiting[mid] = { _ in isTaken.raise() } }
            while !isTaken.isRaised, ContinuousClock.now < deadline,
                (try? connection.run(milliseconds: 50)) != nil
            {}
        }
        connection.close(endingSession: configuration.endsSessionOnStop)
        while ContinuousClock.now < deadline, (try? connection.run(milliseconds: 50)) != nil {}
    }

    private func handle(_ event: MQTTConnection.Event, _ attempt: SessionAttempt) {
        switch event {
        case .answered(let code, let sessionPresent):
            attempt.didAnswer(reasonCode: code, sessionPresent: sessionPresent)
        case .acknowledged(let mid, let code):
            let completion = lock.withLock { waiting.removeValue(forKey: mid) }
            completion?(.success(PublishAcknowledgement(reasonCode: UInt8(clamping: code))))
        case .subscribed(let mid, let code):
            guard let filter = lock.withLock({ subscribing.removeValue(forKey: mid) }) else { return }
            broadcast.send(
                .connection(
                    code < 0x80
                        ? .subscribed(filter: filter)
                        : .subscriptionRefused(filter: filter, reasonCode: UInt8(clamping: code))))
        case .received(let message): broadcast.send(.message(message))
        case .problem(let text): attempt.note(text)
        }
    }

    private func abandonWaiting() {
        let abandoned = lock.withLock {
            connection = nil
            defer { waiting = [:] }
            return Array(waiting.values)
        }
        let error = MessagingError(
            .connectionLost, "the connection ended before the acknowledgement", at: address.description,
            remedy: "send it again; it may have arrived")
        for completion in abandoned { completion(.failure(error)) }
    }

    private func presenceMessage(online: Bool, connectID: String) -> MQTTMessage? {
        guard let presence = configuration.presence else { return nil }
        var fields = presence.fields
        fields["online"] = .bool(online)
        fields["connect_id"] = .string(connectID)
        return MQTTMessage(
            topic: presence.topic, payload: Array(JSONValue.object(fields).canonicalText.utf8), isRetained: true,
            contentType: "application/json")
    }

    private func sleep(_ delay: Duration) {
        let end = Date(timeIntervalSinceNow: delay / .seconds(1))
        lock.lock()
        while !isStopping, lock.wait(until: end) {}
        lock.unlock()
    }
}
