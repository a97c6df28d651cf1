import Reporting
import ShrikeCore
import Testing

@Suite struct ReportDocumentTests {
    private func document(_ report: RunReport) throws -> JSONValue {
        try JSONValue(parsing: Array(ReportDocument(report).text.utf8), maximumBytes: 1 << 22)
    }

    @Test func everyDefectStandsWithItsPlacePoseModelReasonsAndFiles() throws {
        let place = GroundPoint(latitude: 47.3, longitude: 8.5, circularErrorMeters: 2.5, method: .srt)
        var alert = SampleRun.alert(1, place: place)
        alert.pose = Pose(latitude: 47.31, longitude: 8.51, relativeAltitude: 40, yaw: 10, pitch: -60)
        alert.asset = AssetReference(id: "T1", name: "Tower 1", probability: 0.8, distanceMeters: 1.5)
        alert.evidence = [EvidenceReference(kind: .clip, path: "a.mp4", sha256: "00", bytes: 3)]
        var report = SampleRun.report([alert, SampleRun.alert(1, state: .end), SampleRun.alert(2, grade: .critical)])
        report.siteDefectIDs = [alert.defectID: "D-1"]
        report.notes = ["a note"]
        let json = try document(report)
        #expect(json["schema"]?.stringValue == "shrike.report/1")
        let defects = try #require(json["defects"]?.arrayValue)
        #expect(defects.map { $0["number"]?.integerValue } == [1, 2])
        #expect(defects[0]["grade"]?.stringValue == "critical", "worst first")
        let second = defects[1]
        #expect(second["names"]?["zh"]?.stringValue == "热斑")
        #expect(second["site_defect_id"]?.stringValue == "D-1")
        #expect(second["alert_ids"]?.arrayValue?.count == 2)
        #expect(second["geo"]?["ce_m"]?.doubleValue == 2.5 && second["pose"]?["pitch"]?.doubleValue == -60)
        #expect(second["asset"]?["id"]?.stringValue == "T1")
        #expect(second["model"]?["digest"]?.stringValue == "sha256:aa11")
        #expect(second["grade_basis"]?["rule_id"]?.stringValue == "r<1>")
        #expect(second["evidence"]?.arrayValue?.first?["path"]?.stringValue == "evidence/a.mp4")
        #expect(json["notes"]?.arrayValue?.count == 1 && json["sources"]?.arrayValue?.count == 1)
        #expect(json["counts"]?["total"]?.integerValue == 2)
    }

    @Test func aSourceTellsWhatBecameOfItsTelemetry() throws {
        var report = SampleRun.report([])
        report.sources[0].telemetry = TelemetryReport(
            file: "a.SRT", variants: ["dji-mini-3"], samples: 9, placed: 7, issues: ["a.SRT:3: 0,0 is no place"])
        let telemetry = try #require(try document(report)["sources"]?.arrayValue?.first?["telemetry"])
        #expect(telemetry["placed"]?.integerValue == 7 && telemetry["refused"]?.boolValue == false)
        #expect(telemetry["issues"]?.arrayValue?.count == 1)
    }
}
