import Alerting
import Foundation
import ShrikeCore
import Testing

@Suite struct DefectAlertPolicyTests {
    private typealias Seen = AlertStory.Seen

    private func scene(
        _ persistence: Persistence = Persistence(hits: 3, window: 5, duplicateWindowSeconds: 1),
        rules: [GradeRule] = [], zones: [Zone] = []
    ) -> SceneDefinition {
        SceneDefinition(
            name: "roof", version: "1", kind: .thermal,
            classes: [
                ClassDefinition(code: "hot", threshold: 0.5, grade: .general),
                ClassDefinition(code: "seam", threshold: 0.5, grade: .info, alerts: false),
            ], persistence: persistence, gradeRules: rules, zones: zones)
    }

    private let bands = GradeRule(
        id: "bands", standard: "S", edition: "1", clause: "", source: "", quantity: .deltaKelvin,
        atLeast: ["general": 10, "serious": 20, "critical": 40])

    private func kelvin(_ delta: Double) -> ThermalReading { ThermalReading(deltaKelvin: delta, contrastSigma: 9) }

    @Test func aTrackBecomesAnAlertOnceWithEnoughHitsInTheWindow() {
        var story = AlertStory(scene())
        let scores: [Double?] = [0.9, nil, nil, nil, 0.8, 0.8, nil, 0.7, 0.8, 0.8]
        let events = scores.map { story.see(Seen(score: $0)).map(\.event) }
        #expect(events == [[], [], [], [], [], [], [], [.new], [], []])
    }

    @Test func aFrameThatWasNotLookedAtEndsWhatIsOverdueAndNothingElse() {
        var story = AlertStory(scene())
        for _ in 0..<3 { _ = story.see(Seen(score: 0.9)) }
        func keep(_ frame: Int64) -> [AlertDecision] {
            story.policy.keep(frameIndex: frame, mediaTime: MediaTime(milliseconds: frame * 100), motion: nil)
        }
        #expect((3..<60).allSatisfy { keep($0).isEmpty }, "it is still there")
        story.frame = 60
        #expect(story.see(Seen(score: nil, hasEnded: true)).isEmpty)
        #expect((61..<70).allSatisfy { keep($0).isEmpty }, "it may come back within a second")
        #expect(keep(70).map(\.event) == [.end])
    }

    @Test func theNewAlertTellsWhatWasSeen() throws {
        var story = AlertStory(scene())
        _ = story.see(Seen(x: 100, score: 0.6))
        _ = story.see(Seen(x: 104, score: 0.9))
        let decision = try #require(story.see(Seen(x: 108, score: 0.7)).first)
        #expect(decision.event == .new && decision.alertTrackID == 1 && decision.openedClass == "hot")
        #expect(decision.score == 0.9 && decision.count == 3 && decision.box.center.x == 108)
        #expect(decision.openedAt == decision.mediaTime && decision.mediaTime.milliseconds == 200)
        #expect(decision.firstSeen == .zero && decision.frameIndex == 2)
        #expect(decision.grade == .general && decision.basis.ruleID == "class-default")
    }

    @Test func detectionsBelowTheThresholdConfirmNothing() {
        var story = AlertStory(scene())
        for _ in 0..<10 { #expect(story.see(Seen(score: 0.45)).isEmpty) }
    }

    @Test func afterOpeningTheThresholdIsLowered() {
        var story = AlertStory(scene(rules: [bands]))
        for _ in 0..<3 { _ = story.see(Seen(score: 0.6, thermal: kelvin(12))) }
        // 0.42 is above 0.5 less 20 %: these frames count for the grade; 0.38 would not.
        for _ in 0..<4 { #expect(story.see(Seen(score: 0.38, thermal: kelvin(30))).isEmpty) }
        let events = (0..<3).flatMap { _ in story.see(Seen(score: 0.42, thermal: kelvin(30))) }
        #expect(events.map(\.event) == [.update])
        #expect(events.map(\.grade) == [.serious])
    }

    @Test func classesWithoutAlertsRaiseNone() {
        var story = AlertStory(scene())
        for _ in 0..<6 { #expect(story.see(Seen(score: 0.9, className: "seam")).isEmpty) }
        #expect(story.policy.finish().isEmpty)
    }

    @Test func aGradeRisesOnlyWhenReachedAsOftenAsAnAlertNeeds() {
        var story = AlertStory(scene(rules: [bands]))
        let rises = [12.0, 50, 12, 25, 12, 26, 27, 12, 12]
        let decisions = rises.flatMap { story.see(Seen(score: 0.9, thermal: kelvin($0))) }
        #expect(decisions.map(\.event) == [.new, .update])
        #expect(decisions.map(\.grade) == [.general, .serious])
        #expect(decisions.map(\.basis.ruleID) == ["bands", "bands"])
        #expect(decisions.last?.basis.inputs == ["deltaKelvin": 26])
        #expect(story.policy.finish().map(\.grade) == [.serious])
    }

    @Test func aRisingScoreIsToldInSteps() {
        var story = AlertStory(scene())
        for _ in 0..<3 { _ = story.see(Seen(score: 0.6)) }
        let events = [0.65, 0.69, 0.72, 0.75, 0.6, 0.83].flatMap { story.see(Seen(score: $0)) }
        #expect(events.map(\.event) == [.update, .update])
        #expect(events.map(\.score) == [0.72, 0.83])
    }

    @Test func anEndComesOnceAfterTheDuplicateWindowWithTheLastPlace() throws {
        var story = AlertStory(scene())
        for i in 0..<4 { _ = story.see(Seen(x: 100 + 4 * Double(i), score: 0.9)) }
        #expect(story.see(Seen(x: 130, hasEnded: true)).isEmpty)
        var ends: [AlertDecision] = []
        for _ in 0..<20 { ends += story.see() }
        let end = try #require(ends.first)
        #expect(ends.count == 1 && end.event == .end && end.box.center.x == 112 && end.count == 4)
        #expect(end.mediaTime.milliseconds == 1400 && end.openedAt.milliseconds == 200)
        #expect(story.policy.finish().isEmpty)
    }

    @Test func aNewTrackWhereOneEndedContinuesItsAlertAlsoWhenTheCameraMoved() {
        var story = AlertStory(scene())
        for _ in 0..<3 { _ = story.see(Seen(x: 100, y: 100, score: 0.9)) }
        _ = story.see(Seen(x: 100, y: 100, hasEnded: true))
        let pan = AffineTransform2D(a: 1, b: 0, tx: 90, c: 0, d: 1, ty: 40)
        _ = story.see(motion: pan)
        for _ in 0..<5 { #expect(story.see(Seen(id: 2, x: 192, y: 139, score: 0.9)).isEmpty) }
        let end = story.policy.finish()
        #expect(end.map(\.alertTrackID) == [1])
        #expect(end.map(\.count) == [8])
    }

    @Test func aSenselessCameraMotionMovesNothing() {
        var story = AlertStory(scene())
        for _ in 0..<3 { _ = story.see(Seen(x: 100, y: 100, score: 0.9)) }
        _ = story.see(Seen(x: 100, y: 100, hasEnded: true))
        _ = story.see(motion: AffineTransform2D(a: .nan, b: 0, tx: .infinity, c: 0, d: 1, ty: 0))
        _ = story.see(motion: AffineTransform2D(a: 0, b: 0, tx: 0, c: 0, d: 0, ty: 0))
        for _ in 0..<4 { #expect(story.see(Seen(id: 2, x: 100, y: 100, score: 0.9)).isEmpty) }
    }

    @Test func aNewTrackElsewhereOrTooLateIsANewAlert() {
        for (x, wait) in [(200.0, 2), (100.0, 14)] {
            var story = AlertStory(scene())
            for _ in 0..<3 { _ = story.see(Seen(x: 100, y: 100, score: 0.9)) }
            _ = story.see(Seen(x: 100, y: 100, hasEnded: true))
            for _ in 0..<wait { _ = story.see() }
            let events = (0..<3).flatMap { _ in story.see(Seen(id: 2, x: x, y: 100, score: 0.9)) }
            #expect(events.map(\.event) == [.new])
        }
    }

    @Test func aTrackThatTakesOverFromALostOneDoesNotAlertAgain() {
        var story = AlertStory(scene())
        for _ in 0..<3 { _ = story.see(Seen(score: 0.9)) }
        for _ in 0..<3 { #expect(story.see(Seen(), Seen(id: 2, x: 325, score: 0.9)).isEmpty) }
        #expect(story.policy.finish().count == 1)
    }

    @Test func twoDefectsSeenTogetherAreTwoAlertsHoweverNear() {
        var story = AlertStory(scene())
        let events = (0..<6).flatMap { _ in story.see(Seen(score: 0.9), Seen(id: 2, x: 330, score: 0.9)) }
        #expect(events.map(\.event) == [.new, .new])
        #expect(events.map(\.alertTrackID) == [1, 2])
    }

    @Test func zonesDecideByTheCenterOfTheBox() {
        let left = Polygon(vertices: [.init(x: 0, y: 0), .init(x: 0.5, y: 0), .init(x: 0.5, y: 1), .init(x: 0, y: 1)])
        let corner = Polygon(vertices: [
            .init(x: 0, y: 0), .init(x: 0.1, y: 0), .init(x: 0.1, y: 0.1), .init(x: 0, y: 0.1),
        ])
        let zones = [
            Zone(name: "roof", role: .include, polygon: left),
            Zone(name: "chimney", role: .exclude, polygon: corner),
            Zone(name: "other", role: .exclude, polygon: left, classes: ["seam"]),
        ]
        var story = AlertStory(scene(zones: zones))
        let decisions = (0..<3).flatMap { _ in
            story.see(
                Seen(id: 1, x: 315, score: 0.9), Seen(id: 2, x: 325, score: 0.9), Seen(id: 3, x: 30, y: 30, score: 0.9))
        }
        #expect(decisions.map(\.alertTrackID) == [1])
        #expect(decisions.map(\.zones) == [["roof"]])
    }

    @Test func aStillOpensAndEndsInOneFrame() {
        var story = AlertStory(scene(), isMotion: false)
        let first = story.see(
            Seen(id: 1, score: 0.9, hasEnded: true), Seen(id: 2, x: 90, score: 0.3, hasEnded: true), motion: nil)
        let second = story.see(Seen(id: 3, score: 0.9, hasEnded: true), motion: nil)
        #expect(first.map(\.event) == [.new, .end])
        #expect(second.map(\.event) == [.new, .end])
        #expect(second.map(\.alertTrackID) == [3, 3])
        #expect(story.policy.finish().isEmpty)
    }

    @Test func finishEndsWhatIsOpenOnce() {
        var story = AlertStory(scene())
        for _ in 0..<3 { _ = story.see(Seen(score: 0.9), Seen(id: 2, x: 90, score: 0.9)) }
        _ = story.see(Seen(score: 0.9), Seen(id: 2, x: 90), Seen(id: 3, x: 600, score: 0.9))
        let ends = story.policy.finish()
        #expect(ends.map(\.event) == [.end, .end])
        #expect(ends.map(\.alertTrackID) == [1, 2])
        #expect(ends.allSatisfy { $0.frameIndex == 3 })
        #expect(story.policy.finish().isEmpty)
    }

    @Test func aPolicyRestoredAfterEveryFrameGoesOnAsIfNeverStopped() throws {
        var steady = AlertStory(scene(rules: [bands]))
        var restored = AlertStory(scene(rules: [bands]))
        var state: UInt64 = 5
        func chance(_ share: Double) -> Bool {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / 2_147_483_648 < share
        }
        var told: [AlertDecision] = []
        for i in 0..<120 {
            let a = Seen(
                id: 1 + i / 30, x: 200 + Double(i % 4), score: chance(0.7) ? 0.7 : nil,
                thermal: kelvin(chance(0.5) ? 25 : 12), hasEnded: i % 30 == 29)
            let b = Seen(id: 50 + i / 40, x: 400, score: chance(0.5) ? 0.9 : nil, hasEnded: i % 40 == 39)
            let motion = chance(0.2) ? nil : AffineTransform2D(a: 1, b: 0.001, tx: 0.1, c: 0, d: 0.999, ty: 0.3)
            let expected = steady.see(a, b, motion: motion)
            restored.policy = try JSONDecoder().decode(
                DefectAlertPolicy.self, from: JSONEncoder().encode(restored.policy))
            #expect(restored.see(a, b, motion: motion) == expected)
            told += expected
        }
        #expect(told.contains { $0.event == .new } && told.contains { $0.event == .update })
        #expect(restored.policy.finish() == steady.policy.finish())
    }
}
