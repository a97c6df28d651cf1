import Hummingbird
public import Logging
public import ServiceLifecycle

/// The agent's HTTP side: `/metrics` for Prometheus and `/healthz` for a supervisor. Listens on loopback unless told
/// otherwise and serves nothing that changes state.
public struct DashboardServer: Service {
    public var host: String
    public var port: Int
    private let metrics: MetricsRegistry
    private let refresh: @Sendable () async -> Void
    private let health: @Sendable () async -> Health
    private let logger: Logger

    /// Whether the agent does its work, and a JSON document that says so.
    public struct Health: Sendable {
        public var isHealthy: Bool
        public var json: String

        public init(isHealthy: Bool, json: String) { (self.isHealthy, self.json) = (isHealthy, json) }
    }

    /// - Parameters:
    ///   - refresh: brings gauges up to date before they are rendered.
    ///   - health: answered on `/healthz`, with status 200 or 503.
    public init(
        host: String, port: Int, metrics: MetricsRegistry, logger: Logger,
        refresh: @escaping @Sendable () async -> Void, health: @escaping @Sendable () async -> Health
    ) {
        (self.host, self.port, self.metrics, self.logger) = (host, port, metrics, logger)
        (self.refresh, self.health) = (refresh, health)
    }

    public func run() async throws {
        let router = Router()
        router.get("/metrics") { [metrics, refresh] _, _ in
            await refresh()
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: .init(string: metrics.render())))
        }
        router.get("/healthz") { [health] _, _ in
            let health = await health()
            return Response(
                status: health.isHealthy ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: .init(string: health.json + "\n")))
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router, configuration: .init(address: .hostname(host, port: port), serverName: "shrike"),
            logger: quiet)
        try await application.runService(gracefulShutdownSignals: [])
    }
}
