import DefectIdentity
import Foundation
import Imaging
import Reporting
public import ShrikeCore

/// `shrike diff`: what became of the defects of one run by the time of another.
public struct DiffRun: Sendable {
    public var baseline: String
    public var new: String
    /// Folder for `diff.html` and `diff.json`; nil puts them beside the newer results.
    public var outputFolder: String?
    /// `defects.json` of the site, whose ids are used; nil compares the two runs alone. It is read only.
    public var record: String?

    public init(baseline: String, new: String, outputFolder: String? = nil, record: String? = nil) {
        (self.baseline, self.new, self.outputFolder, self.record) = (baseline, new, outputFolder, record)
    }

    public struct Result: Sendable {
        public var text: String
        public var json: JSONValue
        /// The page.
        public var page: String
    }

    /// Compares both and writes the page and the document. Blocks while it reads pictures, on a thread of its own.
    ///
    /// - Throws: ``AgentError``.
    public func run() async throws -> Result {
        let request = self
        return try await BlockingThread(label: "diff").run { try request.compare() }
    }

    private func compare() throws -> Result {
        OpenCVLibrary.silence()
        OpenCVLibrary.setThreads(1)
        let before = try RunFindings(folder: baseline)
        let after = try RunFindings(folder: new)
        var registry = SiteRegistry(site: after.site)
        if let record {
            guard let data = FileManager.default.contents(atPath: record) else {
                throw AgentError("record of defects cannot be read", at: record, remedy: "name the site's defects.json")
            }
            registry = try translating { try SiteRegistry(parsing: data, place: record) }
        }
        let diff = MissionDiff(
            baseline: before.sightings, new: after.sightings, coverage: after.coverage, registry: registry)
        let folder = outputFolder ?? new
        let report = DiffReport(
            site: after.site, version: AgentVersion.current, baseline: Self.run(before), new: Self.run(after),
            scenes: after.scenes + before.scenes,
            entries: diff.changes.map { change in
                DiffReport.Entry(
                    id: change.id, status: DiffReport.Status(rawValue: change.status.rawValue) ?? .still,
                    before: change.before.map { Self.side($0, of: before, from: folder) },
                    after: change.after.map { Self.side($0, of: after, from: folder) },
                    growth: change.growth.map(\.rawValue))
            }, shiftNorth: diff.shiftNorth, shiftEast: diff.shiftEast, knowsCoverage: after.coverage != nil)
        try Self.write(report.json.canonicalText + "\n", to: folder, name: "diff.json")
        try Self.write(DiffPage().html(report), to: folder, name: "diff.html")
        return Result(text: report.text, json: report.json, page: folder + "/diff.html")
    }

    private static func run(_ findings: RunFindings) -> DiffReport.Run {
        let first = findings.sightings.filter(\.isTimeTrusted).map(\.time).min()
        return DiffReport.Run(
            name: findings.run, date: first.map { String($0.rfc3339.prefix(10)) }, defects: findings.sightings.count)
    }

    private static func side(
        _ sighting: DefectSighting, of findings: RunFindings, from folder: String
    ) -> DiffReport.Side {
        let evidence = URL(filePath: findings.folder + "/evidence")
        let file = sighting.picture.flatMap { RunFindings.file($0, in: evidence) }
        return DiffReport.Side(
            className: sighting.className, grade: sighting.grade, score: sighting.score,
            time: sighting.isTimeTrusted ? sighting.time : nil, place: sighting.place,
            sizeMeters: sighting.sizeMeters, deltaKelvin: sighting.deltaKelvin, asset: sighting.asset,
            link: file.map { RelativePath.from(folder, to: $0.path) },
            thumbnail: file.flatMap { EvidenceRecorder.thumbnail(of: $0, side: 480) })
    }

    private static func write(_ text: String, to folder: String, name: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: folder + "/" + name), options: .atomic)
        } catch {
            throw AgentError("page cannot be written", at: folder + "/" + name, remedy: "choose another --out")
        }
    }
}
