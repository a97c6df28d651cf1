import Foundation
import FrameSources
import Geolocation
import Imaging
import Integrity
public import Logging
import Reporting
public import ShrikeCore

/// `shrike replay`: recorded footage through the same stages as live, as fast as it goes, into a folder of results.
///
/// Four steps: what is footage and in which order (``MissionPlan``), which pieces of work that makes (``RunPlan``), their analysis,
/// one after another, each with a journal that a later run continues (``ReplayExecution``), and the results, made of the journals
/// alone (``ReplayResults``).
public struct ReplayRun: Sendable {
    private let options: ReplayOptions
    private let logger: Logger
    private let playback: Playback?
    private let progress: @Sendable (ReplayProgress) -> Void

    /// - Parameter playback: a person at the controls; nil runs at the speed of the options.
    public init(
        options: ReplayOptions, logger: Logger, playback: Playback? = nil,
        progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) {
        (self.options, self.logger, self.playback, self.progress) = (options, logger, playback, progress)
    }

    /// What a replay found, with the folder it left.
    public struct Result: Sendable {
        public var run: String
        public var alerts: [Alert] = []
        public var defects = 0
        /// The content of `summary.json`; of a shard what it did.
        public var summary: JSONValue
        /// Against a baseline, or of two scenes of the run.
        public var comparison: RunComparison?
        /// Footage that could not be replayed, with the reason.
        public var failures: [(name: String, reason: String)] = []
        /// Files that are no footage.
        public var skipped = 0
        /// What a person has to know besides.
        public var notes: [String] = []
        /// Pieces of work this run had to do, and how many of them an earlier run had finished.
        public var pieces = 0
        public var piecesFinishedBefore = 0
    }

    /// Analyses all footage, or the shard's, and writes every file of the results.
    ///
    /// A run that ended in the middle is continued where the same footage, scenes and options are given again for
    /// the same folder.
    ///
    /// - Throws: ``AgentError`` where nothing could be replayed at all; footage that fails beside footage that works is in
    ///   `failures`.
    public func run() async throws -> Result {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        let begin = ContinuousClock.now
        let locator = try await BlockingThread(label: "ground").run { [options] in try Self.checkFiles(of: options) }
        let workers =
            options.engine.workers > 0 ? options.engine.workers : ProcessInfo.processInfo.activeProcessorCount
        let scenes = try loadScenes(workers: workers)
        let listed = try await BlockingThread(label: "listing").run { [options] in
            try MissionListing.plan(options.footage)
        }
        let footage = try await OpenedFootage.open(listed.items, scenes: scenes, options: options)
        let plan = footage.plan(scenes: scenes, skipped: listed.skipped, options: options)
        for item in plan.items {
            for issue in item.telemetry?.issues ?? [] { logger.warning("telemetry of \(item.name): \(issue)") }
        }
        let work = plan.pieces.filter { options.shard?.takes($0.number) ?? true }
        let isFinished = work.allSatisfy { RunJournal.isComplete($0.number, in: options.outputFolder) }
        let (journal, continues) = try RunJournal.open(
            in: options.outputFolder, plan: plan, isFresh: options.isFresh || options.playsAgain && isFinished)
        let folder = try ReplayFolder(path: options.outputFolder, keepsEvidence: continues)
        let link = try await ReplayLink(
            options: options, run: plan.run, folder: folder, continues: continues, logger: logger)
        let pool = AnalysisPool(workers: workers, scenes: scenes)
        let execution = ReplayExecution(
            plan: plan, footage: footage.opened, scenes: scenes, options: options, pool: pool, journal: journal,
            locator: locator, folder: folder, publisher: link.store, playback: playback, progress: progress)
        let finished = continues ? work.count { RunJournal.isComplete($0.number, in: options.outputFolder) } : 0
        if continues { logger.info("continues: \(finished) of \(work.count) pieces are finished") }
        defer { pool.stop() }
        try await execution.run(work)
        try await link.drain(progress: {})
        var result = Result(run: plan.run, summary: .null)
        (result.pieces, result.piecesFinishedBefore) = (work.count, finished)
        if let shard = options.shard {
            result.summary = Self.summary(of: shard, plan: plan, pieces: work.count)
            return result
        }
        progress(.writing(seconds: (ContinuousClock.now - begin) / .seconds(1)))
        let results = ReplayResults(plan: plan, folder: folder, siteRecord: options.siteRecord) { _ in
            options.outputFolder
        }
        try results.write(seconds: (ContinuousClock.now - begin) / .seconds(1), into: &result)
        result.comparison = try folder.comparison(options.baseline, plan, gate: options.gate.comparisonGate)
        return result
    }

    /// Opens what the end of a run will need, so that a mistake shows before hours of work, and before earlier results are gone.
    private static func checkFiles(of options: ReplayOptions) throws -> DefectLocator {
        if let record = options.siteRecord { _ = try RunIdentity.registry(in: record, site: options.site) }
        if let baseline = options.baseline {
            guard URL(filePath: baseline).standardizedFileURL != URL(filePath: options.outputFolder).standardizedFileURL
            else {
                throw AgentError(
                    "the baseline would be overwritten", at: baseline, remedy: "choose another folder with --out")
            }
            _ = try ReplayFolder.record(of: baseline)
        }
        return try GroundFiles.locator(terrain: options.terrain, assets: options.assets)
    }

    private func loadScenes(workers: Int) throws(AgentError) -> [LoadedScene] {
        var library = SceneLibrary(engine: options.engine, cacheFolder: options.cacheFolder, workers: workers)
        library.models = try ModelDesk(options.models).access
        return try library.load(options.scenes)
    }

    private static func summary(of shard: ReplayShard, plan: RunPlan, pieces: Int) -> JSONValue {
        .object([
            "run": .string(plan.run), "shard": .integer(Int64(shard.number)), "shards": .integer(Int64(shard.count)),
            "pieces": .integer(Int64(pieces)), "pieces_of_all_shards": .integer(Int64(plan.pieces.count)),
        ])
    }
}
