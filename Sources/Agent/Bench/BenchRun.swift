import Detection
import Evidence
import Foundation
import FrameSources
import Imaging
import Inference
import ShrikeCore

/// `shrike bench`: what this machine can do, stage by stage, and how close the whole comes to the sum of its parts.
public struct BenchRun: Sendable {
    public struct Options: Sendable {
        public var scene = "builtin:thermal-solar"
        /// Video; nil makes a noisy one.
        public var footage: String?
        public var engine = GatewayConfiguration.Engine()
        /// Store, trust and keys.
        public var models = ModelDesk.Options()
        public var cacheFolder: String?
        /// Frames of each measurement at most.
        public var frames = 300

        public init() {}
    }

    /// Figures of one stage.
    public struct Stage: Sendable {
        public var name: String
        public var frames: Int
        public var seconds: Double
        public var cpuSeconds: Double

        public var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : 0 }
        public var cpuMilliseconds: Double { frames > 0 ? cpuSeconds * 1000 / Double(frames) : 0 }
    }

    public struct Result: Sendable {
        public var stages: [Stage]
        public var engine: String?
        public var workers: Int
        public var loadSeconds: Double
        public var width: Int
        public var height: Int
        /// Share that the whole reaches of the frame rate that decode and engine CPU time, summed, allow on all cores.
        public var efficiency: Double?
        public var peakResidentBytes: Int?
    }

    private let options: Options

    public init(options: Options) { self.options = options }

    /// - Throws: ``AgentError`` where scene or footage cannot be used.
    public func run(progress: @Sendable (String) -> Void) async throws -> Result {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let workers = options.engine.workers > 0 ? options.engine.workers : cores
        let begin = ContinuousClock.now
        var library = SceneLibrary(engine: options.engine, cacheFolder: options.cacheFolder, workers: workers)
        library.models = try ModelDesk(options.models).access
        let scene = try library.load(options.scene)
        let loadSeconds = (ContinuousClock.now - begin) / .seconds(1)
        var made: String?
        defer { made.map { try? FileManager.default.removeItem(atPath: $0) } }
        if options.footage == nil {
            progress("making footage")
            made = try await BlockingThread(label: "bench").run { try Self.makeClip() }
        }
        let footage = options.footage ?? made ?? ""
        progress("decode")
        let (decode, frames) = try await decode(footage)
        guard let first = frames.first else {
            throw AgentError("footage has no frame", at: footage, remedy: "name a video")
        }
        progress("engine")
        var stages = [decode]
        let engine = try await BlockingThread(label: "bench").run {
            try Self.engineAlone(scene, frames: options.frames)
        }
        if let engine { stages.append(engine) }
        progress("detect")
        stages.append(
            try await BlockingThread(label: "bench").run { try Self.detect(scene, frames, count: options.frames) })
        progress("pipeline")
        let whole = try await pipeline(footage, scene: scene, workers: workers)
        stages.append(whole)
        let parts = decode.cpuMilliseconds + (engine ?? stages[stages.count - 2]).cpuMilliseconds
        let bound = Double(cores) * 1000 / parts
        return Result(
            stages: stages, engine: scene.engine, workers: workers, loadSeconds: loadSeconds, width: first.width,
            height: first.height, efficiency: parts > 0 ? whole.framesPerSecond / bound : nil,
            peakResidentBytes: ProcessMemory.current()?.peakResidentBytes)
    }

    private static func makeClip() throws -> String {
        let path = NSTemporaryDirectory() + "shrike-bench-\(getpid()).mp4"
        var writer = try VideoWriter(path: path, codec: .h264, framesPerSecond: 25, width: 1920, height: 1080)
        var state: UInt64 = 1
        var texture = [UInt8](repeating: 0, count: 480 * 270 * 3)
        for i in texture.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            texture[i] = UInt8(truncatingIfNeeded: state >> 56)
        }
        let small = try Image(copying: PixelBuffer(copying: texture, width: 480, height: 270, format: .bgr8))
        let large = try small.blurred(sigma: 2).resized(width: 2240, height: 1260, interpolation: .cubic)
        for number in 0..<150 {
            try writer.write(try large.cropped(x: number * 2, y: number, width: 1920, height: 1080))
        }
        return path
    }

    private func decode(_ footage: String) async throws -> (Stage, [Frame]) {
        let source = try await FootageOpener.open(footage, options: SourceOptions())
        var frames: [Frame] = []
        var count = 0
        let (begin, cpu) = (ContinuousClock.now, ProcessClock.cpuSeconds())
        while count < options.frames, let event = try await source.next() {
            guard case .frame(let frame) = event else { continue }
            count += 1
            if frames.count < 8 { frames.append(frame) }
        }
        let stage = Stage(
            name: "decode", frames: count, seconds: (ContinuousClock.now - begin) / .seconds(1),
            cpuSeconds: ProcessClock.cpuSeconds() - cpu)
        source.stop()
        return (stage, frames)
    }

    /// The network alone, one request on one thread; nil where the scene has none.
    private static func engineAlone(_ scene: LoadedScene, frames: Int) throws -> Stage? {
        guard let network = scene.network else { return nil }
        let request = try network.makeRequest()
        for _ in 0..<3 { try request.run() }
        return try measure("engine", limit: frames) { try request.run() }
    }

    /// Everything from pixels to detections, one worker.
    private static func detect(_ scene: LoadedScene, _ frames: [Frame], count: Int) throws -> Stage {
        let detector = try scene.makeDetector()
        _ = try detector.detect(frames[0])
        var number = 0
        return try measure("detect", limit: count) {
            _ = try detector.detect(frames[number % frames.count])
            number += 1
        }
    }

    /// Repeats `work` until the limit or for three seconds. CPU time is the process's: engines work on threads of their own.
    private static func measure(_ name: String, limit: Int, _ work: () throws -> Void) throws -> Stage {
        let (begin, cpu) = (ContinuousClock.now, ProcessClock.cpuSeconds())
        var count = 0
        while count < limit, ContinuousClock.now - begin < .seconds(3) {
            try work()
            count += 1
        }
        return Stage(
            name: name, frames: count, seconds: (ContinuousClock.now - begin) / .seconds(1),
            cpuSeconds: ProcessClock.cpuSeconds() - cpu)
    }

    /// The whole pipeline, decisions included, into memory.
    private func pipeline(_ footage: String, scene: LoadedScene, workers: Int) async throws -> Stage {
        let source = try await FootageOpener.open(footage, options: SourceOptions())
        let limited = LimitedSource(source, frames: options.frames)
        return try await Self.trial(limited, scene: scene, workers: workers).run()
    }

    // Not inlined: Swift 6.3.1 fails to split the coroutine that would come of it (release).
    @inline(never)
    private static func trial(_ source: any FrameSource, scene: LoadedScene, workers: Int) throws -> Trial {
        try Trial(source: source, scene: scene, workers: workers)
    }

    /// One run of the whole pipeline.
    private final class Trial {
        let pool: AnalysisPool
        let line: SourcePipeline
        let counter = CountingObserver()
        let folder: URL
        var decisions: DecisionStage

        init(source: any FrameSource, scene: LoadedScene, workers: Int) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "shrike-bench-\(getpid())")
            let evidence = try EvidenceStore(directory: folder)
            pool = AnalysisPool(workers: workers, scenes: [scene])
            line = SourcePipeline(
                source: source, pool: pool, scenes: [0], window: workers + 2, pacer: FramePacer(), isResumed: false,
                mayFinish: { true })
            decisions = DecisionStage(
                context: DecisionContext(
                    site: "bench", gateway: "bench", source: source.info, scenes: [scene], telemetry: nil,
                    clock: .replay(run: "bench"), evidence: EvidenceRecorder(store: evidence, quality: 85)),
                store: DiscardingStore(), observer: counter)
        }

        func run() async throws -> Stage {
            let begin = ContinuousClock.now
            let cpu = ProcessClock.cpuSeconds()
            try await line.run(deciding: &decisions)
            let stage = Stage(
                name: "pipeline", frames: counter.count, seconds: (ContinuousClock.now - begin) / .seconds(1),
                cpuSeconds: ProcessClock.cpuSeconds() - cpu)
            pool.stop()
            try? FileManager.default.removeItem(at: folder)
            return stage
        }
    }
}
