import Alerting
import Foundation
import FrameSources
import Logging
import Messaging
import Outbox
import ServiceLifecycle
import ShrikeCore
import Synchronization
import UnixSignals

/// Runs a pipeline per source; at SIGHUP ends them and starts anew with the configuration as it is then.
final class SourceSupervisor: Service, @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    struct Parts: Sendable {
        var outbox: Outbox
        var topics: Topics
        var metrics: AgentMetrics
        var health: SourceHealth
        var session: MQTTSession?
        var evidence: EvidenceRecorder
        var orders: StandingOrders
        var snapshots: SnapshotDesk
        var board: ProgressBoard
    }

    private let options: GatewayAgent.Options
    private let logger: Logger
    private let parts: Parts
    private let initial: GatewayConfiguration
    private let lock = NSLock()
    private var generation: SourceGeneration?
    private var configuration: GatewayConfiguration
    private var knownThresholds: [String: Double] = [:]

    init(configuration: GatewayConfiguration, options: GatewayAgent.Options, logger: Logger, parts: Parts) {
        (initial, self.options, self.logger, self.parts) = (configuration, options, logger, parts)
        self.configuration = configuration
    }

    /// Loads scenes and opens sources, so that mistakes end the start and not the run.
    func prepare() async throws {
        let first = try await SourceGeneration.open(initial, parts: parts, logger: logger)
        lock.withLock { (generation, knownThresholds) = (first, first.thresholds) }
    }

    /// Whether the configuration names the source, on or off.
    func hasSource(_ id: String) -> Bool { lock.withLock { configuration.sources.contains { $0.id == id } } }

    var configurationInUse: GatewayConfiguration { lock.withLock { configuration } }

    /// Least score of each class that a scene in use finds.
    var thresholds: [String: Double] { lock.withLock { knownThresholds } }

    /// Opens the sources anew, without those that are switched off; an error leaves everything as it is.
    func reopen() async {
        do {
            try await succeed(with: lock.withLock { configuration })
        } catch {
            logger.error("sources cannot be opened anew, the old ones go on: \(error)")
        }
    }

    /// The old sources go on until the new ones are known to be right; a camera may be busy for that long.
    private func succeed(with next: GatewayConfiguration) async throws {
        let successor = try await SourceGeneration.open(next, as: .configuration, parts: parts, logger: logger)
        let old = lock.withLock { () -> SourceGeneration? in
            defer { (generation, configuration, knownThresholds) = (successor, next, successor.thresholds) }
            return generation
        }
        old?.stop(forGood: false)
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.reloadAtHangup() }
                group.addTask { await self.followActiveVersions() }
                await runGenerations()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.current?.stop(forGood: true)
        }
    }

    private var current: SourceGeneration? { lock.withLock { generation } }

    private func runGenerations() async {
        while let generation = current {
            await generation.run()
            let next = lock.withLock { () -> SourceGeneration? in
                if self.generation === generation { self.generation = nil }
                return self.generation
            }
            if next == nil {
                if generation.endedByItself, !options.exitsWhenDone {
                    logger.notice("all sources have ended; waiting for a signal")
                    await waitForSuccessorOrShutdown()
                }
            }
        }
    }

    private func waitForSuccessorOrShutdown() async {
        while current == nil, !Task.isCancelled, !Task.isShuttingDownGracefully {
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Looks at the pointers of `active:` scenes and moves on where one changed; a version that is refused is told once.
    private func followActiveVersions() async {
        var refused: [String: String] = [:]
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(500))
            guard let generation = current else { continue }
            let addresses = lock.withLock { configuration.scenes.map(\.address) }
            for (position, address) in addresses.enumerated() {
                guard let digest = generation.activeDigest(address), digest != generation.digest(at: position),
                    refused[address] != digest, !generation.table.wasTakenBack(digest)
                else { continue }
                do {
                    try await generation.follow(position, address: address)
                    lock.withLock { if self.generation === generation { knownThresholds = generation.thresholds } }
                } catch {
                    refused[address] = digest
                    parts.metrics.swapRefused()
                    logger.error(
                        "scene \(address): \(digest) is not taken, \(generation.digest(at: position)) looks on: \(error)"
                    )
                }
            }
        }
    }

    private func reloadAtHangup() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            guard let path = options.configurationPath else { continue }
            do {
                let configuration = try ConfigurationFile.load(path: path)
                if configuration.needsRestart(after: initial) {
                    logger.warning("site, gateway, state, broker and http change only with a restart")
                }
                var next = initial
                (next.scenes, next.sources, next.engine, next.models) = (
                    configuration.scenes, configuration.sources, configuration.engine, configuration.models
                )
                if let running = current, running.takesInPlace(next) {
                    try await running.swap(to: next.scenes.map(\.address))
                    lock.withLock { (self.configuration, knownThresholds) = (next, running.thresholds) }
                } else {
                    try await succeed(with: next)
                }
                logger.notice("configuration read again")
            } catch {
                logger.error("configuration not taken, the old one stays: \(error)")
            }
        }
    }
}

extension GatewayConfiguration {
    fileprivate func needsRestart(after other: GatewayConfiguration) -> Bool {
        site != other.site || gateway != other.gateway || stateFolder != other.stateFolder || broker != other.broker
            || http != other.http
    }
}
