import Foundation
import ShrikeCore

/// The first frames of another source.
final class LimitedSource: FrameSource, @unchecked Sendable {
    // Sendable: `remaining` is only touched under `lock`.
    private let source: any FrameSource
    private let lock = NSLock()
    private var remaining: Int

    init(_ source: any FrameSource, frames: Int) { (self.source, remaining) = (source, frames) }

    var info: SourceInfo { source.info }

    func next() async throws -> SourceEvent? {
        guard lock.withLock({ remaining > 0 }) else {
            source.stop()
            return nil
        }
        let event = try await source.next()
        if case .frame? = event { lock.withLock { remaining -= 1 } }
        return event
    }

    func stop() { source.stop() }
}

/// Counts analysed frames.
final class CountingObserver: PipelineObserver, @unchecked Sendable {
    // Sendable: `countValue` is only touched under `lock`.
    private let lock = NSLock()
    private var countValue = 0

    var count: Int { lock.withLock { countValue } }

    func analyzed(_ frame: Frame, _ outcome: AnalysisOutcome, tracks: [Track], source: SourceInfo) async {
        lock.withLock { countValue += 1 }
    }

    func kept(_ frame: Frame, tracks: [Track], source: SourceInfo) async {}
    func skipped(name: String, reason: String, source: SourceInfo) async {}
    func dropped(_ count: Int, source: SourceInfo) async {}
    func changed(_ state: SourceState, source: SourceInfo) async {}
    func shed(reason: String, source: SourceInfo) async {}
    func raised(_ alerts: [Alert], frame: Frame?, seconds: Double, source: SourceInfo) async {}
}
