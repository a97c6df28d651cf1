import Foundation
import FrameSources
import Reporting
import ShrikeCore
import Telemetry

/// Finds and reads the telemetry that belongs to footage. Calls block.
struct TelemetryFinder {
    let options: TelemetryOptions

    /// Telemetry of a video: the file that was named, or a side-car beside it (same name, `.SRT`), or what is inside of it.
    ///
    /// - Throws: ``AgentError`` where a file that was named cannot be used. What was only found is no error: the footage is
    ///   analysed without places, and the report says why.
    func find(video path: String) throws -> FoundTelemetry {
        let created = Self.creationTime(path)
        var found = FoundTelemetry()
        if let file = options.file {
            found = try named(file, video: path, created: created)
        } else {
            found = beside(path)
        }
        found.start = start(found.telemetry?.track, created: created)
        return found
    }

    /// Telemetry of an address of a configuration: a recording, or pictures that come one by one.
    ///
    /// - Throws: ``AgentError`` where a file that was named cannot be used.
    func find(address: String) throws -> FoundTelemetry {
        var isFolder: ObjCBool = false
        let isFile = FileManager.default.fileExists(atPath: address, isDirectory: &isFolder) && !isFolder.boolValue
        if isFile, FootageFormat(MissionFile(path: address, name: address)) != .still {
            return try find(video: address)
        }
        return try findForStills()
    }

    /// Telemetry of pictures: only a file that was named, joined by the times of capture.
    ///
    /// - Throws: ``AgentError`` where the named file cannot be read.
    func findForStills() throws -> FoundTelemetry {
        guard let file = options.file, let track = try TelemetryFile(path: file).read(options) else {
            return FoundTelemetry()
        }
        guard let byClock = track.byClock(offset: options.clockOffset) else {
            let reason = "its times count from the start of a video, so pictures have no place in it"
            return FoundTelemetry(refused: track.file, because: reason)
        }
        return FoundTelemetry(byClock, isByClock: true)
    }

    /// Whether the times of a named file count from the start of one video: it cannot serve several.
    func isOfOneVideo() throws -> Bool {
        guard let file = options.file, let track = try TelemetryFile(path: file).read(options) else { return false }
        return TelemetryFile(path: file).isExtracted || !track.issues.contains { $0.kind == .unknownStart }
    }

    /// The side-car, or what is inside of the video where there is none that can be used.
    private func beside(_ path: String) -> FoundTelemetry {
        var found = FoundTelemetry()
        var refusals: [String] = []
        for candidate in [Self.sideCar(of: path), TelemetryFile(path: path).isVideo ? path : nil].compactMap(\.self) {
            do {
                guard let track = try TelemetryFile(path: candidate).read(options) else { continue }
                found = FoundTelemetry(track)
                break
            } catch {
                refusals.append("\(error)")
                if found.report == nil {
                    found = FoundTelemetry(refused: URL(filePath: candidate).lastPathComponent, because: "\(error)")
                }
            }
        }
        if found.telemetry != nil { found.report?.issues += refusals }
        return found
    }

    private func named(_ file: String, video: String, created: Timestamp?) throws -> FoundTelemetry {
        let kind = TelemetryFile(path: file)
        let start = options.recordingStart ?? sideCarStart(of: video, unless: file) ?? created
        guard let track = try kind.read(options, recordingStart: start) else {
            throw AgentError("video carries no telemetry", at: file, remedy: "name an SRT, GPX, CSV or KLV file")
        }
        // Packets that were taken out of the video begin with it; a track of another device does not.
        if track.issues.contains(where: { $0.kind == .unknownStart }), !kind.isExtracted {
            throw AgentError(
                "the track has dates, and nothing tells when the video was begun", at: video,
                remedy: "give --video-start, e.g. 2026-05-01T09:30:00Z")
        }
        var found = FoundTelemetry(track)
        if let start, options.recordingStart == nil, track.samples.first?.localTime != nil, kind.isDated {
            found.report?.issues.append(
                "\(track.file): the video is taken to begin at \(start.rfc3339), as the recording itself says")
        }
        return found
    }

    private func sideCarStart(of video: String, unless named: String) -> Timestamp? {
        guard let path = Self.sideCar(of: video), path != named else { return nil }
        return (try? TelemetryFile(path: path).read(TelemetryOptions()))??.captureStart()?.time
    }

    private func start(_ track: TelemetryTrack?, created: Timestamp?) -> CaptureTime? {
        if let start = track?.captureStart() { return start }
        return (options.recordingStart ?? created).map { CaptureTime(time: $0, quality: .file) }
    }

    private static func creationTime(_ path: String) -> Timestamp? {
        (try? RecordingFile(path: path)).flatMap { MovieClock.creationTime($0) }
    }

    private static func sideCar(of video: String) -> String? {
        let url = URL(filePath: video)
        guard !url.pathExtension.isEmpty else { return nil }
        let stem = url.deletingPathExtension().path
        return [".SRT", ".srt", ".Srt"].map { stem + $0 }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
