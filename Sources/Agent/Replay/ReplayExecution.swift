import Foundation
import FrameSources
import Geolocation
import Integrity
import ShrikeCore

/// Analyses the pieces of a run, one after another, and leaves a journal of each.
struct ReplayExecution: Sendable {
    let plan: RunPlan
    let footage: [OpenedFootage.Item]
    let scenes: [LoadedScene]
    let options: ReplayOptions
    let pool: AnalysisPool
    let journal: RunJournal
    let locator: DefectLocator
    let folder: ReplayFolder
    let publisher: OutboxStore?
    let playback: Playback?
    let progress: @Sendable (ReplayProgress) -> Void

    /// Does what earlier runs left to do of these pieces.
    ///
    /// Footage that fails does so in its journal; thrown is what ends the run.
    func run(_ pieces: [RunPlan.Piece]) async throws {
        let counter = ReplayCounter(pieces: pieces, footage: footage)
        for piece in pieces {
            guard let start = try start(of: piece) else {
                counter.skip(piece.pictures?.count ?? footage[piece.item].framesExpected ?? 0)
                continue
            }
            counter.open(start.recorder.tally)
            try await analyze(piece, start, counter: counter)
            counter.close(start.recorder.tally)
        }
    }

    private struct Start {
        var recorder: PieceRecorder
        var checkpoint: PieceCheckpoint?
    }

    /// Where a piece begins; nil where nothing is left to do.
    private func start(of piece: RunPlan.Piece) throws -> Start? {
        let files = PieceFiles(folder: journal.path, piece: piece.number)
        var checkpoint = RunJournal.checkpoint(of: piece.number, in: folder.path)
        if let found = checkpoint, found.phase == .complete, !found.hasFailed { return nil }
        if checkpoint?.hasFailed == true { checkpoint = nil }
        let opened = footage[piece.item]
        var tally = PieceTally(info: opened.source.info)
        if let found = checkpoint {
            do {
                try PieceJournal.events(files, bytes: found.journalBytes) { tally.apply($0) }
            } catch {
                // A power cut may lose what a kill does not; the piece is analysed again.
                (checkpoint, tally) = (nil, PieceTally(info: opened.source.info))
            }
        }
        let recorder = PieceRecorder(
            tally: tally, journal: try PieceJournal(files: files, after: checkpoint),
            telemetry: opened.telemetry.telemetry,
            publisher: publisher, heard: { [playback] in playback?.hear($0) })
        return Start(recorder: recorder, checkpoint: checkpoint)
    }

    private func analyze(_ piece: RunPlan.Piece, _ start: Start, counter: ReplayCounter) async throws {
        let opened = footage[piece.item]
        let recorder = start.recorder
        var failure: String?
        if start.checkpoint?.phase != .analyzed {
            do {
                try await withProgress(piece, recorder, counter) {
                    try await pipeline(piece, start)
                }
            } catch {
                recorder.interrupt()
                if error is CancellationError || Task.isCancelled { throw CancellationError() }
                // A source that cannot go on is that footage's failure; results that cannot be written are everyone's.
                if error is AgentError { throw error }
                failure = "\(error)"
            }
            let path = opened.source.info.isMotion ? opened.item.address : Self.onlyFile(opened.item)
            let digest = try await BlockingThread(label: "digest").run {
                path.flatMap { try? SHA256Digest.ofFile(at: $0).description }
            }
            try recorder.finish(
                [.finished(digest: digest, failure: failure)], phase: failure == nil ? .analyzed : .complete,
                hasFailed: failure != nil)
        }
        guard failure == nil else { return }
        let clips = try await ReplayClips(
            mode: options.clips, seconds: options.clipSeconds, folder: folder, decoding: options.decoding
        )
        .make(of: recorder.tally, opened.item)
        try recorder.finish(clips.isEmpty ? [] : [.clips(clips)], phase: .complete)
    }

    private func pipeline(_ piece: RunPlan.Piece, _ start: Start) async throws {
        let opened = footage[piece.item]
        let info = opened.source.info
        var source = opened.source
        if let range = piece.pictures, let pictures = source as? PictureFolderSource { source = pictures.part(range) }
        var stage = DecisionStage(
            context: DecisionContext(
                site: options.site, gateway: options.gateway, source: info, scenes: opened.scenes.map { scenes[$0] },
                telemetry: opened.telemetry.telemetry, clock: .replay(run: plan.run),
                evidence: EvidenceRecorder(store: folder.evidence, quality: 85),
                locator: locator),
            store: start.recorder, observer: start.recorder, commitInterval: 1)
        var isResumed = false
        if let recorded = source as? any RecordedFrameSource, let cursor = start.checkpoint?.cursor,
            let snapshot = start.checkpoint?.snapshot, cursor.origin == recorded.origin
        {
            recorded.resume(after: cursor)
            stage.restore(snapshot)
            isResumed = true
        }
        playback?.begin()
        let pipeline = SourcePipeline(
            source: source, pool: pool, scenes: opened.scenes, window: pool.workerCount + 2,
            pacer: FramePacer(
                framesPerSecond: options.framesPerSecond, speed: info.isLive ? nil : options.speed,
                playback: info.isLive ? nil : playback),
            look: options.look,
            thermalScale: options.thermalScale, isResumed: isResumed, mayFinish: { true })
        try await withTaskCancellationHandler {
            try await pipeline.run(deciding: &stage)
        } onCancel: { [source] in
            source.stop()
        }
        try Task.checkCancellation()
    }

    private func withProgress(
        _ piece: RunPlan.Piece, _ recorder: PieceRecorder, _ counter: ReplayCounter,
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        let name = footage[piece.item].item.name
        let report: @Sendable () -> Void = { [progress, plan] in
            progress(
                counter.progress(
                    with: recorder.tally, footage: name, number: piece.item + 1, count: plan.items.count))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Ends with the analysis, which cancels it.
            group.addTask {
                while (try? await Task.sleep(for: .milliseconds(200))) != nil { report() }
            }
            defer { group.cancelAll() }
            try await work()
        }
        report()
    }

    private static func onlyFile(_ item: MissionItem) -> String? {
        guard case .stills(let files) = item.content, files.count == 1 else { return nil }
        return files[0]
    }
}
