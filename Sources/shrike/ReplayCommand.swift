import Agent
public import ArgumentParser
import Foundation
import ShrikeCore

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Analyse recorded footage with the stages of the live agent.",
        discussion: """
            Takes videos, pictures and whole cards: folders are searched with their subfolders, sorted by time of capture, \
            and what is no footage is skipped and listed in summary.json. Leaves alerts.ndjson, detections.json, \
            summary.json, defects.geojson, .kml and .csv, evidence/, report.html and report.json in the output folder. The same footage and scenes \
            give the same alerts.ndjson, byte for byte. A run that was interrupted goes on where it stopped when the same \
            command is given again. With --broker, alerts go to shrike/v1/<site>/<gateway>/replay/<run>/..., never to the \
            live topics.

            With --speed at a terminal: space pauses, . steps, right and left seek by 5 s (the results stay the same), \
            q ends.
            """)

    @Argument(
        help: ArgumentHelp(
            "Videos, pictures, folders, globs, rtsp://... or camera:N; with --merge the --out folders of shards.",
            valueName: "footage"))
    var footage: [String]

    @Option(
        help: ArgumentHelp(
            "A folder with scene.json, an .onnx file, or builtin:thermal-solar. Repeat for more.", valueName: "bundle"))
    var scene: [String] = []

    @Flag(
        help:
            "Let every scene look at all footage, also where thermal and visible pictures of the same shots are there.")
    var allScenes = false

    @Option(
        help: ArgumentHelp(
            """
            Telemetry (SRT, GPX, CSV, KLV) instead of what lies beside or inside of the video; a track with dates also serves \
            pictures.
            """, valueName: "file"))
    var telemetry: String?

    @OptionGroup var telemetryArguments: TelemetryArguments

    @Option(
        help: ArgumentHelp(
            "Scale of thermal pictures that carry none: degrees Celsius are GAIN times the pixel value plus OFFSET.",
            valueName: "gain,offset"))
    var thermalScale: String?

    @Option(
        help: ArgumentHelp("Heights of the ground, any grid that GDAL reads, to place defects on.", valueName: "file"))
    var terrain: String?

    @Option(
        help: ArgumentHelp("Towers, spans, panels (GeoJSON or CSV): each defect gets the nearest.", valueName: "file"))
    var assets: String?

    @Option(
        help: ArgumentHelp(
            "Record of the site's defects over its flights: the same defect keeps its id.", valueName: "file"))
    var siteRecord: String?

    @Option(help: ArgumentHelp("Folder for the results.", valueName: "dir"))
    var out = "replay-out"

    @Flag(help: "Begin anew instead of continuing an earlier run.")
    var fresh = false

    @Option(
        help: ArgumentHelp(
            "`max` (the default), or seconds of footage per second: 1, 4 ... A finished run is played again.",
            valueName: "speed"))
    var speed: String?

    @Option(help: ArgumentHelp("Begin here: seconds or [HH:]MM:SS.", valueName: "t"))
    var from: String?

    @Option(help: ArgumentHelp("End here.", valueName: "t"))
    var to: String?

    @Option(help: ArgumentHelp("Do one share of the work, e.g. 2/8; --merge joins them.", valueName: "i/n"))
    var shard: String?

    @Flag(help: "Join the results of all shards of a run.")
    var merge = false

    @Option(help: ArgumentHelp("Publish to this broker, mqtt://host:1883.", valueName: "url"))
    var broker: String?

    @Option(
        help: ArgumentHelp(
            """
            Compare with the results of an earlier run; exit status 3 where this one is worse. Two scenes that look for the \
            same are compared in one run, the first being the baseline.
            """, valueName: "dir"))
    var baseline: String?

    @Option(
        help: ArgumentHelp("Share of a class's baseline defects that may be lost, in percent.", valueName: "percent"))
    var maxLost = 5.0

    @Option(
        help: ArgumentHelp(
            "Share of a class's baseline defects that may be added, in percent; without it any number may.",
            valueName: "percent"))
    var maxAdded: Double?

    @Option(help: "Site in alerts.")
    var site = "local"

    @Option(help: "Gateway in alerts.")
    var gateway = "local"

    @Option(help: ArgumentHelp("Analyse at most this many frames per second of footage.", valueName: "n"))
    var fps: Double?

    @Option(help: "Frames of videos that are looked at: every one, or changes (those that show something new).")
    var look = LookPolicy.every

    @Option(
        help: ArgumentHelp(
            """
            Clips of defects in videos: copy (cut without encoding again, boxes in an .ass subtitle file beside), burnt \
            (encoded again, boxes drawn in), none.
            """, valueName: "how"))
    var clips = ReplayOptions.Clips.copy

    @Option(
        help: ArgumentHelp("Seconds of a clip before and after the alert, 0 to 60 each.", valueName: "before,after"))
    var clipSeconds = "2,2"

    @Option(help: "Where footage is decoded: isolated (a confined process each source) or in-process.")
    var decoding = FootageDecoding.isolated

    @Flag(help: "The same as --clips none.")
    var noClips = false

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @OptionGroup var models: ModelAccessOptions
    @OptionGroup var engine: EngineOptions

    func validate() throws {
        if footage.isEmpty { throw ValidationError("name footage") }
        if merge {
            if !scene.isEmpty || shard != nil { throw ValidationError("--merge takes folders and --out only") }
        } else if scene.isEmpty {
            throw ValidationError("name at least one --scene")
        }
        if !(0...100).contains(maxLost) { throw ValidationError("--max-lost takes 0 to 100") }
        if let maxAdded, !(0...1e6).contains(maxAdded) { throw ValidationError("--max-added takes 0 or more") }
        _ = try clipLengths()
        if shard != nil, baseline != nil { throw ValidationError("--baseline goes with --merge, not with --shard") }
    }

    func run() async throws {
        let result = merge ? try await merged() : try await replayed()
        if json {
            var document = result.summary.objectValue ?? [:]
            document["comparison"] = result.comparison?.json
            document["output_folder"] = .string(out)
            Console.out(JSONValue.object(document).canonicalText)
        } else {
            printAnswer(result)
        }
        for note in result.notes { Console.error("shrike: \(note)") }
        for failure in result.failures { Console.error("shrike: not replayed: \(failure.reason)") }
        if result.comparison?.isWorse == true { throw ExitCode(3) }
        if !result.failures.isEmpty { throw ExitCode(1) }
    }

    private func merged() async throws -> ReplayRun.Result {
        let merge = ReplayMerge(
            folders: footage, output: out, baseline: baseline, siteRecord: siteRecord, gate: gate)
        return try await Interruption.cancels { try await merge.run() }
    }

    private func replayed() async throws -> ReplayRun.Result {
        let options = try replayOptions()
        let meter = ProgressMeter()
        defer { meter.finish() }
        guard speed != nil, TerminalControls.areUsable else {
            let replay = ReplayRun(options: options, logger: .shrike(), progress: { meter.show($0) })
            return try await interruptible { try await replay.run() }
        }
        let asJSON = json
        let playback = Playback(speed: options.speed) { alerts in
            guard !asJSON else { return }
            meter.interleave { for alert in alerts { Console.out(AlertLine(alert.json, run: nil).text) } }
        }
        let replay = ReplayRun(options: options, logger: .shrike(), playback: playback) { progress in
            let status = playback.status
            let seconds = status.position.microseconds / 1_000_000
            let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
            meter.show(progress, note: "\(clock)\(status.isPaused ? " paused" : "")  ")
        }
        Console.error("space pauses, . steps, left and right seek by 5 s, q ends")
        let keys = KeyInput(playback)
        return try await interruptible {
            try await TerminalControls.during {
                keys.take($0)
            } _: {
                try await replay.run()
            }
        }
    }

    private func interruptible(
        _ work: @escaping @Sendable () async throws -> ReplayRun.Result
    ) async throws -> ReplayRun.Result {
        do { return try await Interruption.cancels(work) } catch let error as CancellationError {
            Console.error("\nshrike: interrupted; the same command continues")
            throw error
        }
    }

    private var gate: ReplayOptions.Gate {
        var gate = ReplayOptions.Gate()
        (gate.lost, gate.added) = (maxLost / 100, maxAdded.map { $0 / 100 })
        return gate
    }

    private func clipLengths() throws -> (before: Double, after: Double) {
        let parts = clipSeconds.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 2, let before = parts[0], let after = parts[1], (0...60).contains(before),
            (0...60).contains(after), before + after > 0
        else { throw ValidationError("--clip-seconds takes BEFORE,AFTER, e.g. 2,5, not '\(clipSeconds)'") }
        return (before, after)
    }

    private func replayOptions() throws -> ReplayOptions {
        var options = ReplayOptions()
        (options.footage, options.scenes, options.outputFolder) = (footage, scene, out)
        options.telemetry = telemetryArguments.options(file: telemetry)
        (options.gate, options.clipSeconds) = (gate, try clipLengths())
        (options.brokerURL, options.baseline, options.site, options.gateway) = (broker, baseline, site, gateway)
        (options.clips, options.framesPerSecond, options.usesAllScenes) = (noClips ? .none : clips, fps, allScenes)
        (options.decoding, options.look) = (decoding, look)
        (options.engine, options.models) = (engine.settings, models.settings)
        options.cacheFolder = engine.cache
        options.isFresh = fresh
        (options.terrain, options.assets, options.siteRecord) = (terrain, assets, siteRecord)
        options.thermalScale = try thermalScale.map { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard parts.count == 2, let gain = parts[0], let offset = parts[1], gain.isFinite, offset.isFinite else {
                throw ValidationError("--thermal-scale takes GAIN,OFFSET, e.g. 0.22,18, not '\(text)'")
            }
            return ThermalScale(gain: gain, offset: offset)
        }
        options.playsAgain = speed != nil
        if let speed, speed != "max" {
            guard let factor = Double(speed), factor > 0, factor <= 1000 else {
                throw ValidationError("--speed takes `max` or a number above 0, not '\(speed)'")
            }
            options.speed = factor
        }
        options.from = try from.map { try MediaTime(argument: $0) }
        options.to = try to.map { try MediaTime(argument: $0) }
        if let fps, !(0.01...1000).contains(fps) { throw ValidationError("--fps takes 0.01 to 1000") }
        options.shard = try shard.map { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let number = parts[0], let count = parts[1],
                let shard = ReplayShard(number: number, of: count)
            else { throw ValidationError("--shard takes i/n with 1 <= i <= n, not '\(text)'") }
            return shard
        }
        return options
    }

    private func printAnswer(_ result: ReplayRun.Result) {
        if result.piecesFinishedBefore > 0 {
            let part = "\(result.piecesFinishedBefore) of \(result.pieces)"
            Console.error("shrike: \(part) pieces of work were finished by an earlier run; --fresh analyses them again")
        }
        if let shard {
            Console.out("shard \(shard) done: \(result.pieces) pieces of work (\(result.run))")
            Console.out("when all are: shrike replay --merge DIR DIR ... --out DIR")
            return
        }
        var counts: [String: Int] = [:]
        for alert in result.alerts where alert.state == .new {
            counts["\(alert.grade.rawValue) \(alert.className)", default: 0] += 1
        }
        Console.out("\(result.defects) defect\(result.defects == 1 ? "" : "s") (\(result.run))")
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { Console.out("  \(count)  \(name)") }
        if result.skipped > 0 {
            Console.out("\(result.skipped) file\(result.skipped == 1 ? "" : "s") skipped, see mission in summary.json")
        }
        if let comparison = result.comparison { Console.out(comparison.text) }
        Console.out("report    \(out)/report.html\nalerts    \(out)/alerts.ndjson\nevidence  \(out)/evidence/")
    }
}

extension ReplayOptions.Clips: ExpressibleByArgument {}
extension FootageDecoding: ExpressibleByArgument {}
extension LookPolicy: ExpressibleByArgument {}

extension MediaTime {
    /// Seconds (`90`, `1.5`) or `[HH:]MM:SS[.fraction]`.
    init(argument text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard (1...3).contains(parts.count), parts.allSatisfy({ ($0 ?? -1) >= 0 && ($0 ?? 0) < 1e9 }) else {
            throw ValidationError("'\(text)' is no time; write seconds or [HH:]MM:SS")
        }
        self.init(seconds: parts.reduce(0) { $0 * 60 + ($1 ?? 0) })
    }
}
