import Agent
public import ArgumentParser
import ShrikeCore

/// Options of commands that read telemetry.
struct TelemetryArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which coordinate comes first where a file does not tell: latitude-first, longitude-first.",
            valueName: "order"))
    var coordinateOrder: TelemetryOptions.Order?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Seconds to add to the times of the telemetry to get those of the camera, e.g. -37.5 or 28800.",
            valueName: "s"))
    var clockOffset = 0.0

    @Option(
        help: ArgumentHelp(
            "When the video was begun, for a track with dates beside a video without: 2026-05-01T09:30:00Z.",
            valueName: "time"))
    var videoStart: String?

    @Option(
        help: ArgumentHelp(
            "Horizontal field of view where the telemetry tells none, e.g. 73.7 for 24 mm; places need it.",
            valueName: "degrees"))
    var fieldOfView: Double?

    func validate() throws {
        if let fieldOfView, !(1...169).contains(fieldOfView) { throw ValidationError("--field-of-view takes 1 to 169") }
        if !clockOffset.isFinite || abs(clockOffset) > 1e9 {
            throw ValidationError("--clock-offset takes seconds, e.g. -37.5")
        }
        if let videoStart, Timestamp(rfc3339: videoStart) == nil {
            throw ValidationError(
                "--video-start takes a date with time and zone, e.g. 2026-05-01T09:30:00Z, not '\(videoStart)'")
        }
    }

    func options(file: String?) -> TelemetryOptions {
        var options = TelemetryOptions(file: file)
        options.order = coordinateOrder
        options.clockOffset = MediaTime(seconds: clockOffset)
        options.recordingStart = videoStart.flatMap { Timestamp(rfc3339: $0) }
        options.horizontalFieldOfView = fieldOfView
        return options
    }
}

extension TelemetryOptions.Order: ExpressibleByArgument {}
