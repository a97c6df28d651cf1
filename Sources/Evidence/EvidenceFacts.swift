public import ShrikeCore

/// What an evidence picture states about the defect it shows.
public struct EvidenceFacts: Hashable, Sendable {
    /// Class code, e.g. `hot_cell`; drawn text is ASCII, so display names stay in the report.
    public var className: String
    public var grade: Grade
    public var score: Double
    /// Pixels of the source picture.
    public var box: Box
    /// Pixels of the source picture.
    public var outline: [Point]?
    public var thermal: ThermalReading?
    /// Name of the source, or the file for stills.
    public var source: String
    public var time: Timestamp
    public var timeQuality: ClockQuality
    public var mediaTime: MediaTime
    public var frameIndex: Int64
    public var lineage: Lineage

    public init(
        className: String, grade: Grade, score: Double, box: Box, outline: [Point]? = nil,
        thermal: ThermalReading? = nil, source: String, time: Timestamp, timeQuality: ClockQuality,
        mediaTime: MediaTime, frameIndex: Int64, lineage: Lineage
    ) {
        (self.className, self.grade, self.score, self.box) = (className, grade, score, box)
        (self.outline, self.thermal, self.source) = (outline, thermal, source)
        (self.time, self.timeQuality, self.mediaTime) = (time, timeQuality, mediaTime)
        (self.frameIndex, self.lineage) = (frameIndex, lineage)
    }

    /// The facts of a decided alert.
    public init(_ alert: Alert) {
        self.init(
            className: alert.className, grade: alert.grade, score: alert.score, box: alert.box, outline: alert.outline,
            thermal: alert.thermal, source: alert.source.id, time: alert.time, timeQuality: alert.timeQuality,
            mediaTime: alert.mediaTime, frameIndex: alert.frameIndex, lineage: alert.lineage)
    }
}
