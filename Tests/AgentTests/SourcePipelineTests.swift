import Evidence
import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Agent

struct SourcePipelineTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let info = SourceInfo(
        id: "script", kind: .file, redactedAddress: "script.mp4", isLive: false, isMotion: true)

    private static func scene(failing: Set<Int64>) -> LoadedScene {
        let definition = SceneDefinition(
            name: "roof", version: "1", kind: .thermal, classes: [ClassDefinition(code: "hot")],
            persistence: Persistence(hits: 2, window: 3))
        let identity = ModelIdentity(level: .l2, name: "roof", version: "1", digest: "sha256:00")
        return LoadedScene(definition: definition, lineage: Lineage(scene: identity)) {
            SlowDetector(failing: failing)
        }
    }

    /// Runs the source through a pipeline.
    private func run(
        _ source: ScriptedSource, into recorder: PipelineRecorder, workers: Int = 4, failing: Set<Int64> = [],
        isResumed: Bool = false, mayFinish: Bool = true, look: LookPolicy = .every, from snapshot: StageSnapshot? = nil
    ) async throws {
        let scenes = [Self.scene(failing: failing)]
        let evidence = EvidenceRecorder(
            store: try EvidenceStore(directory: folder.url.appending(path: "evidence-\(workers)")), quality: 80)
        var stage = DecisionStage(
            context: DecisionContext(
                site: "field", gateway: "north", source: source.info, scenes: scenes, telemetry: nil,
                clock: .replay(run: "run"), evidence: evidence),
            store: recorder, observer: recorder, commitInterval: 1)
        snapshot.map { stage.restore($0) }
        let pool = AnalysisPool(workers: workers, scenes: scenes)
        let pipeline = SourcePipeline(
            source: source, pool: pool, scenes: [0], window: workers + 2, pacer: FramePacer(), look: look,
            isResumed: isResumed, mayFinish: { mayFinish })
        let result: Result<Void, any Error>
        do { result = .success(try await pipeline.run(deciding: &stage)) } catch { result = .failure(error) }
        try await BlockingThread(label: "pool-stop").run { pool.stop() }
        try result.get()
    }

    @Test(arguments: [1, 2, 7])
    func `frames are decided in order whatever thread is done first`(_ workers: Int) async throws {
        let recorder = PipelineRecorder()
        try await run(ScriptedSource(frames: 40, info: Self.info), into: recorder, workers: workers)
        #expect(recorder.log == (0..<40).map { "frame \($0)" })
        #expect(recorder.alerts.map(\.state) == [.new, .end])
    }

    @Test func `the number of threads changes nothing in the alerts`() async throws {
        var documents: [[String]] = []
        for workers in [1, 5] {
            let recorder = PipelineRecorder()
            try await run(ScriptedSource(frames: 20, info: Self.info), into: recorder, workers: workers)
            documents.append(recorder.alerts.map { "\($0)" })
        }
        #expect(documents[0] == documents[1] && !documents[0].isEmpty)
    }

    @Test func `a frame that cannot be analysed is told and counted, and the rest goes on`() async throws {
        let recorder = PipelineRecorder()
        try await run(ScriptedSource(frames: 8, info: Self.info), into: recorder, failing: [3, 5])
        var expected = (0..<8).map { "frame \($0)" }
        (expected[3], expected[5]) = ("skipped frame 3: out of order", "skipped frame 5: out of order")
        #expect(recorder.log == expected)
        #expect(recorder.alerts.map(\.state) == [.new, .end])
    }

    @Test func `other events keep their place among the frames`() async throws {
        let recorder = PipelineRecorder()
        let source = ScriptedSource(
            [
                .event(.state(.connecting)), .event(.frame(ScriptedSource.frame(0))), .event(.dropped(count: 4)),
                .event(.frame(ScriptedSource.frame(5))), .event(.skipped(name: "6.jpg", reason: "empty")),
            ], info: Self.info)
        try await run(source, into: recorder)
        #expect(recorder.log == ["state connecting", "frame 0", "dropped 4", "frame 5", "skipped 6.jpg: empty"])
    }

    @Test func `a source that fails ends the pipeline after its last frame, with alerts still open`() async throws {
        let recorder = PipelineRecorder()
        let error = SourceError("connection lost", at: "script", remedy: "look at the cable")
        let frames = (0..<6).map { ScriptedSource.Step.event(.frame(ScriptedSource.frame($0))) }
        await #expect(throws: error) {
            try await run(ScriptedSource(frames + [.failure(error)], info: Self.info), into: recorder)
        }
        #expect(recorder.log == (0..<6).map { "frame \($0)" })
        #expect(recorder.alerts.map(\.state) == [.new])
    }

    @Test func `a store that fails ends the pipeline, and the source is not read to its end`() async throws {
        let source = ScriptedSource(frames: 500, info: Self.info)
        let error = AgentError("no", at: "here", remedy: "later")
        await #expect(throws: error) { try await run(source, into: PipelineRecorder(failing: error)) }
        #expect(source.given < 50)
    }

    @Test func `the first frame of a resumed source is not decided again`() async throws {
        let recorder = PipelineRecorder()
        try await run(ScriptedSource(frames: 5, info: Self.info), into: recorder, isResumed: true)
        #expect(recorder.log == (1..<5).map { "frame \($0)" })
    }

    @Test func `frames that show nothing new are told as such, change no alert, and are decided alike after a restart`()
        async throws
    {
        let (every, changes, first, second) = (
            PipelineRecorder(), PipelineRecorder(), PipelineRecorder(), PipelineRecorder()
        )
        try await run(ScriptedSource(frames: 90, info: Self.info), into: every)
        try await run(ScriptedSource(frames: 90, info: Self.info), into: changes, look: .changes)
        // The default persistence loses a track after 15 frames, so 17 looks settle; the next comes five seconds later.
        #expect(changes.log == (0..<90).map { $0 <= 16 || $0 == 66 ? "frame \($0)" : "same \($0)" })
        #expect(changes.alerts.map(\.alertID) == every.alerts.map(\.alertID) && every.alerts.count == 2)

        try await run(
            ScriptedSource(frames: 41, info: Self.info), into: first, mayFinish: false, look: .changes)
        let rest = (40..<90).map { ScriptedSource.Step.event(.frame(ScriptedSource.frame($0))) }
        try await run(
            ScriptedSource(rest, info: Self.info), into: second, isResumed: true, look: .changes,
            from: try #require(first.lastProgress?.snapshot))
        #expect(first.log + second.log == changes.log)
    }

    @Test func `the end of footage ends alerts and completes the cursor, a stop does neither`() async throws {
        let (done, stopped) = (PipelineRecorder(), PipelineRecorder())
        try await run(ScriptedSource(frames: 6, info: Self.info), into: done)
        try await run(ScriptedSource(frames: 6, info: Self.info), into: stopped, mayFinish: false)
        #expect(done.alerts.map(\.state) == [.new, .end])
        #expect(done.lastProgress?.cursor.isComplete == true)
        #expect(stopped.alerts.map(\.state) == [.new])
        #expect(stopped.lastProgress?.cursor.isComplete == false)
    }

    @Test func `pictures of alerts are kept`() async throws {
        let recorder = PipelineRecorder()
        try await run(ScriptedSource(frames: 6, info: Self.info), into: recorder)
        let names = recorder.alerts.compactMap { $0.evidence.first?.path }
        #expect(names.count == 2)
        #expect(Set(names) == Set(folder.names(in: "evidence-4")))
    }
}
