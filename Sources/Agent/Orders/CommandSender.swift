import Foundation
import Integrity
import Messaging
public import ShrikeCore

/// `shrike command`: gives one order to one gateway and waits for its answer.
public struct CommandSender: Sendable {
    public struct Options: Sendable {
        public var brokerURL = "mqtt://127.0.0.1:1883"
        public var caFile: String?
        public var certificateFile: String?
        public var keyFile: String?
        public var site = ""
        public var gateway = ""
        public var verb = ""
        /// As in schema `shrike.command/1`.
        public var arguments = JSONValue.object([:])
        public var by: String?
        /// PEM file with the private key that signs; nil sends it unsigned.
        public var signingKeyFile: String?
        /// File for the picture of a snapshot.
        public var pictureFile: String?
        public var wait = Duration.seconds(10)

        public init() {}
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// - Returns: the gateway's answer, schema `shrike.reply/1`.
    /// - Throws: ``AgentError`` where the order cannot be made or nobody answers in time.
    public func run() async throws -> JSONValue {
        let command = try makeCommand()
        let topics = try translating { try Topics(site: options.site, gateway: options.gateway) }
        let session = try makeSession()
        let notifications = session.notifications()
        let replyTopic = "\(topics.root)/reply/\(command.id)"
        session.subscribe(replyTopic)
        if case .snapshot(let source) = command.order {
            session.subscribe(try translating { try topics.snapshot(source: source) })
        }
        return try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            // All are cancelled with the group when the answer is there or the time is over.
            group.addTask {
                await session.run()
                return nil
            }
            group.addTask { [self] in
                try await exchange(command, topics, replyTopic, session, notifications)
            }
            group.addTask { [self] in
                try await Task.sleep(for: options.wait)
                throw AgentError(
                    "no answer for \(options.wait)", at: topics.command(command.order.verb),
                    remedy: "check broker, site and gateway, and that `commands.enabled` is true there")
            }
            defer {
                session.stop()
                group.cancelAll()
            }
            while let answer = try await group.next() { if let answer { return answer } }
            throw CancellationError()
        }
    }

    private func exchange(
        _ command: Command, _ topics: Topics, _ replyTopic: String, _ session: MQTTSession,
        _ notifications: AsyncStream<MQTTSession.Notification>
    ) async throws -> JSONValue? {
        var reply: JSONValue?
        var isSaved = false
        let wantsPicture = command.order.verb == "snapshot" && options.pictureFile != nil
        for await notification in notifications {
            switch notification {
            case .connection(.subscribed(let filter)) where filter == replyTopic:
                _ = try await session.publish(
                    MQTTMessage(
                        topic: topics.command(command.order.verb), payload: Array(command.json.canonicalText.utf8),
                        contentType: "application/json", responseTopic: replyTopic,
                        correlationData: Array(command.id.utf8), expirySeconds: 30))
            case .connection(.credentialsRefused(let broker, let reason)):
                throw AgentError("the broker refuses us (\(reason))", at: broker, remedy: "check user and password")
            case .message(let message) where message.topic == replyTopic:
                guard message.correlationData == Array(command.id.utf8),
                    let document = try? JSONValue(parsing: message.payload, maximumBytes: 1 << 16)
                else { continue }
                if !wantsPicture || isSaved || document["outcome"]?.stringValue != "done" { return document }
                reply = document
            case .message(let message) where message.userProperty("cmd_id") == command.id:
                // It may come before the answer.
                guard let file = options.pictureFile else { continue }
                try save(message.payload, to: file)
                isSaved = true
                if let reply { return reply }
            default: continue
            }
        }
        return nil
    }

    private func save(_ bytes: [UInt8], to file: String) throws(AgentError) {
        do { try Data(bytes).write(to: URL(filePath: file)) } catch {
            throw AgentError("picture cannot be written", at: file, remedy: "name a file in a folder of yours")
        }
    }

    private func makeCommand() throws -> Command {
        let document = JSONValue.object(compacting: [
            "schema": .string(Command.schema), "cmd_id": .string(UUID().uuidString.lowercased()),
            "verb": .string(options.verb), "issued_at": .string(ProcessClock.now().rfc3339),
            "site": .string(options.site), "gateway": .string(options.gateway),
            "by": options.by.map { .string($0) }, "arguments": options.arguments,
        ])
        guard var command = Command(document) else {
            throw AgentError(
                "this is no order that a gateway takes", at: "\(options.verb) \(options.arguments.canonicalText)",
                remedy: "`shrike command --help` shows what each verb needs")
        }
        guard let file = options.signingKeyFile else { return command }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8), let key = try? SigningKey(pem: text),
            let signature = try? key.signature(of: Data(command.signedBytes))
        else {
            throw AgentError(
                "this is no P-256 private key in PEM form", at: file,
                remedy: "make one: openssl ecparam -name prime256v1 -genkey -noout -out key.pem")
        }
        command.signature = signature.base64EncodedString()
        return command
    }

    private func makeSession() throws -> MQTTSession {
        var settings = MQTTSessionConfiguration(
            address: try translating { try BrokerAddress(parsing: options.brokerURL) },
            clientID: "shrike-command-\(getpid())-\(UInt32.random(in: 0...UInt32.max))",
            tls: .init(
                authorityFile: options.caFile, certificateFile: options.certificateFile, keyFile: options.keyFile))
        settings.endsSessionOnStop = true
        return try translating { try MQTTSession(settings) }
    }
}
