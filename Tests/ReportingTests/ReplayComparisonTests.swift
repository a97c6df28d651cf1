import Reporting
import ShrikeCore
import Testing

@Suite struct ReplayComparisonTests {
    private func record(_ alerts: [Alert], _ detections: [Detection] = []) throws -> RunRecord {
        var document = DetectionsDocument(categories: CategoryIndex([SampleRun.scene]))
        let text = DetectionsDocument.opening + document.append(detections, imageID: 11) + DetectionsDocument.closing
        return try RunRecord(
            alerts: Array(CanonicalAlertLog(alerts).text.utf8), detections: Array(text.utf8),
            summary: Array(RunSummary(SampleRun.report(alerts)).text.utf8), place: "/runs/x")
    }

    private func alerts(_ count: Int, shift: Double = 0, frameShift: Int64 = 0) -> [Alert] {
        (0..<count).map {
            SampleRun.alert(
                $0, frame: Int64($0 * 20) + 10 + frameShift, box: Box(x: 100 + shift, y: 100, width: 40, height: 30))
        }
    }

    @Test func aRunEqualsItself() throws {
        let found = [
            Detection(scene: "solar", className: "diode", score: 0.5, box: Box(x: 1, y: 2, width: 30, height: 4))
        ]
        let run = try record(alerts(4), found)
        let comparison = ReplayComparison(baseline: run, new: run)
        #expect(!comparison.isWorse)
        #expect(comparison.alerts["hot_cell"]?.agreement == 1)
        #expect(comparison.detections["diode"]?.matched == 1)
        #expect(comparison.lostAlerts.isEmpty)
    }

    @Test func losingOneOfAFewIsWorseAndOneOfManyIsNot() throws {
        let few = try ReplayComparison(baseline: record(alerts(4)), new: record(alerts(3)))
        #expect(few.worseClasses == ["hot_cell"])
        #expect(few.lostAlerts == [alerts(4)[3].alertID])
        #expect(few.text.contains("worse than the baseline: more than 5.0 %"))
        let many = try ReplayComparison(baseline: record(alerts(20)), new: record(alerts(19)))
        #expect(!many.isWorse)
        let two = try ReplayComparison(baseline: record(alerts(20)), new: record(alerts(18)))
        #expect(two.isWorse)
    }

    @Test func smallShiftsOfBoxAndFrameStillMatch() throws {
        let base = try record(alerts(5))
        #expect(try !ReplayComparison(baseline: base, new: record(alerts(5, shift: 6, frameShift: 2))).isWorse)
        #expect(try ReplayComparison(baseline: base, new: record(alerts(5, shift: 30))).isWorse)
        #expect(try ReplayComparison(baseline: base, new: record(alerts(5, frameShift: 9))).isWorse)
    }

    @Test func anotherClassInTheSamePlaceIsALoss() throws {
        let new = alerts(2).map { alert in
            var alert = alert
            alert.className = "diode"
            return alert
        }
        let comparison = try ReplayComparison(baseline: record(alerts(2)), new: record(new))
        #expect(comparison.alerts["hot_cell"]?.onlyBaseline == 2)
        #expect(comparison.alerts["diode"]?.onlyNew == 2)
        #expect(comparison.json["worse"]?.boolValue == true)
    }

    @Test func addedAndLoweredAlertsAreReportedAndNotGated() throws {
        var new = alerts(5)
        new[0].grade = .info
        let comparison = try ReplayComparison(baseline: record(alerts(3)), new: record(new))
        let counts = try #require(comparison.alerts["hot_cell"])
        #expect([counts.matched, counts.onlyBaseline, counts.onlyNew, counts.lowered] == [3, 0, 2, 1])
        #expect(!comparison.isWorse)
    }

    @Test func aGateOnAddedAlertsRefusesAFlood() throws {
        let gate = ReplayComparison.Gate(maximumAddedShare: 0.5)
        let some = try ReplayComparison(baseline: record(alerts(4)), new: record(alerts(6)), gate: gate)
        #expect(!some.isWorse)
        let flood = try ReplayComparison(baseline: record(alerts(4)), new: record(alerts(7)), gate: gate)
        #expect(flood.isWorse && flood.floodedClasses == ["hot_cell"] && flood.losingClasses.isEmpty)
        #expect(flood.text.contains("more than 50.0 % of alerts added in hot_cell"))
        #expect(flood.json["gate"]?["maximum_added_share"]?.doubleValue == 0.5)
        let fromNone = try ReplayComparison(baseline: record([]), new: record(alerts(1)), gate: gate)
        #expect(fromNone.isWorse, "any share of none is none")
    }

    @Test func whatOneOfTwoScenesFoundIsTakenApart() throws {
        var other = SampleRun.alert(2)
        other.lineage.scene.digest = "sha256:dd44"
        let found = [
            Detection(scene: "solar", className: "diode", score: 0.5, box: Box(x: 1, y: 2, width: 30, height: 4))
        ]
        let both = try record([SampleRun.alert(1), other], found)
        let solar = both.found(by: "solar", digest: "sha256:aa11")
        #expect(solar.findings.map(\.alertID) == [SampleRun.alert(1).alertID] && solar.candidates.count == 1)
        let rest = both.found(by: "other", digest: "sha256:dd44")
        #expect(rest.findings.map(\.alertID) == [other.alertID] && rest.candidates.isEmpty)
    }

    @Test func eventsAfterTheFirstAreNotCounted() throws {
        let run = try record([SampleRun.alert(1), SampleRun.alert(1, state: .update), SampleRun.alert(1, state: .end)])
        #expect(run.findings.count == 1)
    }

    @Test(arguments: ["{", "{}", "[1]", "{\"schema\":\"shrike.alert/1\"}", "\u{FFFD}"])
    func badLinesAreNamed(line: String) {
        let error = #expect(throws: ReportingError.self) {
            try RunRecord(alerts: Array(("\n" + line).utf8), detections: nil, summary: nil, place: "/runs/x")
        }
        #expect(error?.place == "/runs/x/alerts.ndjson line 2")
    }

    @Test func badDetectionsAreNamed() {
        let error = #expect(throws: ReportingError.self) {
            try RunRecord(alerts: [], detections: Array("[{\"image_id\":1}]".utf8), summary: nil, place: "/runs/x")
        }
        #expect(error?.place == "/runs/x/detections.json")
    }
}
