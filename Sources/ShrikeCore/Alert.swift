/// A decided alert, as stored, published and written to `alerts.ndjson` (schema `shrike.alert/1`).
public struct Alert: Hashable, Sendable, Codable {
    public enum State: String, Sendable, Codable {
        case new
        case update
        case end
    }

    public static let schema = "shrike.alert/1"

    /// 32 hex digits, equal for all events of one defect: hash of gateway, source, origin, opening media time, class, track.
    public var defectID: String
    /// 32 hex digits of this event: hash of `defectID`, state and media time. What a subscriber de-duplicates by.
    public var alertID: String
    /// Gapless per gateway (per run in a replay), from 1; given by the outbox in the transaction that stores the alert.
    public var sequence: UInt64
    public var site: String
    public var gateway: String
    public var source: SourceInfo
    public var time: Timestamp
    public var timeQuality: ClockQuality
    /// Monotonic clock of the gateway in nanoseconds; the media time in a replay.
    public var monotonicNanoseconds: Int64
    public var bootID: String
    public var mediaTime: MediaTime
    public var frameIndex: Int64
    public var className: String
    public var grade: Grade
    public var basis: GradeBasis
    public var score: Double
    public var box: Box
    public var imageWidth: Int
    public var imageHeight: Int
    public var lineage: Lineage
    public var state: State
    /// Set by the relay on every attempt after the first that may have reached the broker.
    public var isResend: Bool
    public var attempt: Int
    public var trackID: Int
    public var firstSeen: MediaTime
    public var count: Int
    /// Pixels of the source picture.
    public var outline: [Point]?
    public var thermal: ThermalReading?
    public var place: GroundPoint?
    public var pose: Pose?
    public var asset: AssetReference?
    public var evidence: [EvidenceReference]
    public var zones: [String]
    /// What was missing when this was decided, e.g. `no_pose`, `evidence_shed`.
    public var degraded: [String]

    public init(
        defectID: String, alertID: String, sequence: UInt64, site: String, gateway: String, source: SourceInfo,
        time: Timestamp, timeQuality: ClockQuality, monotonicNanoseconds: Int64, bootID: String, mediaTime: MediaTime,
        frameIndex: Int64, className: String, grade: Grade, basis: GradeBasis, score: Double, box: Box,
        imageWidth: Int, imageHeight: Int, lineage: Lineage, state: State, isResend: Bool = false, attempt: Int = 1,
        trackID: Int, firstSeen: MediaTime, count: Int, outline: [Point]? = nil, thermal: ThermalReading? = nil,
        place: GroundPoint? = nil, pose: Pose? = nil, asset: AssetReference? = nil, evidence: [EvidenceReference] = [],
        zones: [String] = [], degraded: [String] = []
    ) {
        (self.defectID, self.alertID, self.sequence) = (defectID, alertID, sequence)
        (self.site, self.gateway, self.source, self.time) = (site, gateway, source, time)
        (self.timeQuality, self.monotonicNanoseconds, self.bootID) = (timeQuality, monotonicNanoseconds, bootID)
        (self.mediaTime, self.frameIndex, self.className) = (mediaTime, frameIndex, className)
        (self.grade, self.basis, self.score, self.box) = (grade, basis, score, box)
        (self.imageWidth, self.imageHeight, self.lineage, self.state) = (imageWidth, imageHeight, lineage, state)
        (self.isResend, self.attempt, self.trackID) = (isResend, attempt, trackID)
        (self.firstSeen, self.count, self.outline, self.thermal) = (firstSeen, count, outline, thermal)
        (self.place, self.pose, self.asset, self.evidence) = (place, pose, asset, evidence)
        (self.zones, self.degraded) = (zones, degraded)
    }
}

/// A picture or clip that shows the defect.
public struct EvidenceReference: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable { case image, clip }

    public var kind: Kind
    /// Path relative to the evidence folder of the gateway or of the replay.
    public var path: String
    public var sha256: String
    public var bytes: Int

    public init(kind: Kind, path: String, sha256: String, bytes: Int) {
        (self.kind, self.path, self.sha256, self.bytes) = (kind, path, sha256, bytes)
    }
}
