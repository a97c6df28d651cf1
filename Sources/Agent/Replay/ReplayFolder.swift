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
        "defects.json", "coverage.geojson", "report.html", "report.json", "comparison.json", "comparison.html",
        "diff.html",
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
        try write(ReportDocument(illustrated).text, to: "report.json")
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

    /// The comparison with a baseline where one is given, else of two scenes of the run.
    func comparison(_ baseline: String?, _ plan: RunPlan, gate: ReplayComparison.Gate) throws -> RunComparison? {
        guard let baseline else { return try compareScenes(plan.scenes, gate: gate) }
        return try compare(with: baseline, gate: gate, scenes: plan.scenes.map(\.definition))
    }

    /// Compares this run with an earlier one.
    func compare(
        with baseline: String, gate: ReplayComparison.Gate, scenes: [SceneDefinition]
    ) throws -> RunComparison {
        let old = try Self.record(of: baseline)
        let new = try Self.record(of: path)
        guard old.footage.isEmpty || new.footage.isEmpty || !old.footage.isDisjoint(with: new.footage) else {
            throw AgentError(
                "the baseline looked at other footage", at: baseline,
                remedy: "replay the same footage with both models; two flights are compared by: shrike diff")
        }
        func part(_ folder: String, _ record: RunRecord) -> ComparisonWriter.Part {
            .init(name: URL(filePath: folder).lastPathComponent, run: folder, record: record)
        }
        return try compare(part(baseline, old), part(path, new), gate: gate, scenes: scenes)
    }

    /// Compares the first two scenes of the run that are of one kind and look for a class in common; nil where there are none.
    func compareScenes(_ scenes: [RunPlan.Scene], gate: ReplayComparison.Gate) throws -> RunComparison? {
        func isComparable(_ a: SceneDefinition, _ b: SceneDefinition) -> Bool {
            a.kind == b.kind && !Set(a.classes.map(\.code)).isDisjoint(with: b.classes.map(\.code))
        }
        let pairs = scenes.indices.flatMap { i in scenes.indices.filter { $0 > i }.map { (scenes[i], scenes[$0]) } }
        guard let (old, new) = pairs.first(where: { isComparable($0.definition, $1.definition) }) else { return nil }
        let all = try Self.record(of: path)
        func part(_ scene: RunPlan.Scene) -> ComparisonWriter.Part {
            let name = scene.definition.name
            return .init(name: name, run: path, record: all.found(by: name, digest: scene.lineage.scene.digest))
        }
        return try compare(part(old), part(new), gate: gate, scenes: [old.definition, new.definition])
    }

    private func compare(
        _ old: ComparisonWriter.Part, _ new: ComparisonWriter.Part, gate: ReplayComparison.Gate,
        scenes: [SceneDefinition]
    ) throws -> RunComparison {
        let comparison = ReplayComparison(baseline: old.record, new: new.record, gate: gate)
        try write(comparison.json.canonicalText + "\n", to: "comparison.json")
        let page = ComparisonWriter.page(comparison, folder: path, baseline: old, new: new, scenes: scenes)
        try write(page, to: "comparison.html")
        return RunComparison(
            text: "\(old.name) -> \(new.name)\n" + comparison.text, json: comparison.json, isWorse: comparison.isWorse)
    }

    /// What the run in a folder found.
    ///
    /// - Throws: ``AgentError`` where there is none.
    static func record(of folder: String) throws -> RunRecord {
        func bytes(_ name: String) -> [UInt8]? {
            FileManager.default.contents(atPath: folder + "/" + name).map { Array($0) }
        }
        guard let alerts = bytes("alerts.ndjson") else {
            throw AgentError(
                "no results of a replay", at: folder, remedy: "name the --out folder of an earlier replay")
        }
        return try translating {
            try RunRecord(
                alerts: alerts, detections: bytes("detections.json"), summary: bytes("summary.json"), place: folder)
        }
    }
}
