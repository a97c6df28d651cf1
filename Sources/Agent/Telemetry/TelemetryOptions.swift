public import ShrikeCore
import Telemetry

/// How a person wants the telemetry of recorded footage to be found and read.
public struct TelemetryOptions: Hashable, Sendable {
    /// Which coordinate comes first where neither the variant nor the numbers of a file tell.
    public enum Order: String, Sendable, CaseIterable {
        case latitudeFirst = "latitude-first"
        case longitudeFirst = "longitude-first"

        var coordinateOrder: CoordinateOrder { self == .latitudeFirst ? .latitudeFirst : .longitudeFirst }
    }

    /// A file to take instead of what lies beside or inside of the footage.
    public var file: String?
    public var order: Order?
    /// Added to the times of the telemetry to get those of the footage.
    public var clockOffset = MediaTime.zero
    /// When the video was begun, by the camera's clock; nil takes what the recording itself tells.
    public var recordingStart: Timestamp?
    /// Degrees, of the whole width of the picture, where the telemetry tells none.
    public var horizontalFieldOfView: Double?

    public init() {}

    public init(file: String?) { self.file = file }

    /// Everything that bears on results, as text.
    var settings: String {
        "\(order?.rawValue ?? "") \(clockOffset.microseconds) \(recordingStart?.microseconds ?? -1) \(horizontalFieldOfView ?? 0)"
    }
}
