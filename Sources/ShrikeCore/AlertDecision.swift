/// What the alert policy decided about one track in one frame; still without gateway, models, pose or evidence.
public struct AlertDecision: Hashable, Sendable, Codable {
    public enum Event: String, Sendable, Codable {
        case new
        case update
        case end
    }

    public var event: Event
    /// Track whose alert this is. A track that continues an ended one (duplicate suppression) keeps the first one's id.
    public var alertTrackID: Int
    /// Time and class that, with gateway, source and origin, make the alert's id: those of the `new` event.
    public var openedAt: MediaTime
    public var openedClass: String
    public var scene: String
    public var className: String
    public var grade: Grade
    public var basis: GradeBasis
    public var score: Double
    public var box: Box
    public var outline: [Point]?
    public var thermal: ThermalReading?
    public var frameIndex: Int64
    public var mediaTime: MediaTime
    public var firstSeen: MediaTime
    /// Frames in which the defect was seen so far.
    public var count: Int
    public var zones: [String]

    public init(
        event: Event, alertTrackID: Int, openedAt: MediaTime, openedClass: String, scene: String, className: String,
        grade: Grade, basis: GradeBasis, score: Double, box: Box, outline: [Point]? = nil,
        thermal: ThermalReading? = nil, frameIndex: Int64, mediaTime: MediaTime, firstSeen: MediaTime, count: Int,
        zones: [String] = []
    ) {
        (self.event, self.alertTrackID, self.openedAt, self.openedClass) = (event, alertTrackID, openedAt, openedClass)
        (self.scene, self.className, self.grade, self.basis) = (scene, className, grade, basis)
        (self.score, self.box, self.outline, self.thermal) = (score, box, outline, thermal)
        (self.frameIndex, self.mediaTime, self.firstSeen) = (frameIndex, mediaTime, firstSeen)
        (self.count, self.zones) = (count, zones)
    }
}

/// Decides which tracks become alerts. A value, for the same reason as ``TrackingStage``.
public protocol AlertPolicyStage: Codable, Sendable {
    mutating func update(tracks: [Track], analysis: FrameAnalysis) -> [AlertDecision]
    /// Takes a frame that was not looked at, because it shows what the one before showed; alerts whose time is up end.
    ///
    /// - Parameter motion: of the picture since the frame before; nil where it did not move.
    mutating func keep(frameIndex: Int64, mediaTime: MediaTime, motion: AffineTransform2D?) -> [AlertDecision]
    /// Ends open alerts at the end of the footage.
    mutating func finish() -> [AlertDecision]
}
