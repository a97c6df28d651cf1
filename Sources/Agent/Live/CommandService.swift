import Foundation
import Integrity
import Logging
import Messaging
import Outbox
import ServiceLifecycle
import ShrikeCore

/// Takes orders over MQTT, carries each out once, and answers.
struct CommandService: Service {
    let session: MQTTSession
    let outbox: Outbox
    let topics: Topics
    let origin: StreamOrigin
    let carrier: OrderCarrier
    /// Signs dangerous orders; nil refuses them.
    let key: VerifyingKey?
    let metrics: AgentMetrics
    let logger: Logger
    private static let buffer = 256
    private static let lastSignedKey = "signed"

    func run() async throws {
        let notifications = session.notifications(buffer: Self.buffer)
        session.subscribe(topics.command("+"))
        let accepts = key.map { key in
            { @Sendable (signature: String, bytes: [UInt8]) in
                Data(base64Encoded: signature).map { key.isValid($0, of: Data(bytes)) } ?? false
            }
        }
        let prefix = topics.command("")
        let lastSigned = (try? await outbox.standingOrders())?.first { $0.key == Self.lastSignedKey }?.value.stringValue
            .flatMap { Timestamp(rfc3339: $0) }
        let start = ContinuousClock.now
        await cancelWhenGracefulShutdown {
            var desk = CommandDesk(
                topics: topics, site: origin.site, gateway: origin.gateway, lastSigned: lastSigned, accepts: accepts)
            for await case .message(let message) in notifications where message.topic.hasPrefix(prefix) {
                let verdict = desk.take(
                    message, now: ContinuousClock.now - start, time: ProcessClock.now(),
                    isSynced: ProcessClock.quality() != .unsynced)
                switch verdict {
                case .refuse(let id, let reason, let answer):
                    metrics.ordered(outcome: "refused")
                    guard let answer else { continue }
                    logger.warning("order refused: \(reason)", metadata: ["cmd_id": "\(id)"])
                    send(reply(id, "refused", reason: reason), to: answer)
                case .carryOut(let command, let answer):
                    let reply = await carryOut(command)
                    if let answer { send(reply, to: answer) }
                }
            }
        }
    }

    /// Carries out, unless it was before; the answer, its effect and its record are one transaction.
    private func carryOut(_ command: Command) async -> JSONValue {
        do {
            if let known = try await outbox.reply(toCommand: command.id) {
                metrics.ordered(outcome: "repeated")
                var fields = known.objectValue ?? [:]
                fields["repeated"] = .bool(true)
                return .object(fields)
            }
            let effect = await carrier.effect(of: command)
            let reply = reply(command.id, effect.outcome, reason: effect.reason, result: effect.result)
            var record = command.json.objectValue ?? [:]
            record["outcome"] = .string(effect.outcome)
            record["reason"] = effect.reason.map { .string($0) }
            var outcome = Outbox.CommandOutcome(id: command.id, reply: reply, record: .object(record))
            (outcome.sets, outcome.ends) = (effect.sets, effect.ends)
            if command.order.isDangerous {
                outcome.sets.append(.init(key: Self.lastSignedKey, value: .string(command.issuedAt.rfc3339)))
            }
            try await outbox.store(outcome)
            await carrier.apply(effect)
            metrics.ordered(outcome: effect.outcome)
            logger.notice(
                "order \(command.order.verb): \(effect.outcome)\(effect.reason.map { " (\($0))" } ?? "")",
                metadata: ["cmd_id": "\(command.id)", "by": "\(command.by ?? "-")"])
            return reply
        } catch {
            logger.error("order cannot be carried out: \(error)", metadata: ["cmd_id": "\(command.id)"])
            return reply(command.id, "failed", reason: "the gateway's disk does not take it; nothing was changed")
        }
    }

    private func reply(_ id: String, _ outcome: String, reason: String? = nil, result: JSONValue? = nil) -> JSONValue {
        .object(compacting: [
            "schema": .string(MessageSchema.reply.rawValue), "cmd_id": .string(id), "site": .string(origin.site),
            "gateway": .string(origin.gateway), "ts": .string(ProcessClock.now().rfc3339), "outcome": .string(outcome),
            "reason": reason.map { .string($0) }, "result": result,
        ])
    }

    private func send(_ reply: JSONValue, to answer: CommandDesk.Answer) {
        try? session.publish(
            MQTTMessage(
                topic: answer.topic, payload: Array(reply.canonicalText.utf8), contentType: "application/json",
                correlationData: answer.correlation)
        ) { _ in }
    }
}
