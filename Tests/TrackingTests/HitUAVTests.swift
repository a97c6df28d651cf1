import Alerting
import ShrikeCore
import Testing
import Tracking

/// Alerts per physical thing on real drone footage; the figures are in the catalog of `Tracking`.
@Suite(.enabled(if: HitUAV.isAvailable, "no data set at ../shared/data/hit_uav"))
struct HitUAVTests {
    static let spoilings = [
        LabeledRun.Noise(name: "labels"),
        LabeledRun.Noise(name: "10 % dropped, jitter 0.05", dropped: 0.1, jitter: 0.05, seed: 1),
        LabeledRun.Noise(
            name: "20 % dropped, jitter 0.1, false boxes", dropped: 0.2, jitter: 0.1, falseBoxes: 0.3, seed: 2),
    ]

    private func scene(_ persistence: Persistence = Persistence()) -> SceneDefinition {
        SceneDefinition(
            name: "run", version: "1", kind: .detector,
            classes: ["person", "bicycle", "car", "othervehicle"].map { ClassDefinition(code: $0) },
            persistence: persistence)
    }

    @Test(arguments: [("1_60_50_0", 30), ("1_60_30_0", 71)])
    func oneAlertPerThingSeenTenFrames(prefix: String, objects: Int) throws {
        let run = try HitUAV.run(prefix)
        let unmeasured = run.frames.dropFirst().filter { $0.motion == nil }.count
        print("\(prefix): \(run.frames.count) frames, camera motion not measured in \(unmeasured)")
        let eager = scene(Persistence(hits: 1, window: 1, duplicateDistance: 0))
        for noise in Self.spoilings {
            let spoiled = run.spoiled(by: noise)
            let shrike = TrackingScore(
                spoiled, truth: run, tracker: DefectTracker(scenes: [scene()], isMotion: true),
                policy: DefectAlertPolicy(scenes: [scene()], isMotion: true))
            let still = TrackingScore(
                spoiled, truth: run, tracker: DefectTracker(scenes: [scene()], isMotion: true),
                policy: DefectAlertPolicy(scenes: [scene()], isMotion: true), withMotion: false)
            let plain = TrackingScore(
                spoiled, truth: run, tracker: PlainIoUTracker(),
                policy: DefectAlertPolicy(scenes: [scene()], isMotion: true))
            let alertPerTrack = TrackingScore(
                spoiled, truth: run, tracker: PlainIoUTracker(),
                policy: DefectAlertPolicy(scenes: [eager], isMotion: true))
            print("\(prefix), \(noise.name)")
            print("  Shrike                        \(shrike)")
            print("  Shrike without camera motion  \(still)")
            print("  IoU tracker, Shrike's policy  \(plain)")
            print("  IoU tracker, alert per track  \(alertPerTrack)")
            #expect(shrike.trueObjects == objects)
            #expect(shrike.alertsPerTrueObject <= 1.3)
            #expect(shrike.trueObjectsWithoutAlert * 5 <= objects)
            #expect(shrike.identitySwitches * 3 < plain.identitySwitches)
            #expect(shrike.falseAlerts <= 2)
        }
    }
}
