import Foundation
import Reporting
import ShrikeCore
import Testing

@Suite struct DocumentsTests {
    private func parsed(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func alertsAreOneCanonicalLineEach() {
        let alerts = [SampleRun.alert(1), SampleRun.alert(2)]
        let text = CanonicalAlertLog(alerts).text
        #expect(text.split(separator: "\n").map(String.init) == alerts.map(\.json.canonicalText))
        #expect(text.hasSuffix("}\n"))
    }

    @Test func detectionsAreCOCOResults() throws {
        var document = DetectionsDocument(categories: CategoryIndex([SampleRun.scene]))
        var text = DetectionsDocument.opening
        let box = Box(x: 10.004, y: 2, width: 3, height: 4)
        text += document.append(
            [
                Detection(scene: "solar", className: "diode", score: 0.123456, box: box),
                Detection(scene: "other", className: "diode", score: 0.5, box: box),
            ], imageID: 7)
        text += document.append([Detection(scene: "solar", className: "hot_cell", score: 1, box: box)], imageID: 8)
        text += DetectionsDocument.closing
        let rows = try #require(parsed(text).arrayValue)
        #expect(rows.count == 2)
        #expect(rows[0].canonicalText == #"{"bbox":[10,2,3,4],"category_id":2,"image_id":7,"score":0.12346}"#)
        #expect(document.countByClass == ["diode": 1, "hot_cell": 1])
        #expect(try parsed(DetectionsDocument.opening + DetectionsDocument.closing) == .array([]))
    }

    @Test func summaryCountsAndNamesEveryModel() throws {
        let summary = RunSummary(
            SampleRun.report([
                SampleRun.alert(1), SampleRun.alert(1, grade: .critical, state: .update),
                SampleRun.alert(2, className: "diode"),
            ])
        ).json
        #expect(summary["alerts"]?["total"]?.integerValue == 3)
        #expect(summary["alerts"]?["by_state"]?["update"]?.integerValue == 1)
        #expect(summary["defects"]?["total"]?.integerValue == 2)
        #expect(summary["defects"]?["by_class_and_grade"]?["hot_cell"]?["critical"]?.integerValue == 1)
        #expect(summary["frames"]?["skipped"]?["truncated & lost"]?.integerValue == 2)
        #expect(summary["stages"]?["decode"]?["p95_ms"]?.doubleValue.map { abs($0 - 4) < 0.13 } == true)
        #expect(summary["models"]?.arrayValue?.first?["lineage"]?.arrayValue?.count == 1)
        #expect(summary["sources"]?.arrayValue?.first?["digest"]?.stringValue == "sha256:cc33")
        #expect(summary["frames_per_second"]?.doubleValue == 74.5)
    }

    @Test func geoJSONHasOneFeaturePerPlacedDefect() throws {
        let place = GroundPoint(latitude: 47.3, longitude: 8.5, circularErrorMeters: 3.25, method: .srt)
        let rough = GroundPoint(latitude: 47.4, longitude: 8.6, circularErrorMeters: 30, method: .srt)
        let alerts = [
            SampleRun.alert(1, place: rough), SampleRun.alert(1, state: .update, place: place), SampleRun.alert(2),
            SampleRun.alert(3, place: GroundPoint(latitude: 99, longitude: 0, circularErrorMeters: 1, method: .srt)),
        ]
        let document = DefectsGeoJSON(DefectReport.grouped(alerts))
        let features = try #require(parsed(document.text)["features"]?.arrayValue)
        #expect(features.count == 1)
        #expect(document.withoutPlace == 2)
        #expect(features.first?["geometry"]?["coordinates"]?.arrayValue == [.number(8.5), .number(47.3)])
        #expect(features.first?["properties"]?["error_m"]?.doubleValue == 3.25)
    }

    @Test func defectsJoinTheirEvents() throws {
        let defects = DefectReport.grouped([
            SampleRun.alert(1, frame: 10, score: 0.5),
            SampleRun.alert(1, grade: .critical, state: .update, frame: 20, score: 0.6),
            SampleRun.alert(1, grade: .critical, state: .end, frame: 30, score: 0.9),
        ])
        let defect = try #require(defects.first)
        #expect(defects.count == 1)
        #expect(defect.best.state == .update)
        #expect(defect.firstSeen.milliseconds == 320)
        #expect(defect.lastSeen.milliseconds == 1200)
    }
}
