import Outbox
import ShrikeCore

extension Alert {
    /// 32 hex digits that stand for the name.
    static func id(_ name: String) -> String {
        let hex = name.utf8.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        return String(hex.prefix(32)) + String(repeating: "0", count: max(0, 32 - hex.count))
    }

    static func sample(_ name: String, grade: Grade = .serious) -> Alert {
        Alert(
            defectID: id(name), alertID: id(name), sequence: 0, site: "s", gateway: "g",
            source: SourceInfo(id: "cam", kind: .camera, redactedAddress: "rtsp://cam/1", isLive: true, isMotion: true),
            time: Timestamp(microseconds: 1_700_000_000_000_000), timeQuality: .ntp, monotonicNanoseconds: 1,
            bootID: "boot",
            mediaTime: MediaTime(milliseconds: 40), frameIndex: 1, className: "hot_cell", grade: grade,
            basis: GradeBasis(ruleID: "r", standard: "s", edition: "e", inputs: ["deltaKelvin": 21.5]), score: 0.9,
            box: Box(x: 10, y: 10, width: 20, height: 20), imageWidth: 640, imageHeight: 512,
            lineage: Lineage(
                scene: ModelIdentity(
                    level: .l2, name: "solar", version: "1", digest: "sha256:" + String(repeating: "0", count: 64))),
            state: .new, trackID: 1, firstSeen: .zero, count: 3)
    }
}

extension OutboxBatch {
    static func alerts(_ names: [String], grade: Grade = .serious) -> OutboxBatch {
        OutboxBatch(
            source: "cam",
            entries: names.map {
                Entry(alert: .sample($0, grade: grade), topic: "shrike/v1/s/g/alert/\(grade.rawValue)/cam")
            })
    }
}
