import Foundation
import ShrikeCore
import Telemetry

/// Writes down what becomes of one piece of footage, for the reports and for a run that continues this one.
final class PieceRecorder: PipelineObserver, AlertStore, @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var tallyValue: PieceTally
    private var journal: PieceJournal
    private let telemetry: SourceTelemetry?
    private let publisher: OutboxStore?
    private let heard: @Sendable ([Alert]) -> Void

    /// - Parameters:
    ///   - tally: what earlier runs found in this piece.
    ///   - heard: told of alerts as they come.
    init(
        tally: PieceTally, journal: PieceJournal, telemetry: SourceTelemetry?, publisher: OutboxStore?,
        heard: @escaping @Sendable ([Alert]) -> Void
    ) {
        (tallyValue, self.journal, self.telemetry) = (tally, journal, telemetry)
        (self.publisher, self.heard) = (publisher, heard)
    }

    var tally: PieceTally { lock.withLock { tallyValue } }

    func analyzed(_ frame: Frame, _ outcome: AnalysisOutcome, tracks: [Track], source: SourceInfo) async {
        guard let analysis = outcome.analysis else { return }
        var event = self.event(of: frame, tracks: tracks, source: source)
        event.detections = analysis.detections
        (event.detectSeconds, event.motionSeconds) = (outcome.detectSeconds, outcome.motionSeconds ?? 0)
        record(.frame(event))
    }

    func kept(_ frame: Frame, tracks: [Track], source: SourceInfo) async {
        record(.kept(event(of: frame, tracks: tracks, source: source)))
    }

    private func event(of frame: Frame, tracks: [Track], source: SourceInfo) -> PieceEvent.AnalyzedFrame {
        let pose = SourceTelemetry.pose(of: frame, at: frame.mediaTime, in: telemetry)
        var boxes: [Int: Box] = [:]
        for track in tracks where track.detection != nil { boxes[track.id] = track.box }
        return PieceEvent.AnalyzedFrame(
            index: frame.index, mediaTime: frame.mediaTime, width: frame.width, height: frame.height,
            origin: frame.origin, fileName: frame.fileName, pose: pose?.latitude == nil ? nil : pose, detections: [],
            boxes: source.isMotion ? boxes : [:],
            endedTracks: source.isMotion ? tracks.filter(\.hasEnded).map(\.id) : [], detectSeconds: 0,
            motionSeconds: 0)
    }

    func skipped(name: String, reason: String, source: SourceInfo) async {
        record(.skipped(name: name, reason: reason))
    }

    func dropped(_ count: Int, source: SourceInfo) async { record(.dropped(count)) }

    func changed(_ state: SourceState, source: SourceInfo) async {}

    func shed(reason: String, source: SourceInfo) async {}

    func raised(_ alerts: [Alert], frame: Frame?, seconds: Double, source: SourceInfo) async {
        record(.decided(seconds: seconds))
    }

    /// Publishes first and remembers then: a run that continues this one decides the same alerts again, and the outbox knows
    /// their ids.
    func commit(_ step: StoredStep) async throws -> [Alert] {
        if !step.alerts.isEmpty {
            _ = try await publisher?.commit(StoredStep(source: step.source, alerts: step.alerts))
            heard(step.alerts)
        }
        try lock.withLock {
            if !step.alerts.isEmpty {
                let event = PieceEvent.alerts(step.alerts)
                tallyValue.apply(event)
                journal.record(event)
            }
            try written { try journal.settle(step.progress) }
            try written { try journal.saveNowAndThen() }
        }
        return step.alerts
    }

    /// Nothing more is analysed; `phase` says what is still to be done.
    func finish(_ events: [PieceEvent], phase: PieceCheckpoint.Phase, hasFailed: Bool = false) throws {
        try lock.withLock {
            for event in events {
                tallyValue.apply(event)
                journal.record(event)
            }
            try written { try journal.settle(nil) }
            try written { try journal.save(phase: phase, hasFailed: hasFailed) }
        }
    }

    /// Keeps what is settled where the run ends early.
    func interrupt() { lock.withLock { try? journal.save(phase: .analyzing) } }

    private func record(_ event: PieceEvent) {
        lock.withLock {
            tallyValue.apply(event)
            journal.record(event)
        }
    }

    private func written(_ work: () throws -> Void) throws {
        do { try work() } catch {
            throw AgentError(
                "results cannot be written (\(error.localizedDescription))", at: "output folder",
                remedy: "make room on the disk and give the same command again: it continues")
        }
    }
}
