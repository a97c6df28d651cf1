import ShrikeCore

/// Up to where a piece of footage was analysed, stored beside its journal. Bytes of the journal beyond were written by a run that
/// ended before it could say so, and do not count.
struct PieceCheckpoint: Sendable, Codable {
    enum Phase: String, Sendable, Codable {
        case analyzing
        /// Clips are still to be made.
        case analyzed
        case complete
    }

    var phase: Phase
    var journalBytes: Int
    /// Where a recorded source and its stages continue; nil before the first frame.
    var cursor: FrameCursor?
    var snapshot: StageSnapshot?
    /// Whether the footage failed: the next run tries again.
    var hasFailed = false
}
