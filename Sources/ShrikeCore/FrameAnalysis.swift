/// All that the analysis of one frame gave; a pure function of the frame and the one before it.
public struct FrameAnalysis: Sendable {
    public var frameIndex: Int64
    public var mediaTime: MediaTime
    public var width: Int
    public var height: Int
    /// Detections of every scene, in the order of the scenes, best score first within a scene.
    public var detections: [Detection]
    /// Motion of the picture from the previous frame to this one; nil for stills, where it could not be measured, and where nothing
    /// is followed that it could move.
    public var cameraMotion: AffineTransform2D?

    public init(
        frameIndex: Int64, mediaTime: MediaTime, width: Int, height: Int, detections: [Detection],
        cameraMotion: AffineTransform2D?
    ) {
        (self.frameIndex, self.mediaTime, self.width, self.height) = (frameIndex, mediaTime, width, height)
        (self.detections, self.cameraMotion) = (detections, cameraMotion)
    }
}

/// Finds defects in one frame. A value per worker thread: calls are synchronous, may block for the length of a network
/// pass, and never overlap on one instance. The result depends on the frame only.
public protocol Detector: AnyObject {
    func detect(_ frame: Frame) throws -> [Detection]
}
