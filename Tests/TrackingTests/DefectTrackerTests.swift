import Foundation
import ShrikeCore
import Testing

@testable import Tracking

@Suite struct DefectTrackerTests {
    private let scene = SceneDefinition(
        name: "run", version: "1", kind: .detector,
        classes: [ClassDefinition(code: "hot", threshold: 0.5), ClassDefinition(code: "warm", threshold: 0.5)],
        persistence: Persistence(hits: 3, window: 5, hysteresis: 0.2, maximumMisses: 4))

    private func hot(_ x: Double, _ y: Double, score: Double = 0.9, className: String = "hot", scene: String = "run")
        -> Detection
    {
        Detection(
            scene: scene, className: className, score: score, box: Box(x: x - 10, y: y - 10, width: 20, height: 20))
    }

    private func frame(_ index: Int, _ detections: [Detection], motion: AffineTransform2D? = .identity) -> FrameAnalysis
    {
        FrameAnalysis(
            frameIndex: Int64(index), mediaTime: MediaTime(milliseconds: Int64(index) * 100), width: 640, height: 512,
            detections: detections, cameraMotion: motion)
    }

    private func tracker() -> DefectTracker { DefectTracker(scenes: [scene], isMotion: true) }

    private func pan(_ x: Double, _ y: Double) -> AffineTransform2D {
        AffineTransform2D(a: 1, b: 0, tx: x, c: 0, d: 1, ty: y)
    }

    @Test func aFixedThingUnderAMovingCameraIsOneTrack() {
        var tracker = tracker()
        var ids: Set<Int> = []
        for i in 0..<12 {
            // The camera jerks: no constant speed in the picture explains it.
            let shift = i % 2 == 0 ? 70.0 : -30.0
            let x = 100 + Double((i + 1) / 2) * -30 + Double(i / 2) * 70
            let tracks = tracker.update(frame(i, [hot(x, 200)], motion: i == 0 ? nil : pan(shift, 0)))
            ids.formUnion(tracks.map(\.id))
        }
        #expect(ids == [1])
    }

    @Test func aFrameThatWasNotLookedAtMovesTracksAndConfirmsAndLosesNone() throws {
        var tracker = tracker()
        for i in 0..<2 { _ = tracker.update(frame(i, [hot(100, 200), hot(400, 200)])) }
        for _ in 0..<20 {
            let tracks = tracker.keep(motion: pan(2, -1))
            #expect(tracks.map(\.id) == [1, 2] && tracks.allSatisfy { $0.hits == 2 && $0.misses == 0 })
        }
        let tracks = tracker.update(frame(22, [hot(140, 180), hot(440, 180)]))
        #expect(tracks.map(\.id) == [1, 2] && tracks.allSatisfy { $0.hits == 3 })
    }

    @Test func aTurningAndApproachingCameraCarriesSpeedAndSize() throws {
        let motion = AffineTransform2D(a: 0.99, b: -0.14, tx: 50, c: 0.14, d: 0.99, ty: -60)
        var tracker = tracker()
        var box = Box(x: 300, y: 250, width: 20, height: 20)
        for i in 0..<5 {
            if i > 0 { box = motion.apply(box) }
            _ = tracker.update(
                frame(
                    i, [Detection(scene: "run", className: "hot", score: 0.9, box: box)], motion: i == 0 ? nil : motion)
            )
        }
        let track = try #require(tracker.update(frame(5, [], motion: motion)).first)
        let expected = motion.apply(box)
        #expect(track.id == 1 && track.misses == 1 && track.detection == nil)
        #expect(track.box.iou(expected) > 0.9)
    }

    @Test func aThingThatIsMissedForAWhileKeepsItsNumber() {
        var tracker = tracker()
        for i in 0..<4 { _ = tracker.update(frame(i, [hot(100 + 15 * Double(i), 200)])) }
        for i in 4..<7 {
            let tracks = tracker.update(frame(i, []))
            #expect(tracks.map(\.misses) == [i - 3])
        }
        let tracks = tracker.update(frame(7, [hot(205, 200)]))
        #expect(tracks.map(\.id) == [1])
        #expect(tracks.first?.hits == 5)
    }

    @Test func aTrackEndsAfterTheMissesOfItsSceneAndIsMentionedOnceMore() {
        var tracker = tracker()
        for i in 0..<4 { _ = tracker.update(frame(i, [hot(100, 200)])) }
        var ended: [Bool] = []
        for i in 4..<8 { ended += tracker.update(frame(i, [])).map(\.hasEnded) }
        #expect(ended == [false, false, false, true])
        #expect(tracker.update(frame(8, [])).isEmpty)
    }

    @Test func aYoungTrackEndsWhenItCannotBeConfirmedAnyMore() {
        var tracker = tracker()
        _ = tracker.update(frame(0, [hot(100, 200)]))
        let lives = (1...3).map { tracker.update(frame($0, [])).map(\.hasEnded) }
        #expect(lives == [[false], [false], [true]])
    }

    @Test func weakDetectionsContinueATrackAndNeverStartOne() {
        var tracker = tracker()
        for i in 0..<3 { _ = tracker.update(frame(i, [hot(100, 200)])) }
        let tracks = tracker.update(frame(3, [hot(102, 200, score: 0.42), hot(300, 300, score: 0.42)]))
        #expect(tracks.map(\.id) == [1])
        #expect(tracks.first?.detection?.score == 0.42)
        #expect(tracker.update(frame(4, [hot(102, 200, score: 0.39)])).first?.detection == nil)
    }

    @Test func aClassThatFlickersIsOneTrackOfTheStrongerClass() {
        var tracker = tracker()
        var names: [String] = []
        for (i, name) in ["warm", "hot", "hot", "warm", "hot"].enumerated() {
            let tracks = tracker.update(frame(i, [hot(100 + Double(i), 200, className: name)]))
            #expect(tracks.map(\.id) == [1])
            names += tracks.map(\.className)
        }
        #expect(names == ["warm", "warm", "hot", "hot", "hot"])
    }

    @Test func twoNamesForOneBoxAreOneTrack() {
        var tracker = tracker()
        _ = tracker.update(frame(0, [hot(100, 200)]))
        for i in 1..<5 {
            let tracks = tracker.update(
                frame(i, [hot(100, 200, score: 0.8), hot(101, 201, score: 0.6, className: "warm")]))
            #expect(tracks.map(\.className) == ["hot"])
        }
    }

    @Test func twoNamesForOneBoxAreOneTrackFromTheFirstFrame() {
        var tracker = tracker()
        let tracks = tracker.update(
            frame(0, [hot(100, 200, score: 0.8), hot(101, 201, score: 0.6, className: "warm")]))
        #expect(tracks.map(\.className) == ["hot"])
    }

    @Test func scenesNeverShareATrack() {
        var tracker = DefectTracker(
            scenes: [scene, SceneDefinition(name: "other", version: "1", kind: .thermal, classes: scene.classes)],
            isMotion: true)
        let tracks = tracker.update(frame(0, [hot(100, 200), hot(100, 200, scene: "other")]))
        #expect(tracks.map(\.scene) == ["run", "other"])
        #expect(
            tracker.update(frame(1, [hot(100, 200, scene: "other")])).filter { $0.detection != nil }.map(\.id) == [2])
    }

    @Test func thingsThatPassEachOtherKeepTheirNumbers() {
        var tracker = tracker()
        for i in 0..<20 {
            let step = Double(i) * 10
            let tracks = tracker.update(frame(i, [hot(100 + step, 200), hot(290 - step, 212)]))
            #expect(tracks.map(\.id) == [1, 2])
            #expect(tracks.first?.box.center.y == 200 && tracks.last?.box.center.y == 212)
        }
    }

    @Test func everyDetectionOfAStillIsATrackThatEndsAtOnce() {
        var tracker = DefectTracker(scenes: [scene], isMotion: false)
        for i in 0..<3 {
            let tracks = tracker.update(
                frame(i, [hot(100, 200), hot(300, 200), hot(50, 50, score: 0.45)], motion: nil))
            #expect(tracks.map(\.id) == [2 * i + 1, 2 * i + 2])
            #expect(tracks.allSatisfy { $0.hasEnded && $0.detection != nil && $0.hits == 1 })
        }
        #expect(tracker.finish().isEmpty)
    }

    @Test func senselessBoxesScoresAndMotionsAreIgnored() {
        var tracker = tracker()
        var bad = hot(100, 200)
        bad.box.width = .nan
        var empty = hot(100, 200)
        empty.box.height = 0
        #expect(tracker.update(frame(0, [bad, empty, hot(.infinity, 0), hot(9, 9, score: .nan)])).isEmpty)
        _ = tracker.update(frame(1, [hot(100, 200)]))
        let wild = AffineTransform2D(a: .nan, b: 0, tx: 1e300, c: 0, d: 1, ty: 0)
        #expect(tracker.update(frame(2, [hot(104, 200)], motion: wild)).map(\.id) == [1])
        #expect(
            tracker.update(frame(3, [hot(108, 200)], motion: .init(a: 0, b: 0, tx: 0, c: 0, d: 0, ty: 0))).map(\.id)
                == [1])
    }

    @Test func finishEndsEveryTrackOnce() {
        var tracker = tracker()
        _ = tracker.update(frame(0, [hot(100, 200), hot(300, 200)]))
        let ended = tracker.finish()
        #expect(ended.map(\.id) == [1, 2])
        #expect(ended.allSatisfy { $0.hasEnded && $0.detection == nil })
        #expect(tracker.finish().isEmpty)
    }

    @Test func aTrackerRestoredAfterEveryFrameGoesOnAsIfNeverStopped() throws {
        var steady = tracker()
        var restored = tracker()
        var random = SplitMix64(state: 11)
        for i in 0..<60 {
            let detections = (0..<8).filter { _ in random.unit() < 0.7 }.map { k in
                hot(
                    60 + 70 * Double(k) + 3 * random.normal(), 200 + 2 * Double(i) + 3 * random.normal(),
                    score: 0.35 + 0.6 * random.unit(), className: random.unit() < 0.8 ? "hot" : "warm")
            }
            let analysis = frame(i, detections, motion: i % 7 == 3 ? nil : pan(random.normal(), 2))
            let expected = steady.update(analysis)
            restored = try JSONDecoder().decode(DefectTracker.self, from: JSONEncoder().encode(restored))
            #expect(restored.update(analysis) == expected)
        }
        var fresh = tracker()
        fresh.memory = try JSONDecoder().decode(DefectTracker.Memory.self, from: JSONEncoder().encode(restored.memory))
        let next = frame(60, [hot(60, 320)])
        let expected = steady.update(next)
        #expect(fresh.update(next) == expected)
        #expect(restored.update(next) == expected)
        #expect(fresh.finish() == steady.finish())
    }
}
