import DefectIdentity
import Foundation
import Reporting
import ShrikeCore
import Telemetry

/// Gives the defects of a run their identity at the site, and notes what ground the run looked at.
struct RunIdentity {
    static let coverageFile = "coverage.geojson"
    static let recordFile = "defects.json"

    let report: RunReport
    /// Folder of the run's evidence.
    let evidence: URL

    /// Gives every defect of the report its identity, and writes `coverage.geojson` and the site's record.
    ///
    /// - Parameters:
    ///   - folder: of the run.
    ///   - record: `defects.json` of the site, shared by its runs; nil keeps one in the run's folder, for this run alone.
    /// - Throws: ``AgentError``; a record that cannot be read is never replaced.
    static func assign(to report: inout RunReport, folder: String, record: String?) throws {
        let coverage = coverage(of: report)
        if !coverage.isEmpty { try write(coverage.json.canonicalText + "\n", to: folder + "/" + coverageFile) }
        let identity = RunIdentity(report: report, evidence: URL(filePath: folder + "/evidence"))
        let own = folder + "/" + recordFile
        if record == nil { try? FileManager.default.removeItem(atPath: own) }
        let (ids, registry) = try identity.registered(in: record ?? own)
        report.siteDefectIDs = ids
        try write(registry.text, to: record ?? own)
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw AgentError("record of defects cannot be written", at: path, remedy: "make room on the disk")
        }
    }

    /// ``SiteDefect/id`` by ``Alert/defectID``, and the site's record with this run in it.
    ///
    /// - Parameter record: `defects.json` of the site; a missing file is a site without a past.
    /// - Throws: ``AgentError`` where the record cannot be read: a damaged one is never replaced.
    func registered(in record: String) throws -> (ids: [String: String], registry: SiteRegistry) {
        var registry = try Self.registry(in: record, site: report.site)
        var reader = SightingReader()
        for alert in report.alerts {
            let place = "alert \(alert.alertID)"
            try translating { try reader.add(alert.json, at: place) }
        }
        let ids = registry.register(RunFindings.withAppearance(reader.sightings, evidence: evidence))
        return (ids, registry)
    }

    /// The record of a site; a missing file is a site without a past.
    ///
    /// - Throws: ``AgentError`` where the file cannot be read.
    static func registry(in record: String, site: String) throws -> SiteRegistry {
        guard FileManager.default.fileExists(atPath: record) else { return SiteRegistry(site: site) }
        guard let data = FileManager.default.contents(atPath: record) else {
            throw AgentError("record of defects cannot be read", at: record, remedy: "check its permissions")
        }
        return try translating { try SiteRegistry(parsing: data, place: record) }
    }

    /// Footprints of the run's pictures, from the poses of its sources; empty where telemetry is lacking.
    static func coverage(of report: RunReport) -> FlightCoverage {
        var coverage = FlightCoverage()
        for source in report.sources where source.width > 0 && source.height > 0 {
            let projection = GroundProjection(imageWidth: source.width, imageHeight: source.height)
            let (w, h) = (Double(source.width), Double(source.height))
            let corners = [Point(x: 0, y: 0), Point(x: w, y: 0), Point(x: w, y: h), Point(x: 0, y: h)]
            for pose in source.path {
                let places = corners.compactMap { try? projection.place(of: $0, pose: pose, method: .none).get() }
                if places.count == corners.count { coverage.add(.init(corners: places)) }
            }
        }
        return coverage
    }
}
