public import ShrikeCore

/// What an alert says beyond the decision: how it came about and what belongs to the frame.
public struct AlertContext: Hashable, Sendable {
    public var lineage: Lineage
    public var imageWidth: Int
    public var imageHeight: Int
    public var time: Timestamp
    public var timeQuality: ClockQuality
    /// Monotonic clock of the gateway in nanoseconds; the media time in a replay.
    public var monotonicNanoseconds: Int64
    public var place: GroundPoint?
    public var pose: Pose?
    public var asset: AssetReference?
    public var evidence: [EvidenceReference]
    /// What was missing, e.g. `no_pose`; sorted and freed of doubles by the composer.
    public var degraded: [String]

    public init(
        lineage: Lineage, imageWidth: Int, imageHeight: Int, time: Timestamp, timeQuality: ClockQuality,
        monotonicNanoseconds: Int64, place: GroundPoint? = nil, pose: Pose? = nil, asset: AssetReference? = nil,
        evidence: [EvidenceReference] = [], degraded: [String] = []
    ) {
        (self.lineage, self.imageWidth, self.imageHeight) = (lineage, imageWidth, imageHeight)
        (self.time, self.timeQuality, self.monotonicNanoseconds) = (time, timeQuality, monotonicNanoseconds)
        (self.place, self.pose, self.asset) = (place, pose, asset)
        (self.evidence, self.degraded) = (evidence, degraded)
    }
}
