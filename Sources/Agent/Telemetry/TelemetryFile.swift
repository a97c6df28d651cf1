import Foundation
import ShrikeCore
import Telemetry

/// One file that may hold telemetry, told by its extension.
struct TelemetryFile: Sendable {
    let path: String

    private static let maximumBytes = 64 << 20
    /// Containers that may carry subtitles or MISB metadata.
    private static let videos: Set<String> = ["mp4", "mov", "m4v", "ts", "mts", "m2ts"]

    private var fileExtension: String { URL(filePath: path).pathExtension.lowercased() }
    private var name: String { URL(filePath: path).lastPathComponent }

    var isVideo: Bool { Self.videos.contains(fileExtension) }
    /// Whether the packets were taken out of the video they belong to.
    var isExtracted: Bool { ["klv", "bin"].contains(fileExtension) }
    /// Whether the times are those of a clock.
    var isDated: Bool { ["gpx", "csv", "klv", "bin"].contains(fileExtension) }

    /// The track, its times moved by the offset of the clock; nil for a video that carries none. Blocks.
    ///
    /// - Parameter recordingStart: when the video was begun, for tracks that only have dates.
    /// - Throws: ``AgentError``.
    func read(_ options: TelemetryOptions, recordingStart: Timestamp? = nil) throws -> TelemetryTrack? {
        let track = try parse(options, recordingStart: recordingStart)
        return options.horizontalFieldOfView.map { track?.filling(horizontalFieldOfView: $0) } ?? track
    }

    private func parse(_ options: TelemetryOptions, recordingStart: Timestamp?) throws -> TelemetryTrack? {
        if isVideo {
            let track = try translating {
                try EmbeddedTelemetry.read(
                    RecordingFile(path: path, name: name), file: name,
                    coordinateOrder: options.order?.coordinateOrder)
            }
            return track?.shifted(by: options.clockOffset)
        }
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size <= Self.maximumBytes, let data = FileManager.default.contents(atPath: path) else {
            throw AgentError(
                "telemetry cannot be read", at: path, remedy: "name an SRT, GPX, CSV or KLV file of at most 64 MiB")
        }
        let bytes = [UInt8](data)
        let clock = TrackClock(recordingStart: recordingStart, offset: options.clockOffset)
        return try translating {
            switch fileExtension {
            case "gpx": try GPXTrack.parse(bytes, file: name, clock: clock)
            case "csv", "tsv": try CSVTrack.parse(bytes, file: name, clock: clock)
            case "klv", "bin": try MISBTrack.parse(bytes, file: name, clock: clock)
            default:
                try DJISubtitles.parse(bytes, file: name, coordinateOrder: options.order?.coordinateOrder)
                    .shifted(by: options.clockOffset)
            }
        }
    }
}
