import Foundation
import FrameSources
import Imaging
import Integrity
import ShrikeCore
import Telemetry

/// The footage of a mission, opened, with the telemetry that belongs to it.
struct OpenedFootage: Sendable {
    struct Item: Sendable {
        var item: MissionItem
        var source: any FrameSource
        var telemetry: FoundTelemetry
        /// Positions of the scenes that look at it.
        var scenes: [Int]
        /// Frames to come where it is known.
        var framesExpected: Int?
    }

    private(set) var opened: [Item] = []
    private(set) var failures: [MissionPlan.Skipped] = []
    private(set) var notLookedAt: [MissionPlan.Skipped] = []

    /// - Throws: the first error where nothing at all can be opened.
    static func open(
        _ items: [MissionItem], scenes: [LoadedScene], options: ReplayOptions
    ) async throws -> OpenedFootage {
        try await checkTelemetry(options.telemetry, videos: items.count { $0.content == .video })
        var footage = OpenedFootage()
        var ids: Set<String> = []
        var firstError: (any Error)?
        for item in items {
            let looking = scenes.indices.filter { options.usesAllScenes || item.suits(scenes[$0].definition.kind) }
            guard !looking.isEmpty else {
                let light = item.band?.rawValue ?? "this"
                footage.notLookedAt.append(
                    .init(name: item.name, reason: "\(light) half of a pair, and no scene for it; see --all-scenes"))
                continue
            }
            do {
                var opened = try await open(item, ids: &ids, options: options)
                opened.scenes = looking
                footage.opened.append(opened)
            } catch {
                firstError = firstError ?? error
                footage.failures.append(.init(name: item.name, reason: "\(error)"))
            }
        }
        if footage.opened.isEmpty {
            throw firstError
                ?? AgentError(
                    "no scene looks at this footage", at: items.first?.name ?? "footage", remedy: "give --all-scenes")
        }
        return footage
    }

    /// What belongs to one video is not taken for several.
    private static func checkTelemetry(_ telemetry: TelemetryOptions, videos: Int) async throws {
        guard videos > 1 else { return }
        let remedy = "replay each video by itself, or name a track with dates (GPX, CSV with a time column)"
        if let start = telemetry.recordingStart {
            throw AgentError(
                "--video-start is that of one video, and there are \(videos)", at: start.rfc3339, remedy: remedy)
        }
        guard let file = telemetry.file else { return }
        let isOfOne = try await BlockingThread(label: "telemetry").run {
            try TelemetryFinder(options: telemetry).isOfOneVideo()
        }
        if isOfOne {
            throw AgentError(
                "its times count from the start of one video, and there are \(videos)", at: file, remedy: remedy)
        }
    }

    private static func open(
        _ item: MissionItem, ids: inout Set<String>, options: ReplayOptions
    ) async throws -> Item {
        let found = try await BlockingThread(label: "telemetry").run { [telemetry = options.telemetry] in
            let finder = TelemetryFinder(options: telemetry)
            return switch item.content {
            case .video: try finder.find(video: item.address)
            case .stills, .address: try finder.findForStills()
            }
        }
        var settings = SourceOptions()
        (settings.from, settings.to, settings.id) = (options.from, options.to, item.sourceID)
        settings.isolation = options.decoding.isolation
        settings.recordingStart = found.start
        if found.telemetry != nil { settings.kind = .drone }
        settings.clock = { CaptureTime(time: ProcessClock.now(), quality: ProcessClock.quality()) }
        var source = try await source(item, settings)
        let name = source.info.id
        var copy = 2
        while !ids.insert(source.info.id).inserted {
            settings.id = "\(name)-\(copy)"
            source.stop()
            source = try await Self.source(item, settings)
            copy += 1
        }
        return Item(
            item: item, source: source, telemetry: found, scenes: [],
            framesExpected: framesExpected(item, source, options))
    }

    private static func source(_ item: MissionItem, _ settings: SourceOptions) async throws -> any FrameSource {
        guard case .stills(let files) = item.content, files != [item.address] else {
            return try await FootageOpener.open(item.address, options: settings)
        }
        return try await BlockingThread(label: "open").run {
            try PictureFolderSource(files: files, address: item.address, options: settings)
        }
    }

    private static func framesExpected(
        _ item: MissionItem, _ source: any FrameSource, _ options: ReplayOptions
    ) -> Int? {
        guard options.from == nil, options.to == nil, options.framesPerSecond == nil else { return nil }
        if let pictures = source as? PictureFolderSource { return pictures.count }
        guard item.content == .video,
            let reader = try? FootageReader(item.address, isolation: options.decoding.isolation)
        else { return nil }
        return reader.frameCount.flatMap { Int(exactly: $0) }
    }

    /// What the run does with it.
    func plan(scenes: [LoadedScene], skipped: [MissionPlan.Skipped], options: ReplayOptions) -> RunPlan {
        let run = "run-" + SHA256Digest(ofUTF8: runText(scenes, options)).hex.prefix(12)
        return RunPlan(
            run: run, settings: SHA256Digest(ofUTF8: run + settingsText(options)).description,
            program: ProgramBuild.current, site: options.site, gateway: options.gateway, version: AgentVersion.current,
            scenes: scenes.map { .init(definition: $0.definition, lineage: $0.lineage, engine: $0.engine) },
            items: opened.map { opened in
                RunPlan.Item(
                    name: opened.item.name, info: opened.source.info, scenes: opened.scenes,
                    pictures: (opened.source as? PictureFolderSource)?.count, telemetry: opened.telemetry.report)
            }, failures: failures, skipped: skipped + notLookedAt)
    }

    /// Equal footage, scenes and settings give the same name.
    private func runText(_ scenes: [LoadedScene], _ options: ReplayOptions) -> String {
        let range = "\(options.from?.microseconds ?? -1) \(options.to?.microseconds ?? -1)"
        var text =
            "\(AgentVersion.current)\n\(range) \(options.framesPerSecond ?? 0)\(options.look == .every ? "" : " changes")\n"
        for item in opened {
            let info = item.source.info
            let origin = (item.source as? any RecordedFrameSource)?.origin ?? info.redactedAddress
            text += "\(info.id) \(origin)\(item.scenes.count == scenes.count ? "" : " \(item.scenes)")\n"
        }
        for scene in scenes { text += scene.lineage.scene.digest + "\n" }
        return text
    }

    /// Everything else that bears on the results.
    private func settingsText(_ options: ReplayOptions) -> String {
        let engine = options.engine
        var lines = [
            options.site, options.gateway, engine.choice.rawValue, engine.precision.rawValue, options.clips.rawValue,
            "\(options.clipSeconds.before) \(options.clipSeconds.after)",
        ]
        if let scale = options.thermalScale { lines.append("\(scale.gain) \(scale.offset)") }
        lines.append(options.telemetry.settings)
        for path in [options.telemetry.file, options.terrain, options.assets].compactMap(\.self)
            + opened.compactMap(\.item.telemetry)
        {
            lines.append((try? SHA256Digest.ofFile(at: path).hex) ?? "-")
        }
        return lines.joined(separator: "\n")
    }
}
