import Reporting
import ShrikeCore
import Telemetry

/// What was found for one piece of footage.
struct FoundTelemetry: Sendable {
    var telemetry: SourceTelemetry?
    /// What became of the file that was found or named; nil where there was none.
    var report: TelemetryReport?
    /// When the recording was begun, where anything tells.
    var start: CaptureTime?

    init() {}

    init(_ track: TelemetryTrack, isByClock: Bool = false, start: CaptureTime? = nil) {
        telemetry = SourceTelemetry(track, isByClock: isByClock)
        self.start = start
        report = TelemetryReport(
            file: track.file, variants: track.variants, samples: track.samples.count,
            placed: track.samples.count(where: \.hasPlace), issues: track.issues.map { Self.text($0, of: track) })
    }

    /// An issue with the option that mends it, where there is one.
    static func text(_ issue: TelemetryIssue, of track: TelemetryTrack) -> String {
        switch issue.kind {
        case .ambiguousOrder: return "\(issue); --coordinate-order tells it"
        case .lateStart:
            let first = JSONValue.number(-(track.samples.first?.mediaTime.seconds ?? 0), decimals: 3).canonicalText
            return "\(issue): --clock-offset \(first)"
        default: return issue.description
        }
    }

    init(refused file: String, because reason: String) {
        report = TelemetryReport(file: file, issues: [reason], isRefused: true)
    }
}
