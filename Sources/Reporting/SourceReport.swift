public import ShrikeCore

/// What became of one source of a run.
public struct SourceReport: Hashable, Sendable {
    /// A picture that was not analysed.
    public struct Skipped: Hashable, Sendable {
        /// File or media position.
        public var name: String
        public var reason: String

        public init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
    }

    /// Examples of skipped pictures kept; the counts by reason go on.
    public static let keptExamples = 200

    public var info: SourceInfo
    /// `sha256:<hex>` of the footage; nil for live sources.
    public var digest: String?
    /// Identity of the recording, as in ``Frame/origin``.
    public var origin: String?
    public var width: Int
    public var height: Int
    /// Length of the recording, or time a live source was watched; nil for stills.
    public var duration: MediaTime?
    public var framesRead: Int
    public var framesAnalyzed: Int
    public var framesDropped: Int
    /// Not looked at, because they show what the frame before showed.
    public var framesUnchanged: Int
    public private(set) var skippedByReason: [String: Int]
    public private(set) var skippedExamples: [Skipped]
    /// `image_id` of frame 0 in `detections.json`; frame n has this plus n.
    public var firstImageID: Int64
    /// File of each frame by index, for stills; empty for video.
    public var fileNames: [Int64: String]
    /// Where the camera was, in order of time, where telemetry tells.
    public var path: [Pose]
    /// Why the source ended early; nil where it did not.
    public var failure: String?
    /// Where poses come from besides the pictures themselves; nil where there is nothing.
    public var telemetry: TelemetryReport?

    public init(
        info: SourceInfo, digest: String? = nil, origin: String? = nil, width: Int = 0, height: Int = 0,
        duration: MediaTime? = nil, framesRead: Int = 0, framesAnalyzed: Int = 0, framesDropped: Int = 0,
        framesUnchanged: Int = 0, firstImageID: Int64 = 1, fileNames: [Int64: String] = [:], path: [Pose] = [],
        failure: String? = nil
    ) {
        (self.info, self.digest, self.origin) = (info, digest, origin)
        (self.width, self.height, self.duration) = (width, height, duration)
        (self.framesRead, self.framesAnalyzed, self.framesDropped) = (framesRead, framesAnalyzed, framesDropped)
        self.framesUnchanged = framesUnchanged
        (self.firstImageID, self.fileNames, self.path) = (firstImageID, fileNames, path)
        (self.skippedByReason, self.skippedExamples, self.failure) = ([:], [], failure)
    }

    public mutating func skip(name: String, reason: String) {
        skippedByReason[reason, default: 0] += 1
        if skippedExamples.count < Self.keptExamples { skippedExamples.append(Skipped(name: name, reason: reason)) }
    }

    public var framesSkipped: Int { skippedByReason.values.reduce(0, +) }
}
