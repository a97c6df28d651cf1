import Agent
import ArgumentParser
import ShrikeCore

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "What this machine can do, stage by stage.",
        discussion: """
            CPU milliseconds per frame of decoding, of the network alone, of everything from pixels to detections, and of the \
            whole pipeline; efficiency is the pipeline's rate over what decode and network, summed, allow on all cores.
            """)

    @Option(help: ArgumentHelp("A folder with scene.json, an .onnx file, or builtin:NAME.", valueName: "bundle"))
    var scene = "builtin:thermal-solar"

    @Option(help: ArgumentHelp("A video; without one, a noisy 1080p clip is made.", valueName: "file"))
    var footage: String?

    @Option(help: ArgumentHelp("Frames of each measurement.", valueName: "n"))
    var frames = 300

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @OptionGroup var models: ModelAccessOptions
    @OptionGroup var engine: EngineOptions

    func validate() throws {
        if !(1...1_000_000).contains(frames) { throw ValidationError("--frames takes 1 to 1000000") }
    }

    func run() async throws {
        var options = BenchRun.Options()
        (options.scene, options.footage, options.frames) = (scene, footage, frames)
        (options.engine, options.cacheFolder, options.models) = (engine.settings, engine.cache, models.settings)
        let bench = BenchRun(options: options)
        let result = try await Interruption.cancels {
            try await bench.run { stage in
                if Console.errorIsTerminal { Console.status("\r\u{1B}[K\(stage) ...") }
            }
        }
        if Console.errorIsTerminal { Console.status("\r\u{1B}[K") }
        Console.out(json ? Self.document(result).canonicalText : Self.table(result))
    }

    private static func document(_ result: BenchRun.Result) -> JSONValue {
        .object(compacting: [
            "stages": .array(
                result.stages.map {
                    .object([
                        "name": .string($0.name), "frames": .integer(Int64($0.frames)),
                        "frames_per_second": .number($0.framesPerSecond, decimals: 2),
                        "cpu_ms_per_frame": .number($0.cpuMilliseconds, decimals: 3),
                    ])
                }),
            "engine": result.engine.map { .string($0) }, "workers": .integer(Int64(result.workers)),
            "load_seconds": .number(result.loadSeconds, decimals: 3), "width": .integer(Int64(result.width)),
            "height": .integer(Int64(result.height)),
            "efficiency": result.efficiency.map { .number($0, decimals: 3) },
            "peak_rss_bytes": result.peakResidentBytes.map { .integer(Int64($0)) },
        ])
    }

    private static func table(_ result: BenchRun.Result) -> String {
        func fixed(_ value: Double, _ width: Int) -> String {
            let text = JSONValue.number(value, decimals: 1).canonicalText
            return String(repeating: " ", count: max(0, width - text.count)) + text
        }
        var lines = [
            "stage        frames/s   CPU ms/frame   (\(result.width)x\(result.height), \(result.workers) workers)"
        ]
        for stage in result.stages {
            let name = stage.name + String(repeating: " ", count: max(0, 10 - stage.name.count))
            lines.append("\(name) \(fixed(stage.framesPerSecond, 10)) \(fixed(stage.cpuMilliseconds, 14))")
        }
        lines.append(
            "engine       \(result.engine ?? "none"), loaded in \(JSONValue.number(result.loadSeconds, decimals: 2).canonicalText) s"
        )
        if let efficiency = result.efficiency {
            lines.append(
                "efficiency   \(JSONValue.number(efficiency, decimals: 2).canonicalText) of what decode and engine allow"
            )
        }
        if let peak = result.peakResidentBytes { lines.append("memory       \(peak >> 20) MiB at most") }
        return lines.joined(separator: "\n")
    }
}
