/// One physical thing followed over frames.
public struct Track: Hashable, Sendable, Codable {
    /// Unique within an origin; counts up from 1 in the order of first sight.
    public var id: Int
    public var scene: String
    public var className: String
    /// Where it is now, or where motion says it must be while it is not seen. Pixels of the source picture.
    public var box: Box
    /// The detection of this frame; nil while it is only predicted.
    public var detection: Detection?
    /// Detection with the best score so far.
    public var best: Detection
    public var firstSeen: MediaTime
    public var firstFrame: Int64
    public var lastSeen: MediaTime
    public var lastFrame: Int64
    /// Frames in which it was detected.
    public var hits: Int
    /// Frames in a row without a detection.
    public var misses: Int
    /// Gone for good: this is the last time it is mentioned.
    public var hasEnded: Bool

    public init(
        id: Int, scene: String, className: String, box: Box, detection: Detection?, best: Detection,
        firstSeen: MediaTime, firstFrame: Int64, lastSeen: MediaTime, lastFrame: Int64, hits: Int, misses: Int,
        hasEnded: Bool
    ) {
        (self.id, self.scene, self.className, self.box, self.detection) = (id, scene, className, box, detection)
        (self.best, self.firstSeen, self.firstFrame) = (best, firstSeen, firstFrame)
        (self.lastSeen, self.lastFrame) = (lastSeen, lastFrame)
        (self.hits, self.misses, self.hasEnded) = (hits, misses, hasEnded)
    }
}

/// Joins detections over frames. A value: its whole memory is `self`, so it can be stored with the frame cursor and
/// continue after a crash exactly where it was.
public protocol TrackingStage: Codable, Sendable {
    /// Takes the next frame in order; returns every live track and those that ended now, by id.
    mutating func update(_ analysis: FrameAnalysis) -> [Track]
    /// Takes a frame that shows what the one before showed and was not looked at: it confirms nothing and loses nothing.
    ///
    /// - Parameter motion: of the picture since the frame before; nil where it did not move.
    /// - Returns: every live track, by id.
    mutating func keep(motion: AffineTransform2D?) -> [Track]
    /// Ends all tracks at the end of the footage.
    mutating func finish() -> [Track]
}
