import Foundation
import Imaging
public import ShrikeCore
import Telemetry

/// `shrike telemetry`: what a side-car, track, video or picture says of where the camera was.
public struct TelemetryInspection: Sendable {
    public var path: String
    public var options: TelemetryOptions

    public init(path: String, options: TelemetryOptions = TelemetryOptions()) {
        (self.path, self.options) = (path, options)
    }

    public struct Result: Sendable {
        public var text: String
        /// Schema `shrike.telemetry/1`.
        public var json: JSONValue
        /// A row per sample, as `--telemetry` reads it back.
        public var csv: String
    }

    private static let headBytes = 256 << 10

    /// Reads the file on a thread of its own.
    ///
    /// - Throws: ``AgentError`` where it holds no telemetry: what, where, what to do.
    public func run() async throws -> Result {
        let request = self
        return try await BlockingThread(label: "telemetry").run { try request.read() }
    }

    private func read() throws -> Result {
        let track = try track()
        return Result(text: text(track), json: document(track), csv: Self.table(track))
    }

    private func track() throws -> TelemetryTrack {
        let file = MissionFile(path: path, name: path)
        if FootageFormat(file) == .still { return try still() }
        if TelemetryFile(path: path).isVideo || FootageFormat(file) != .video {
            if let track = try TelemetryFile(path: path).read(options, recordingStart: options.recordingStart) {
                return track
            }
        }
        throw AgentError(
            "this video carries no telemetry", at: path, remedy: "name the side-car or track that belongs to it")
    }

    private func still() throws -> TelemetryTrack {
        guard let handle = try? FileHandle(forReadingFrom: URL(filePath: path)) else {
            throw AgentError("the picture cannot be read", at: path, remedy: "check path and permissions")
        }
        defer { try? handle.close() }
        let metadata = PictureMetadata.read([UInt8]((try? handle.read(upToCount: Self.headBytes)) ?? Data()))
        guard let pose = metadata.pose else {
            throw AgentError(
                "this picture says nothing of where it was taken", at: path,
                remedy: "replay it with --telemetry TRACK.gpx, or without places")
        }
        let sample = TelemetrySample(mediaTime: .zero, localTime: metadata.captureTime?.time, pose: pose)
        return TelemetryTrack(
            file: file, samples: [sample], variants: [metadata.drone == nil ? "exif" : "drone-dji"], method: .xmp)
    }

    private var file: String { URL(filePath: path).lastPathComponent }

    // MARK: Answers

    private func text(_ track: TelemetryTrack) -> String {
        let placed = track.samples.filter(\.hasPlace)
        var lines = [
            "\(track.file): \(track.variants.joined(separator: ", "))",
            "  \(track.samples.count) samples, \(placed.count) with a place",
        ]
        if let first = track.samples.first { lines.append("  first  " + Self.line(first)) }
        if track.samples.count > 1, let last = track.samples.last { lines.append("  last   " + Self.line(last)) }
        lines += track.issues.map { "  note: " + FoundTelemetry.text($0, of: track) }
        return lines.joined(separator: "\n")
    }

    private static func line(_ sample: TelemetrySample) -> String {
        let pose = sample.pose
        func number(_ name: String, _ value: Double?, _ decimals: Int) -> String? {
            value.map { "\(name) \(JSONValue.number($0, decimals: decimals).canonicalText)" }
        }
        let place =
            pose.latitude.flatMap { latitude in
                pose.longitude.map {
                    JSONValue.number(latitude, decimals: 7).canonicalText + ", "
                        + JSONValue.number($0, decimals: 7).canonicalText
                }
            } ?? "no place"
        let rest = [
            number("height", pose.relativeAltitude, 1), number("altitude", pose.absoluteAltitude, 1),
            number("yaw", pose.yaw, 1), number("pitch", pose.pitch, 1),
            number("field of view", pose.horizontalFieldOfView, 1),
            sample.localTime.map { "clock \($0.rfc3339.dropLast())" },
        ].compactMap(\.self)
        let seconds = JSONValue.number(sample.mediaTime.seconds, decimals: 3).canonicalText
        return ([seconds + " s", place] + rest).joined(separator: "  ")
    }

    private func document(_ track: TelemetryTrack) -> JSONValue {
        .object(compacting: [
            "schema": .string("shrike.telemetry/1"), "file": .string(track.file),
            "variants": .array(track.variants.map { .string($0) }), "method": .string(track.method.rawValue),
            "samples": .integer(Int64(track.samples.count)),
            "placed": .integer(Int64(track.samples.count(where: \.hasPlace))),
            "coordinate_decimals": track.coordinateDecimals.map { .integer(Int64($0)) },
            "first": track.samples.first.map(Self.json), "last": track.samples.last.map(Self.json),
            "issues": .array(
                track.issues.map { issue in
                    .object(compacting: [
                        "kind": .string(issue.kind.rawValue), "line": issue.line.map { .integer(Int64($0)) },
                        "what": .string(issue.what),
                    ])
                }),
        ])
    }

    private static func json(_ sample: TelemetrySample) -> JSONValue {
        .object(compacting: [
            "media_time_ms": .integer(sample.mediaTime.milliseconds),
            "clock": sample.localTime.map { .string($0.rfc3339) }, "pose": sample.pose.json,
        ])
    }

    private static func table(_ track: TelemetryTrack) -> String {
        var text = "time_s,lat,lon,rel_alt,abs_alt,yaw,pitch,roll,hfov,clock\n"
        func cell(_ value: Double?, _ decimals: Int) -> String {
            value.map { JSONValue.number($0, decimals: decimals).canonicalText } ?? ""
        }
        for sample in track.samples {
            let pose = sample.pose
            text +=
                [
                    cell(sample.mediaTime.seconds, 3), cell(pose.latitude, 8), cell(pose.longitude, 8),
                    cell(pose.relativeAltitude, 3), cell(pose.absoluteAltitude, 3), cell(pose.yaw, 2),
                    cell(pose.pitch, 2),
                    cell(pose.roll, 2), cell(pose.horizontalFieldOfView, 3), sample.localTime?.rfc3339 ?? "",
                ].joined(separator: ",") + "\n"
        }
        return text
    }
}
