/// Something in a telemetry file that was left out or has to be known, found while the rest was used.
public struct TelemetryIssue: Hashable, Sendable, Codable, CustomStringConvertible {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A block that ends in the middle of a field; what was complete in it is kept.
        case cutBlock
        /// A block or row without anything that can be read.
        case unreadable
        /// The camera wrote 0,0: it had no satellite fix.
        case noFix
        /// The file carries no coordinates at all.
        case noCoordinates
        /// A latitude or longitude that exists nowhere.
        case outOfRange
        /// Latitude and longitude cannot be told apart; no place was taken from these lines.
        case ambiguousOrder
        /// The variant's usual order contradicts the numbers; the numbers won.
        case swappedOrder
        /// Cues without a cue-time line; their media time comes from the camera's clock.
        case missingCueTime
        /// Cues neither with a cue time nor with a date; they were left out.
        case noTime
        /// Cues not in the order of time; they were sorted.
        case timeOrder
        /// The camera's clock jumps against the media time: several recordings in one file.
        case clockJump
        /// The first cue is late: the file may continue another recording.
        case lateStart
        /// A line longer than the limit; it was left out.
        case longLine
        /// Bytes that are no UTF-8; they were skipped.
        case encoding
        /// A packet whose checksum does not hold; it was left out.
        case checksum
        /// Absolute times without a known start of the recording.
        case unknownStart
    }

    public var file: String
    /// From 1; nil where the issue concerns the whole file.
    public var line: Int?
    public var kind: Kind
    public var what: String

    public init(file: String, line: Int?, kind: Kind, what: String) {
        (self.file, self.line, self.kind, self.what) = (file, line, kind, what)
    }

    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(what)" }
}
