import Foundation
import FrameSources
import Reporting
import ShrikeCore

/// Counts frames over the pieces of a run, for its progress.
final class ReplayCounter: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private let begin = ContinuousClock.now
    /// Nil where some footage does not tell.
    private let expected: Int?
    private var done = 0
    private var analyzed = 0
    private var defects = 0
    /// Frames of the piece under way that an earlier run analysed.
    private var known = 0

    init(pieces: [RunPlan.Piece], footage: [OpenedFootage.Item]) {
        var total: Int? = 0
        for piece in pieces {
            let count = piece.pictures?.count ?? footage[piece.item].framesExpected
            total = total.flatMap { total in count.map { total + $0 } }
        }
        expected = total
    }

    /// A piece that an earlier run finished.
    func skip(_ frames: Int) { lock.withLock { done += frames } }

    /// A piece begins, or goes on, with this.
    func open(_ tally: PieceTally) { lock.withLock { known = Self.frames(tally) } }

    /// A piece is done.
    func close(_ tally: PieceTally) {
        lock.withLock {
            let frames = Self.frames(tally)
            (done, analyzed, defects) = (done + frames, analyzed + frames - known, defects + tally.defects)
            known = 0
        }
    }

    func progress(with tally: PieceTally, footage: String, number: Int, count: Int) -> ReplayProgress {
        lock.withLock {
            let frames = Self.frames(tally)
            return ReplayProgress(
                phase: .analyzing, footage: footage, number: number, count: count,
                framesAnalyzed: analyzed + frames - known, framesDone: done + frames, framesExpected: expected,
                defects: defects + tally.defects, seconds: (ContinuousClock.now - begin) / .seconds(1))
        }
    }

    private static func frames(_ tally: PieceTally) -> Int {
        tally.report.framesAnalyzed + tally.report.framesUnchanged + tally.report.framesSkipped
    }
}
