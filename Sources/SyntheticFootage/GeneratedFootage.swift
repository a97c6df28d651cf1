public import ShrikeCore

/// What a generator left on disk; paths as given or below the folder that was given.
public struct GeneratedFootage: Hashable, Sendable {
    public var kind: FootageKind
    /// H.264 in MP4; nil where the options left it out.
    public var videoPath: String?
    /// DJI-style telemetry beside the video, one cue a frame.
    public var telemetryPath: String
    /// COCO-like ground truth; see ``FootageTruth/json``.
    public var truthPath: String
    /// 16-bit thermal PNG frames where the options asked for them.
    public var framesFolder: String?
    /// Single pictures with COCO labels where the options asked for them.
    public var picturesFolder: String?
    /// Temperature scale of the 8-bit video (thermal footage only).
    public var videoScale: ThermalScale?
    /// Temperature scale of the 16-bit frames (thermal footage only).
    public var framesScale: ThermalScale?
    public var truth: FootageTruth
}
