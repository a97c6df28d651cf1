public import Foundation
import ShrikeCore

/// Cuts clips out of a recorded video without encoding again, with FFmpeg's programs where they are installed. Calls block.
///
/// A clip begins with the key picture before the time asked for, because nothing else can be decoded. Boxes go into a subtitle
/// file beside it (`.ass`, Advanced SubStation Alpha, drawn as outlines by players that read it) under the same name.
public struct ClipCutter: Sendable {
    public var secondsBefore: Double
    public var secondsAfter: Double
    private let ffmpeg: String
    private let ffprobe: String

    /// Nil where the programs are not installed.
    public static func installed(secondsBefore: Double = 2, secondsAfter: Double = 2) -> ClipCutter? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        func program(_ name: String) -> String? {
            folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
        guard let ffmpeg = program("ffmpeg"), let ffprobe = program("ffprobe") else { return nil }
        return ClipCutter(
            secondsBefore: secondsBefore, secondsAfter: secondsAfter, ffmpeg: ffmpeg, ffprobe: ffprobe)
    }

    private init(secondsBefore: Double, secondsAfter: Double, ffmpeg: String, ffprobe: String) {
        self.secondsBefore = min(max(0, secondsBefore), 60)
        self.secondsAfter = min(max(0, secondsAfter), 60)
        (self.ffmpeg, self.ffprobe) = (ffmpeg, ffprobe)
    }

    /// Writes one clip per request into `target(position of the request)`, an `.mp4` path.
    ///
    /// - Parameters:
    ///   - width: of the source picture, to whose pixels the boxes refer.
    /// - Returns: the subtitles of each request that has a clip, by its position; nil where this video cannot be cut (no times in
    ///   its container, another codec than H.264 or H.265), to be encoded again instead.
    public func cut(
        _ requests: [ClipRequest], from footage: String, width: Int, height: Int, to target: (Int) -> URL
    ) -> [Int: String]? {
        guard let index = packets(of: footage) else { return nil }
        var written: [Int: String] = [:]
        for (position, request) in requests.enumerated() {
            guard let plan = index.plan(around: request.frameIndex, before: secondsBefore, after: secondsAfter) else {
                continue
            }
            guard run(plan, footage, target(position).path) else {
                for done in Array(written.keys) + [position] { try? FileManager.default.removeItem(at: target(done)) }
                return nil
            }
            written[position] =
                BoxSubtitles(request, times: index.times, start: plan.start, width: width, height: height).text
        }
        return written
    }

    private func run(_ plan: PacketIndex.Cut, _ footage: String, _ target: String) -> Bool {
        let arguments = [
            // A millisecond later is still the same key picture, whatever the rounding of its time.
            "-nostdin", "-v", "error", "-y", "-seek_timestamp", "1", "-ss", Self.text(plan.start + 0.001), "-i",
            footage, "-t",
            Self.text(plan.end - plan.start), "-map", "0:v:0", "-c", "copy", "-an", "-sn", "-dn", "-map_metadata", "-1",
            "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", target,
        ]
        return output(of: ffmpeg, arguments) != nil
            && ((try? FileManager.default.attributesOfItem(atPath: target)[.size] as? Int) ?? 0) > 0
    }

    private func packets(of footage: String) -> PacketIndex? {
        let arguments = [
            "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags:stream=codec_name", "-of",
            "csv=p=0",
            footage,
        ]
        return output(of: ffprobe, arguments).flatMap { PacketIndex(csv: String(decoding: $0, as: UTF8.self)) }
    }

    private static func text(_ seconds: Double) -> String { String(format: "%.6f", max(0, seconds)) }

    /// Standard output of a program that ended well.
    private func output(of program: String, _ arguments: [String]) -> Data? {
        let process = Process()
        (process.executableURL, process.arguments) = (URL(filePath: program), arguments)
        let pipe = Pipe()
        (process.standardInput, process.standardOutput, process.standardError) = (
            FileHandle.nullDevice, pipe, FileHandle.nullDevice
        )
        guard (try? process.run()) != nil else { return nil }
        let bytes = try? pipe.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? bytes ?? Data() : nil
    }
}
