import CMosquitto
import Glibc

/// What became of one attempt to connect. Touched by the session's thread alone: libmosquitto's callbacks run on it.
final class SessionAttempt: @unchecked Sendable {
    // Proof: see above; the reference crosses only into those callbacks.
    private var answer: CInt?
    private var acceptedAt: ContinuousClock.Instant?
    private var problem: String?
    private(set) var sessionWasPresent = false

    func didAnswer(reasonCode: CInt, sessionPresent: Bool) {
        answer = reasonCode
        sessionWasPresent = sessionPresent
    }

    /// Remembers the first reason; later ones follow from it.
    func note(_ text: String) { problem = problem ?? text }

    /// True once, after the broker accepted the connection.
    func takeAcceptance() -> Bool {
        guard answer == 0, acceptedAt == nil else { return false }
        acceptedAt = .now
        problem = nil
        return true
    }

    var wasEstablished: Bool { acceptedAt != nil }

    /// A connection that is broken at once (another client with our id) must not be made again without pause.
    var wasStable: Bool { acceptedAt.map { .now - $0 > .seconds(5) } ?? false }

    var isRefused: Bool { answer.map { $0 != 0 } ?? false }

    /// 4 and 5 are what MQTT 3 brokers say; 134 bad user name or password, 135 not authorized, 138 banned, 140 bad method.
    var refusesCredentials: Bool { answer.map { [4, 5, 134, 135, 138, 140].contains($0) } ?? false }

    func event(_ failure: MosquittoFailure?, broker: String, retryAfter: Duration) -> ConnectionEvent {
        if refusesCredentials, let answer {
            return .credentialsRefused(broker: broker, reason: Self.text(reasonCode: answer))
        }
        if wasEstablished {
            return .lost(broker: broker, reason: reason(failure), retryAfter: retryAfter)
        }
        if let answer, answer != 0 {
            return .unreachable(broker: broker, reason: Self.text(reasonCode: answer), retryAfter: retryAfter)
        }
        return .unreachable(broker: broker, reason: reason(failure), retryAfter: retryAfter)
    }

    private func reason(_ failure: MosquittoFailure?) -> String {
        guard let failure else { return problem ?? "closed" }
        let text = failure.isKind(MOSQ_ERR_ERRNO) ? String(cString: strerror(errno)) : failure.text
        return problem.map { "\(text) \($0)" } ?? text
    }

    private static func text(reasonCode: CInt) -> String { String(cString: mosquitto_reason_string(reasonCode)) }
}
