import Evidence
import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Agent

/// A scene moves to another version while frames come.
struct SceneSwapTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let info = SourceInfo(
        id: "script", kind: .file, redactedAddress: "script.mp4", isLive: false, isMotion: true)

    private static func scene(_ version: String, detector: @escaping @Sendable () -> any Detector) -> LoadedScene {
        let definition = SceneDefinition(
            name: "roof", version: version, kind: .thermal, classes: [ClassDefinition(code: "hot")],
            persistence: Persistence(hits: 1, window: 1, updateScoreStep: 0.01))
        let identity = ModelIdentity(level: .l2, name: "roof", version: version, digest: "sha256:\(version)")
        return LoadedScene(definition: definition, lineage: Lineage(scene: identity), makeDetector: detector)
    }

    /// Finds the same thing with a score that rises, so that every frame may raise an update.
    private final class RisingDetector: Detector {
        private let whenLooking: @Sendable (Frame) -> Void
        private let score: @Sendable (Int64) -> Double

        init(
            score: @escaping @Sendable (Int64) -> Double = { 0.5 + 0.02 * Double($0) },
            whenLooking: @escaping @Sendable (Frame) -> Void = { _ in }
        ) { (self.score, self.whenLooking) = (score, whenLooking) }

        func detect(_ frame: Frame) throws -> [Detection] {
            whenLooking(frame)
            return [
                Detection(
                    scene: "roof", className: "hot", score: score(frame.index),
                    box: Box(x: 10, y: 10, width: 16, height: 12))
            ]
        }
    }

    private func run(_ table: SceneTable, frames: Int, workers: Int = 3) async throws -> PipelineRecorder {
        let recorder = PipelineRecorder()
        let source = ScriptedSource(frames: frames, info: Self.info)
        let evidence = EvidenceRecorder(
            store: try EvidenceStore(directory: folder.url.appending(path: "evidence")), quality: 80)
        var stage = DecisionStage(
            context: DecisionContext(
                site: "field", gateway: "north", source: source.info, scenes: table.current.scenes, telemetry: nil,
                clock: .replay(run: "run"), evidence: evidence),
            store: recorder, observer: recorder)
        let pool = AnalysisPool(workers: workers, table: table)
        let pipeline = SourcePipeline(
            source: source, pool: pool, scenes: [0], window: workers + 2, pacer: FramePacer(), isResumed: false,
            mayFinish: { true })
        try await pipeline.run(deciding: &stage)
        try await BlockingThread(label: "pool-stop").run { pool.stop() }
        return recorder
    }

    @Test func `no frame is lost, the open alert goes on, and each event names the version that looked`() async throws {
        let new = Self.scene("2") { RisingDetector() }
        let box = Shelf()
        let old = Self.scene("1") {
            RisingDetector(whenLooking: { frame in if frame.index == 8 { box.table?.replace(0, with: new) } })
        }
        let table = SceneTable([old])
        box.table = table
        let recorder = try await run(table, frames: 20)
        #expect(recorder.log == (0..<20).map { "frame \($0)" })
        #expect(recorder.alerts.map(\.state).first == .new)
        #expect(recorder.alerts.filter { $0.state == .new }.count == 1, "one defect, one alert")
        #expect(Set(recorder.alerts.map(\.defectID)).count == 1)
        let versions = recorder.alerts.map(\.lineage.scene.version)
        #expect(versions.first == "1" && versions.last == "2")
        let change = try #require(versions.firstIndex(of: "2"))
        #expect(versions[change...].allSatisfy { $0 == "2" }, "\(versions)")
    }

    @Test func `scores that are no numbers take the version back, for that frame already`() async throws {
        let old = Self.scene("1") { RisingDetector() }
        let broken = Self.scene("2") { RisingDetector(score: { _ in .nan }) }
        let table = SceneTable([old])
        let told = Shelf()
        table.whenReverted { from, to in told.note("\(from.lineage.scene.version)->\(to.lineage.scene.version)") }
        table.replace(0, with: broken)
        let recorder = try await run(table, frames: 10)
        #expect(recorder.log == (0..<10).map { "frame \($0)" })
        #expect(recorder.alerts.allSatisfy { $0.lineage.scene.version == "1" })
        #expect(told.notes == ["2->1"])
        #expect(table.wasTakenBack("sha256:2"))
    }

    @Test func `without a version to go back to, such frames are told and the rest goes on`() async throws {
        let broken = Self.scene("1") { RisingDetector(score: { $0 == 3 ? .infinity : 0.9 }) }
        let recorder = try await run(SceneTable([broken]), frames: 6, workers: 1)
        #expect(recorder.log.count == 6)
        #expect(recorder.log[3].hasPrefix("skipped frame 3: scores are not finite"))
    }

    /// What closures of a test share.
    private final class Shelf: @unchecked Sendable {
        // Proof: everything is only touched under `lock`.
        private let lock = NSLock()
        private var tableValue: SceneTable?
        private var noted: [String] = []

        var table: SceneTable? {
            get { lock.withLock { tableValue } }
            set { lock.withLock { tableValue = newValue } }
        }
        var notes: [String] { lock.withLock { noted } }
        func note(_ text: String) { lock.withLock { noted.append(text) } }
    }
}
