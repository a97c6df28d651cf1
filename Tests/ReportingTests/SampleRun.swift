import Reporting
import ShrikeCore

/// A made-up run that the tests report on.
enum SampleRun {
    static let info = SourceInfo(
        id: "east", kind: .drone, redactedAddress: "/footage/<east> & co.mp4", isLive: false, isMotion: true)
    static let lineage = Lineage(
        scene: ModelIdentity(level: .l2, name: "solar", version: "1.0.0", digest: "sha256:aa11"),
        parents: [ModelIdentity(level: .l0, name: "base", version: "2", digest: "sha256:bb22")])
    static let scene = SceneDefinition(
        name: "solar", version: "1.0.0", kind: .thermal,
        classes: [
            ClassDefinition(code: "hot_cell", names: ["en": "Hot cell", "zh": "热斑"]), ClassDefinition(code: "diode"),
        ])

    static func alert(
        _ id: Int, className: String = "hot_cell", grade: Grade = .serious, state: Alert.State = .new,
        frame: Int64 = 10,
        score: Double = 0.8, box: Box = Box(x: 100, y: 100, width: 40, height: 30), place: GroundPoint? = nil
    ) -> Alert {
        let defect = String(repeating: "0", count: 28) + String(1000 + id)
        return Alert(
            defectID: defect, alertID: defect + state.rawValue, sequence: UInt64(id), site: "ridge", gateway: "edge",
            source: info,
            time: Timestamp(microseconds: 1_763_775_279_250_000), timeQuality: .file, monotonicNanoseconds: 0,
            bootID: "replay", mediaTime: MediaTime(milliseconds: frame * 40), frameIndex: frame, className: className,
            grade: grade, basis: GradeBasis(ruleID: "r<1>", standard: "IEC", edition: "2017", inputs: [:]),
            score: score,
            box: box, imageWidth: 640, imageHeight: 512, lineage: lineage, state: state, trackID: id,
            firstSeen: MediaTime(milliseconds: frame * 40 - 80), count: 3,
            thermal: ThermalReading(hotCelsius: 80, deltaKelvin: 12.5, contrastSigma: 9), place: place)
    }

    static func report(_ alerts: [Alert]) -> RunReport {
        var source = SourceReport(
            info: info, digest: "sha256:cc33", width: 640, height: 512, duration: MediaTime(seconds: 12),
            framesRead: 300,
            framesAnalyzed: 298,
            path: (0..<20).map { Pose(latitude: 47.3 + Double($0) * 1e-4, longitude: 8.5) })
        source.skip(name: "a<b>.jpg", reason: "truncated & lost")
        source.skip(name: "b.jpg", reason: "truncated & lost")
        var timings = StageTimings()
        timings.record("decode", .milliseconds(4))
        return RunReport(
            site: "ridge", gateway: "edge", version: "0.1.0", run: "r1", sources: [source],
            scenes: [.init(definition: scene, lineage: lineage)], alerts: alerts, detectionsByClass: ["hot_cell": 9],
            timings: timings, wallSeconds: 4)
    }
}
