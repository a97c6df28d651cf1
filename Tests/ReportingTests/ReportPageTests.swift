import Foundation
import FoundationXML
import Reporting
import ShrikeCore
import Testing

@Suite struct ReportPageTests {
    @Test func textFromOutsideIsEscaped() {
        var alert = SampleRun.alert(1, className: "<script>alert('x')</script>")
        alert.evidence = [EvidenceReference(kind: .image, path: "java\"script:x.jpg", sha256: "", bytes: 1)]
        alert.zones = ["<b>"]
        var report = SampleRun.report([alert])
        report.site = "\"><img src=x onerror=y>"
        report.notes = ["</main>"]
        let html = ReportPage().html(report)
        for bad in ["<script>alert", "<img src=x", "<b>,", "<east>", "a<b>", "</main></li>", "java\"script"] {
            #expect(!html.contains(bad), "\(bad)")
        }
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)"))
        #expect(html.contains("evidence/java%22script%3Ax.jpg"))
    }

    @Test func nothingIsLoadedFromElsewhere() {
        let html = ReportPage().html(SampleRun.report([SampleRun.alert(1)]))
        for bad in ["http:", "https:", "src=\"/", "@import", "url("] { #expect(!html.contains(bad), "\(bad)") }
    }

    @Test func defectsAreSortedWorstFirstWithNamesInBothLanguages() throws {
        let html = ReportPage().html(
            SampleRun.report([
                SampleRun.alert(1, grade: .info), SampleRun.alert(2, className: "diode", grade: .critical),
                SampleRun.alert(3, grade: .serious),
            ]))
        let order = try ["critical", "serious", "info"].map {
            try #require(html.range(of: "data-grade=\"\($0)\"")).lowerBound
        }
        #expect(order == order.sorted())
        #expect(html.contains("<span lang=\"en\">Hot cell</span><span lang=\"zh\">热斑</span>"))
        #expect(html.contains("ΔT 12.5 K"))
        #expect(html.contains("truncated &amp; lost"))
    }

    @Test func thumbnailsAreEmbeddedUpToTheLimit() {
        let alerts = (1...3).map { SampleRun.alert($0) }
        let pictures = Dictionary(uniqueKeysWithValues: alerts.map { ($0.alertID, [UInt8](repeating: 7, count: 100)) })
        func embedded(_ limit: Int) -> Int {
            ReportPage(embeddingLimit: limit).html(SampleRun.report(alerts), thumbnails: pictures)
                .components(separatedBy: "data:image/jpeg;base64,").count - 1
        }
        #expect(embedded(1000) == 3)
        #expect(embedded(250) == 2)
        #expect(embedded(0) == 0)
    }

    @Test func noDefectsIsSaidWithCaution() {
        let html = ReportPage(language: .zh).html(SampleRun.report([]))
        #expect(html.contains("<html lang=\"zh\">"))
        #expect(html.contains("No defect was found in 298 analyzed frames."))
        #expect(html.contains("not proof that the asset is sound"))
    }

    @Test(arguments: [0, 1, 40])
    func markupIsWellFormed(count: Int) throws {
        let alerts = (0..<count).map {
            SampleRun.alert(
                $0,
                place: GroundPoint(
                    latitude: 47.3, longitude: 8.5 + Double($0) / 1e4, circularErrorMeters: 3, method: .srt))
        }
        let html = ReportPage().html(SampleRun.report(alerts))
        let start = try #require(html.range(of: "<main>")).lowerBound
        let end = try #require(html.range(of: "</main>")).upperBound
        // Void elements are the only difference to XML.
        let xml = html[start..<end].replacingOccurrences(of: "<br>", with: "<br/>")
        #expect(XMLParser(data: Data(xml.utf8)).parse())
        #expect(html.contains("<svg class=\"map\""))
    }
}
