import Evidence
import Foundation
import Reporting
import ShrikeCore

/// The folder a replay leaves; every file is whole or absent.
struct ReplayFolder: Sendable {
    let path: String
    let evidence: EvidenceStore

    /// Makes the folder and removes the results of an earlier run in it.
    ///
    /// - Parameter keepsEvidence: the run continues an earlier one, whose pictures are its own.
    init(path: String, keepsEvidence: Bool = false) throws(AgentError) {
        self.path = path
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in Self.files where files.fileExists(atPath: path + "/" + name) {
                if keepsEvidence, name == "evidence" { continue }
                try files.removeItem(atPath: path + "/" + name)
            }
        } catch {
            throw AgentError(
                "results cannot be written", at: path, remedy: "choose another folder with --out")
        }
        evidence = try translating {
            try EvidenceStore(
                directory: URL(filePath: path + "/evidence"),
                limits: .init(maximumBytes: .max, maximumAgeDays: nil, minimumFreeBytes: 64 << 20))
        }
    }

    private func finish(_ detections: FileHandle) throws {
        do {
            try detections.write(contentsOf: Data(DetectionsDocument.closing.utf8))
            try detections.close()
        } catch {
            throw AgentError("results cannot be written", at: path, remedy: "make room on the disk")
        }
        guard rename(path + "/" + Self.unfinishedDetections, path + "/detections.json") == 0 else {
            throw AgentError("results cannot be written", at: path + "/detections.json", remedy: "check the folder")
        }
    }

    private static let unfinishedDetections = ".detections.json"
    private static let files = [
        "alerts.ndjson", "detections.json", "summary.json", "defects.geojson", "defects.kml", "defects.csv",
        "defects.json", "coverage.geojson", "report.html", "comparison.json", "comparison.html", "diff.html",
        "diff.json", "evidence",
    ]

    /// Begins `detections.json` under another name, since it is written in pieces.
    func beginDetections() throws -> FileHandle {
        let file = path + "/" + Self.unfinishedDetections
        guard FileManager.default.createFile(atPath: file, contents: Data(DetectionsDocument.opening.utf8)),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw AgentError("results cannot be written", at: file, remedy: "choose another folder with --out") }
        try handle.seekToEnd()
        return handle
    }

    /// Writes all files but the evidence; returns the summary.
    func write(
        _ report: RunReport, detections: FileHandle, clips: [String: [EvidenceReference]], mission: JSONValue,
        siteRecord: String?
    ) throws -> JSONValue {
        var report = report
        try finish(detections)
        try write(CanonicalAlertLog(report.alerts).text, to: "alerts.ndjson")
        try RunIdentity.assign(to: &report, folder: path, record: siteRecord)
        let places = DefectsGeoJSON(report.defects)
        if !places.isEmpty {
            try write(places.text, to: "defects.geojson")
            try write(DefectsKML(report.defects, name: report.run).text, to: "defects.kml")
        }
        try write(DefectsCSV(report.defects).text, to: "defects.csv")
        var summary = RunSummary(report).json.objectValue ?? [:]
        summary["mission"] = mission
        try write(JSONValue.object(summary).canonicalText + "\n", to: "summary.json")
        // Clips stand in the report only: an encoder's bytes may depend on the machine, and alerts must not.
        var illustrated = report
        for i in illustrated.alerts.indices where illustrated.alerts[i].state == .new {
            illustrated.alerts[i].evidence += clips[illustrated.alerts[i].defectID] ?? []
        }
        try write(ReportPage().html(illustrated, thumbnails: thumbnails(of: report)), to: "report.html")
        return .object(summary)
    }

    /// Small pictures for the page, by alert id; a picture that cannot be read is left out.
    private func thumbnails(of report: RunReport) -> [String: [UInt8]] {
        var pictures: [String: [UInt8]] = [:]
        for alert in report.alerts where alert.state != .end {
            guard let path = alert.evidence.first(where: { $0.kind == .image })?.path else { continue }
            pictures[alert.alertID] = EvidenceRecorder.thumbnail(
                of: evidence.directory.appending(path: path), side: 480)
        }
        return pictures
    }

    private func write(_ text: String, to name: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path + "/" + name), options: .atomic)
        } catch {
            throw AgentError("results cannot be written", at: path + "/" + name, remedy: "make room on the disk")
        }
    }

    /// Compares this run with an earlier one.
    func compare(
        with baseline: String, scenes: [SceneDefinition]
    ) throws -> (text: String, json: JSONValue, isWorse: Bool) {
        let comparison = try translating {
            ReplayComparison(baseline: try Self.record(of: baseline), new: try Self.record(of: path))
        }
        try write(comparison.json.canonicalText + "\n", to: "comparison.json")
        let page = ComparisonWriter.page(comparison, folder: path, baseline: baseline, scenes: scenes)
        try write(page, to: "comparison.html")
        return (comparison.text, comparison.json, comparison.isWorse)
    }

    private static func record(of folder: String) throws -> RunRecord {
        func bytes(_ name: String) -> [UInt8]? {
            FileManager.default.contents(atPath: folder + "/" + name).map { Array($0) }
        }
        guard let alerts = bytes("alerts.ndjson") else {
            throw AgentError(
                "no results of a replay", at: folder, remedy: "name the --out folder of an earlier replay")
        }
        return try RunRecord(
            alerts: alerts, detections: bytes("detections.json"), summary: bytes("summary.json"), place: folder)
    }
}
