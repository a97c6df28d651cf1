import Dashboard
import Evidence
import Foundation
import FrameSources
import Imaging
import Integrity
public import Logging
import Messaging
import Outbox
import ServiceLifecycle
import ShrikeCore
import UnixSignals

/// `shrike run`: sources to alerts to MQTT, until stopped.
///
/// One task tree. The broker session starts first and stops last, so intake stops first and the outbox drains. SIGTERM and
/// SIGINT end it within 5 seconds; SIGHUP reads the configuration again: sources go on where only versions of scenes
/// changed, and start anew otherwise.
public struct GatewayAgent: Sendable {
    public struct Options: Sendable {
        /// Ends when every source has ended, instead of waiting for a signal.
        public var exitsWhenDone = false
        /// Read again at SIGHUP; nil where the configuration came from elsewhere.
        public var configurationPath: String?

        public init() {}
    }

    private let configuration: GatewayConfiguration
    private let options: Options
    private let logger: Logger

    public init(configuration: GatewayConfiguration, options: Options = Options(), logger: Logger) {
        (self.configuration, self.options, self.logger) = (configuration, options, logger)
    }

    /// Runs until a signal, or until all sources have ended where the options say so.
    ///
    /// - Throws: ``AgentError`` where the agent cannot start; whatever fails later is logged, counted and tried again.
    public func run() async throws {
        // Until the handler is there, a reload that comes early must not end the program.
        signal(SIGHUP, SIG_IGN)
        ThreadHeaps.share()
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        try makeFolder(configuration.stateFolder)
        let topics = try translating { try Topics(site: configuration.site, gateway: configuration.gateway) }
        let outbox = try OutboxOpening.open(configuration, topics: topics, logger: logger)
        let evidence = try translating {
            try EvidenceStore(
                directory: URL(filePath: configuration.stateFolder + "/evidence"),
                limits: .init(
                    maximumBytes: Int64(configuration.evidence.maximumBytes),
                    maximumAgeDays: configuration.evidence.keepDays,
                    minimumFreeBytes: Int64(configuration.evidence.reserveBytes)))
        }
        let metrics = AgentMetrics(registry: MetricsRegistry())
        let health = SourceHealth()
        let link = try BrokerLink(configuration, topics: topics, logger: logger)
        let recorder = EvidenceRecorder(store: evidence, quality: configuration.evidence.jpegQuality)
        let orders = StandingOrders()
        orders.restore((try? await outbox.standingOrders()) ?? [])
        let board = ProgressBoard()
        let snapshots = SnapshotDesk(session: link.session, topics: topics)
        let sources = SourceSupervisor(
            configuration: configuration, options: options, logger: logger,
            parts: .init(
                outbox: outbox, topics: topics, metrics: metrics, health: health, session: link.session,
                evidence: recorder, orders: orders, snapshots: snapshots, board: board))
        try await sources.prepare()
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let broker = link.broker {
            services.append(.init(service: EmbeddedBrokerService(broker: broker, logger: logger)))
        }
        if let session = link.session {
            services.append(
                .init(service: SessionService(session: session, broker: link.broker, logger: logger, metrics: metrics)))
            services.append(
                .init(
                    service: RelayService(
                        outbox: outbox, session: session, topics: topics, metrics: metrics, logger: logger,
                        evidence: configuration.evidence.thumbnails ? recorder : nil,
                        origin: OutboxOpening.origin(configuration), delivery: delivery(topics))))
            if configuration.commands.isEnabled {
                services.append(
                    .init(
                        service: CommandService(
                            session: session, outbox: outbox, topics: topics,
                            origin: OutboxOpening.origin(configuration),
                            carrier: OrderCarrier(
                                outbox: outbox, standing: orders, snapshots: snapshots, sources: sources,
                                models: DesiredModels(sources: sources), logger: logger),
                            key: try commandKey(), metrics: metrics, logger: logger)))
            }
        }
        services.append(
            .init(
                service: UpkeepService(
                    outbox: outbox, folder: configuration.stateFolder, reserveBytes: configuration.outbox.reserveBytes,
                    metrics: metrics, logger: logger)))
        let report = StatusReport(
            outbox: outbox, session: link.session, topics: topics, metrics: metrics, health: health, evidence: evidence)
        services.append(.init(service: StatusService(report: report)))
        if configuration.http.isEnabled {
            services.append(
                .init(
                    service: DashboardServer(
                        host: configuration.http.host, port: configuration.http.port, metrics: metrics.registry,
                        logger: logger, refresh: { await report.refresh() }, health: { await report.health() })))
        }
        services.append(
            .init(
                service: WatchdogService(
                    board: board, notifier: ServiceNotifier(),
                    limit: .milliseconds(Int64(configuration.watchdog.stuckSeconds * 1000)), metrics: metrics,
                    logger: logger)))
        services.append(
            .init(
                service: sources,
                successTerminationBehavior: .gracefullyShutdownGroup))
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        group.maximumGracefulShutdownDuration = .seconds(4)
        group.maximumCancellationDuration = .seconds(1)
        await tellConfinement()
        logger.notice(
            "shrike is running",
            metadata: [
                "site": "\(configuration.site)", "gateway": "\(configuration.gateway)",
                "broker": "\(link.session.map { "\($0.address)" } ?? "off")",
                "http": configuration.http.isEnabled ? "\(configuration.http.host):\(configuration.http.port)" : "off",
            ])
        try await ServiceGroup(configuration: group).run()
        try? await outbox.record([JournalRecord(.stop, .object([:]))])
        logger.notice("shrike has stopped")
    }

    /// Says once where this machine cannot confine decoders as it should.
    private func tellConfinement() async {
        guard let isolation = configuration.decoding.isolation,
            let missing = try? await BlockingThread(label: "decoders").run({ isolation.missingMeans() }),
            !missing.isEmpty
        else { return }
        logger.warning(
            "decoders run without \(missing.joined(separator: " and ")), which this kernel lacks; see shrike doctor")
    }

    private func commandKey() throws(AgentError) -> VerifyingKey? {
        guard let file = configuration.commands.keyFile else { return nil }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8), let key = try? VerifyingKey(pem: text)
        else {
            throw AgentError(
                "this is no P-256 public key in PEM form", at: file,
                remedy: "make one: openssl ec -in key.pem -pubout -out public.pem")
        }
        return key
    }

    private func delivery(_ topics: Topics) -> RelayDelivery {
        switch configuration.broker.delivery {
        case .broker: .broker
        case .e2e: .endToEnd(ackTopic: topics.ack, consumers: Set([configuration.broker.consumer].compactMap(\.self)))
        }
    }

    private func makeFolder(_ path: String) throws(AgentError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw AgentError(
                "state folder cannot be made", at: path, remedy: "choose a folder this user may write to (key `state`)")
        }
    }

    private func quiet(_ logger: Logger) -> Logger {
        var copy = logger
        copy.logLevel = max(logger.logLevel, .warning)
        return copy
    }
}
