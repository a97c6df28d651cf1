import Reporting
import ShrikeCore

/// Something that happened while a piece of footage was analysed: one line of its journal. Results are made of these lines only,
/// so a run that was interrupted, shared out or merged gives the same as one in one go.
enum PieceEvent: Hashable, Sendable, Codable {
    case frame(AnalyzedFrame)
    /// Not looked at: it shows what the frame before showed.
    case kept(AnalyzedFrame)
    case skipped(name: String, reason: String)
    case dropped(Int)
    /// Not yet numbered.
    case alerts([Alert])
    /// What deciding and storing alerts took.
    case decided(seconds: Double)
    /// Nothing more comes. `digest` is that of a file.
    case finished(digest: String?, failure: String?)
    /// Clips by defect id.
    case clips([String: [EvidenceReference]])

    /// What reports keep of one frame.
    struct AnalyzedFrame: Hashable, Sendable, Codable {
        var index: Int64
        var mediaTime: MediaTime
        var width: Int
        var height: Int
        var origin: String
        var fileName: String?
        var pose: Pose?
        var detections: [Detection]
        /// Boxes of the tracks that were seen, by track.
        var boxes: [Int: Box]
        var endedTracks: [Int]
        var detectSeconds: Double
        var motionSeconds: Double
    }
}
