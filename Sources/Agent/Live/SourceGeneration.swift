import Foundation
import FrameSources
import Geolocation
import Logging
import ModelBundles
import Outbox
import Reporting
import ShrikeCore
import Telemetry

/// The sources and scenes of one configuration, from opening to their end.
final class SourceGeneration: @unchecked Sendable {
    // Sendable: `isStopped` is only touched under `lock`; everything else is immutable.
    private struct Line {
        var source: any FrameSource
        var settings: GatewayConfiguration.Source
        var scenes: [Int]
        var telemetry: SourceTelemetry?
        var locator: DefectLocator
    }

    private let lines: [Line]
    let table: SceneTable
    private let workers: Int
    let configuration: GatewayConfiguration
    let library: SceneLibrary
    let parts: SourceSupervisor.Parts
    let logger: Logger
    private let lock = NSLock()
    private var isStopped = false

    private init(
        lines: [Line], scenes: [LoadedScene], library: SceneLibrary, configuration: GatewayConfiguration,
        parts: SourceSupervisor.Parts, logger: Logger
    ) {
        (self.lines, table, self.library, self.configuration) = (lines, SceneTable(scenes), library, configuration)
        (workers, self.parts, self.logger) = (library.workers, parts, logger)
    }

    /// Loads every scene and opens every source, and puts down in the record with what it decides from here on.
    ///
    /// - Throws: ``AgentError`` for the first scene that cannot be used. A source that cannot be opened is logged and left out
    ///   as long as another one works.
    static func open(
        _ configuration: GatewayConfiguration, as kind: JournalRecord.Kind = .start, parts: SourceSupervisor.Parts,
        logger: Logger
    ) async throws -> SourceGeneration {
        let workers =
            configuration.engine.workers > 0
            ? configuration.engine.workers : ProcessInfo.processInfo.activeProcessorCount
        let library = SceneLibrary(
            engine: configuration.engine, cacheFolder: configuration.stateFolder + "/cache", workers: workers,
            models: try ModelAccess(configuration))
        var scenes: [LoadedScene] = []
        let all = try library.loadConfigured(configuration.scenes.map(\.address))
        for (scene, loaded) in zip(configuration.scenes, all) {
            announce(loaded, as: scene.name, parts: parts, logger: logger)
            scenes.append(loaded)
        }
        var lines: [Line] = []
        var lastError: (any Error)?
        for settings in configuration.sources where !parts.orders.isOff(source: settings.id) {
            do {
                lines.append(try await openLine(settings, configuration: configuration, parts: parts, logger: logger))
            } catch {
                lastError = error
                logger.error("source left out: \(error)", metadata: ["source": "\(settings.id)"])
            }
        }
        if lines.isEmpty, let lastError { throw lastError }
        try? await parts.outbox.record([StartRecord.record(kind, configuration, scenes: scenes)])
        return SourceGeneration(
            lines: lines, scenes: scenes, library: library, configuration: configuration, parts: parts, logger: logger)
    }

    static func announce(_ scene: LoadedScene, as name: String, parts: SourceSupervisor.Parts, logger: Logger) {
        logger.info(
            "scene \(name)",
            metadata: [
                "digest": "\(scene.lineage.scene.digest)", "engine": "\(scene.engine ?? "none")",
                "classes": "\(scene.definition.classes.count)",
            ])
        for warning in scene.warnings { logger.warning("scene \(name): \(warning)") }
        for identity in [scene.lineage.scene] + scene.lineage.parents {
            parts.metrics.model(identity, engine: scene.engine ?? "none")
        }
    }

    private static func openLine(
        _ settings: GatewayConfiguration.Source, configuration: GatewayConfiguration, parts: SourceSupervisor.Parts,
        logger: Logger
    ) async throws -> Line {
        let found = try TelemetryFinder(options: TelemetryOptions(file: settings.telemetry)).find(
            address: settings.address)
        for issue in found.report?.issues ?? [] {
            logger.warning("telemetry: \(issue)", metadata: ["source": "\(settings.id)"])
        }
        let telemetry = found.telemetry
        var options = SourceOptions()
        options.id = settings.id
        options.kind = SourceInfo.Kind(rawValue: settings.kind.rawValue) ?? (telemetry == nil ? nil : .drone)
        options.recordingStart = found.start
        options.isolation = configuration.decoding.isolation
        options.clock = { CaptureTime(time: ProcessClock.now(), quality: ProcessClock.quality()) }
        let (outbox, id) = (parts.outbox, settings.id)
        options.isProcessed = { key in (try? await outbox.isProcessed(key, source: id)) ?? false }
        let names = configuration.scenes.map(\.name)
        return Line(
            source: try await FootageOpener.open(settings.address, options: options), settings: settings,
            scenes: names.indices.filter { settings.scenes.isEmpty || settings.scenes.contains(names[$0]) },
            telemetry: telemetry, locator: try GroundFiles.locator(terrain: settings.terrain, assets: settings.assets))
    }

    /// Whether every source of the configuration could be opened.
    var hasAllSources: Bool { lines.count == configuration.sources.count }

    /// Least score of each class that any scene finds.
    var thresholds: [String: Double] {
        Dictionary(
            table.current.scenes.flatMap { $0.definition.classes.map { ($0.code, $0.threshold) } },
            uniquingKeysWith: { min($0, $1) })
    }

    var sourceIDs: [String] { configuration.sources.map(\.id) }

    /// Whether every source came to its own end.
    var endedByItself: Bool { lock.withLock { !isStopped } }

    /// Ends all sources.
    ///
    /// - Parameter forGood: the program ends too; open alerts of recorded footage stay open for the next start either way.
    func stop(forGood: Bool) {
        lock.withLock { isStopped = true }
        for line in lines { line.source.stop() }
        if forGood { logger.info("stopping sources") }
    }

    /// Runs all pipelines until they end.
    func run() async {
        let (parts, logger, table) = (parts, logger, table)
        table.whenReverted { from, to in
            logger.error(
                "scene \(from.definition.name): scores are not finite, \(to.lineage.scene.digest) looks again",
                metadata: ["digest": "\(from.lineage.scene.digest)"])
            parts.metrics.swapped(from: from, inUse: table.current.scenes, isTakenBack: true)
        }
        let pool = AnalysisPool(workers: workers, table: table)
        await withTaskGroup(of: Void.self) { group in
            for line in lines { group.addTask { await self.run(line, pool: pool) } }
        }
        // Blocks only until frames under way are through; nothing is queued any more.
        try? await BlockingThread(label: "pool-stop").run { pool.stop() }
    }

    private func run(_ line: Line, pool: AnalysisPool) async {
        let info = line.source.info
        let observer = LiveObserver(
            metrics: parts.metrics, session: parts.session, topics: parts.topics, logger: logger, health: parts.health,
            snapshots: parts.snapshots)
        do {
            let store = OutboxStore(
                outbox: parts.outbox, topics: parts.topics, logger: logger, metrics: parts.metrics,
                board: parts.board)
            var stage = DecisionStage(
                context: DecisionContext(
                    site: configuration.site, gateway: configuration.gateway, source: info,
                    scenes: line.scenes.map { table.current.scenes[$0] }, telemetry: line.telemetry, clock: .live,
                    evidence: parts.evidence, locator: line.locator,
                    isWatchedFolder: FootageOpener.isWatched(line.settings.address), orders: parts.orders),
                store: store, observer: observer)
            let isResumed = try await resume(line.source, stage: &stage)
            let pipeline = SourcePipeline(
                source: line.source, pool: pool, scenes: line.scenes,
                // Where sources are many, a second frame of one on its way would only grow old.
                window: info.isLive ? (lines.count <= 2 * workers ? workers : 1) : workers + 2,
                pacer: FramePacer(framesPerSecond: line.settings.framesPerSecond),
                look: line.settings.look, urgency: line.settings.urgency ?? (info.isLive ? .normal : .low),
                thermalScale: line.settings.thermalScale, isResumed: isResumed,
                mayFinish: { [self] in endedByItself }, board: parts.board)
            // A live source says itself how it is doing.
            if !info.isLive { await observer.changed(.up, source: info) }
            try await pipeline.run(deciding: &stage)
            await observer.changed(.ended, source: info)
        } catch is CancellationError {
        } catch {
            parts.metrics.sourceState(.ended, source: info)
            logger.error("source ended: \(error)", metadata: ["source": "\(info.id)"])
        }
    }

    /// Puts a recorded source and its stages where the last stored cursor says.
    private func resume(_ source: any FrameSource, stage: inout DecisionStage) async throws -> Bool {
        guard let recorded = source as? any RecordedFrameSource,
            let progress = try await parts.outbox.progress(source: source.info.id),
            progress.cursor.origin == recorded.origin
        else { return false }
        guard let snapshot = try? JSONDecoder().decode(StageSnapshot.self, from: progress.snapshot) else {
            // Written by another release: analysed again from the start; alert ids keep anything from being sent twice.
            logger.notice(
                "stored state is of another release; footage is analysed again",
                metadata: ["source": "\(source.info.id)"])
            return false
        }
        recorded.resume(after: progress.cursor)
        stage.restore(snapshot)
        logger.info("continues after frame \(progress.cursor.frameIndex)", metadata: ["source": "\(source.info.id)"])
        return !progress.cursor.isComplete
    }
}
