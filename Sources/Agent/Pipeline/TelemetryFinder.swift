import Foundation
import ShrikeCore
import Telemetry

/// Finds and reads the telemetry that belongs to footage.
enum TelemetryFinder {
    private static let maximumBytes = 64 << 20

    /// The track in `file`, or in a side-car beside the video (same name, `.SRT`), or inside the video itself, or nil where there
    /// is none. Blocks.
    ///
    /// - Throws: ``AgentError`` where a file that was named cannot be used. A side-car found beside a video that cannot be used is
    ///   no error: the footage is analysed without places.
    static func track(for footage: String, named file: String?) throws -> TelemetryTrack? {
        if let file { return try translating { try read(file) } }
        let url = URL(filePath: footage)
        guard !footage.contains("://"), !url.pathExtension.isEmpty else { return nil }
        let stem = url.deletingPathExtension().path
        for suffix in [".SRT", ".srt", ".Srt"] where FileManager.default.fileExists(atPath: stem + suffix) {
            return try? read(stem + suffix)
        }
        return embeddedExtensions.contains(url.pathExtension.lowercased()) ? (try? embedded(footage)) ?? nil : nil
    }

    /// Containers that may carry subtitles or MISB metadata.
    private static let embeddedExtensions: Set<String> = ["mp4", "mov", "m4v", "ts", "mts", "m2ts"]

    private static func embedded(_ path: String) throws -> TelemetryTrack? {
        let name = URL(filePath: path).lastPathComponent
        return try EmbeddedTelemetry.read(RecordingFile(path: path, name: name), file: name)
    }

    private static func read(_ file: String) throws -> TelemetryTrack {
        if embeddedExtensions.contains(URL(filePath: file).pathExtension.lowercased()) {
            guard let track = try embedded(file) else {
                throw AgentError("video carries no telemetry", at: file, remedy: "name an SRT, GPX, CSV or KLV file")
            }
            return track
        }
        let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        guard let size, size <= maximumBytes, let data = FileManager.default.contents(atPath: file) else {
            throw AgentError(
                "telemetry cannot be read", at: file, remedy: "name an SRT, GPX, CSV or KLV file of at most 64 MiB")
        }
        let name = URL(filePath: file).lastPathComponent
        return switch URL(filePath: file).pathExtension.lowercased() {
        case "gpx": try GPXTrack.parse(Array(data), file: name)
        case "csv": try CSVTrack.parse(Array(data), file: name)
        case "klv", "bin": try MISBTrack.parse(Array(data), file: name)
        default: try DJISubtitles.parse(Array(data), file: name)
        }
    }
}
