import Foundation
import FrameSources
import Imaging
import Integrity
public import Logging
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
        /// Text for people and verdict of the comparison with a baseline.
        public var comparison: (text: String, json: JSONValue, isWorse: Bool)?
        /// Footage that could not be replayed, with the reason.
        public var failures: [(name: String, reason: String)] = []
        /// Files that are no footage.
        public var skipped = 0
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
        let workers =
            options.engine.workers > 0 ? options.engine.workers : ProcessInfo.processInfo.activeProcessorCount
        let scenes = try loadScenes(workers: workers)
        let listed = try await BlockingThread(label: "listing").run { [options] in
            try MissionListing.plan(options.footage)
        }
        let footage = try await OpenedFootage.open(listed.items, scenes: scenes, options: options)
        let plan = footage.plan(scenes: scenes, skipped: listed.skipped, options: options)
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
            folder: folder, publisher: link.store, playback: playback, progress: progress)
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
        let results = ReplayResults(plan: plan, folder: folder, siteRecord: options.siteRecord) { _ in
            options.outputFolder
        }
        try results.write(seconds: (ContinuousClock.now - begin) / .seconds(1), into: &result)
        result.comparison = try options.baseline.map {
            try folder.compare(with: $0, scenes: plan.scenes.map(\.definition))
        }
        return result
    }

    private func loadScenes(workers: Int) throws(AgentError) -> [LoadedScene] {
        let library = SceneLibrary(engine: options.engine, cacheFolder: options.cacheFolder, workers: workers)
        let scenes = try library.load(options.scenes)
        let names = scenes.map(\.definition.name)
        guard Set(names).count == names.count else {
            throw AgentError(
                "two scenes have the same name", at: names.joined(separator: ", "), remedy: "rename one of them")
        }
        return scenes
    }

    private static func summary(of shard: ReplayShard, plan: RunPlan, pieces: Int) -> JSONValue {
        .object([
            "run": .string(plan.run), "shard": .integer(Int64(shard.number)), "shards": .integer(Int64(shard.count)),
            "pieces": .integer(Int64(pieces)), "pieces_of_all_shards": .integer(Int64(plan.pieces.count)),
        ])
    }
}
