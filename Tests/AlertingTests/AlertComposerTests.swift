import Alerting
import ShrikeCore
import Testing

@Suite struct AlertComposerTests {
    private let source = SourceInfo(
        id: "cam-1", kind: .drone, redactedAddress: "flight.mp4", isLive: false, isMotion: true)

    private func decision(_ event: AlertDecision.Event = .new, at milliseconds: Int64 = 400) -> AlertDecision {
        AlertDecision(
            event: event, alertTrackID: 7, openedAt: MediaTime(milliseconds: 400), openedClass: "hot", scene: "roof",
            className: "hot", grade: .serious,
            basis: GradeBasis(ruleID: "r", standard: "s", edition: "1", inputs: ["deltaKelvin": 21]), score: 0.9,
            box: Box(x: 10, y: 20, width: 30, height: 40), frameIndex: 4,
            mediaTime: MediaTime(milliseconds: milliseconds),
            firstSeen: MediaTime(milliseconds: 200), count: 3, zones: ["roof"])
    }

    private func composer(gateway: String = "gw", origin: String = "sha256:aa") -> AlertComposer {
        AlertComposer(site: "site", gateway: gateway, source: source, origin: origin, bootID: "boot")
    }

    private let context = AlertContext(
        lineage: Lineage(scene: ModelIdentity(level: .l2, name: "roof", version: "1", digest: "sha256:00")),
        imageWidth: 640, imageHeight: 512, time: Timestamp(microseconds: 1), timeQuality: .file,
        monotonicNanoseconds: 400_000_000, degraded: ["no_pose", "evidence_shed", "no_pose"])

    @Test func idsAreFixedByContent() {
        let alert = composer().alert(for: decision(), in: context)
        #expect(alert.defectID == "3a5d2e2e9b469df4f6193096c4932c89")
        #expect(alert.alertID == "b340199eee293caa8eaa895b635a8ecb")
    }

    @Test func allEventsOfADefectShareItsIdAndDifferInTheirOwn() {
        let events = [decision(), decision(.update, at: 700), decision(.end, at: 900), decision(.update, at: 800)]
        let alerts = events.map { composer().alert(for: $0, in: context) }
        #expect(Set(alerts.map(\.defectID)).count == 1)
        #expect(Set(alerts.map(\.alertID)).count == 4)
    }

    @Test func anotherGatewayOriginTrackOrOpeningIsAnotherDefect() {
        var later = decision()
        later.openedAt = MediaTime(milliseconds: 401)
        var other = decision()
        other.alertTrackID = 8
        var named = decision()
        named.openedClass = "warm"
        let ids = [
            composer().defectID(of: decision()), composer(gateway: "gw2").defectID(of: decision()),
            composer(origin: "sha256:bb").defectID(of: decision()), composer().defectID(of: later),
            composer().defectID(of: other), composer().defectID(of: named),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.count == 32 })
    }

    @Test func whatTheDecisionAndTheContextSayIsInTheAlert() {
        let alert = composer().alert(for: decision(), in: context)
        #expect(alert.state == .new && alert.sequence == 0 && alert.trackID == 7 && alert.count == 3)
        #expect(alert.site == "site" && alert.gateway == "gw" && alert.source == source && alert.bootID == "boot")
        #expect(alert.grade == .serious && alert.zones == ["roof"] && alert.imageWidth == 640)
        #expect(alert.monotonicNanoseconds == 400_000_000 && alert.timeQuality == .file)
        #expect(alert.degraded == ["evidence_shed", "no_pose"])
    }
}
