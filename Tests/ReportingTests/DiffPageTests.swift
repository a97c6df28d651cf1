import ShrikeCore
import Testing

@testable import Reporting

@Suite struct DiffPageTests {
    private func side(_ grade: Grade = .serious, className: String = "hot_cell", thumbnail: [UInt8]? = nil)
        -> DiffReport.Side
    {
        DiffReport.Side(
            className: className, grade: grade, score: 0.8, time: Timestamp(microseconds: 1_763_775_279_000_000),
            place: GroundPoint(latitude: -33.5, longitude: 151.2, circularErrorMeters: 4, method: .srt),
            sizeMeters: 0.4,
            deltaKelvin: 12, asset: "row <3>", link: "../a/evidence/x y.jpg", thumbnail: thumbnail)
    }

    private var report: DiffReport {
        DiffReport(
            site: "ridge & co", version: "1", baseline: .init(name: "june", date: "2026-06-01", defects: 3),
            new: .init(name: "july", date: nil, defects: 3), scenes: [SampleRun.scene],
            entries: [
                .init(id: "D-1", status: .new, before: nil, after: side(thumbnail: [1, 2, 3])),
                .init(id: "D-2", status: .grown, before: side(), after: side(.critical), growth: ["grade", "size"]),
                .init(id: "D-3", status: .still, before: side(className: "diode"), after: side()),
                .init(id: "D-4", status: .gone, before: side(), after: nil),
                .init(id: "D-5", status: .notSeenAgain, before: side(), after: nil),
            ], shiftNorth: 3, shiftEast: 4, knowsCoverage: true)
    }

    @Test func bothPicturesStandSideBySideAndWhatIsMissingSaysWhy() {
        let html = DiffPage().html(report)
        #expect(html.contains("data:image/jpeg;base64,AQID"))
        #expect(html.contains("../a/evidence/x%20y.jpg"))
        #expect(html.contains("looked at, not found"))
        #expect(html.contains("row &lt;3&gt;"))
        #expect(!html.contains("row <3>"))
        #expect(html.contains("5.0 m"))
        #expect(html.contains("热斑"))
    }

    @Test func textAndDocumentCountTheSame() {
        #expect(report.json["counts"]?["gone"]?.integerValue == 1)
        #expect(report.json["counts"]?["not_seen_again"]?.integerValue == 1)
        #expect(report.text.contains("1  grown\n"))
        #expect(report.text.contains("D-2  grown  critical hot_cell  -33.500000, 151.200000  (grade, size)"))
        #expect(!report.text.contains("D-3"))
    }

    @Test func picturesOfAComparisonAreThoseOfItsRuns() throws {
        func record(_ alerts: [Alert]) throws -> RunRecord {
            try RunRecord(
                alerts: Array(CanonicalAlertLog(alerts).text.utf8), detections: nil, summary: nil, place: "/runs/x")
        }
        var lost = SampleRun.alert(1)
        lost.evidence = [EvidenceReference(kind: .image, path: "d/lost.jpg", sha256: "", bytes: 3)]
        var old = SampleRun.alert(2, grade: .critical, frame: 200)
        old.evidence = [EvidenceReference(kind: .image, path: "d/old.jpg", sha256: "", bytes: 3)]
        let lowered = SampleRun.alert(2, grade: .general, frame: 200)
        let added = SampleRun.alert(3, frame: 400)
        let comparison = try ReplayComparison(baseline: record([lost, old]), new: record([lowered, added]))
        #expect(comparison.changes.map(\.kind) == [.lost, .added, .lowered])
        let html = ComparisonPage().html(
            comparison,
            baseline: .init(
                name: "old", evidence: "../old/evidence", thumbnails: ["d/lost.jpg": [1], "d/old.jpg": [2]]),
            new: .init(name: "new", evidence: "evidence"), version: "1", scenes: [SampleRun.scene])
        #expect(html.contains("href=\"../old/evidence/d/lost.jpg\""))
        #expect(html.contains("base64,AQ=="))
        #expect(html.contains("base64,Ag=="))
        #expect(html.contains("Worse than the baseline"))
    }

    @Test func manyAssetsAreAListAndFewAreButtons() {
        func choices(_ count: Int) -> [FilterChips.Choice] {
            (0..<count).map { FilterChips.chip("asset", "t\($0)", "t", 1) }
        }
        #expect(FilterChips(groups: [choices(13)], count: 13).html.contains("<select data-kind=\"asset\">"))
        #expect(!FilterChips(groups: [choices(12)], count: 12).html.contains("<select"))
        #expect(FilterChips(groups: [choices(1)], count: 1).html.isEmpty)
    }
}
