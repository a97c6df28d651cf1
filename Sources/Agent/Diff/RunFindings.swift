import DefectIdentity
import Foundation
import Imaging
import ShrikeCore

/// What a run folder says of defects: read back from `alerts.ndjson`, `summary.json`, `coverage.geojson` and `evidence/`.
struct RunFindings {
    let folder: String
    let run: String
    let site: String
    let sightings: [DefectSighting]
    /// Nil where the run tells not what it looked at.
    let coverage: FlightCoverage?
    /// Names of classes, for people.
    let scenes: [SceneDefinition]

    /// - Throws: ``AgentError`` naming file and line.
    init(folder: String) throws {
        self.folder = folder
        guard let log = FileManager.default.contents(atPath: folder + "/alerts.ndjson") else {
            throw AgentError(
                "no results of a replay", at: folder, remedy: "name the --out folder of an earlier replay")
        }
        var reader = SightingReader()
        var site: String?
        for (i, line) in log.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            let place = "\(folder)/alerts.ndjson line \(i + 1)"
            guard let alert = try? JSONValue(parsing: line) else {
                throw AgentError("alert not read", at: place, remedy: "make the run again")
            }
            try translating { try reader.add(alert, at: place) }
            site = site ?? alert["site"]?.stringValue
        }
        let summary = FileManager.default.contents(atPath: folder + "/summary.json").flatMap {
            try? JSONValue(parsing: $0, maximumBytes: 64 << 20)
        }
        run = summary?["run"]?.stringValue ?? URL(filePath: folder).lastPathComponent
        self.site = site ?? summary?["site"]?.stringValue ?? ""
        scenes = Self.scenes(summary)
        let map = folder + "/" + RunIdentity.coverageFile
        coverage = try FileManager.default.contents(atPath: map).map { data in
            try translating { try FlightCoverage(parsing: data, place: map) }
        }
        sightings = Self.withAppearance(reader.sightings, evidence: URL(filePath: folder + "/evidence"))
    }

    /// Adds what each defect looks like in its evidence picture; without one it is known by place, class and size alone.
    static func withAppearance(_ sightings: [DefectSighting], evidence: URL) -> [DefectSighting] {
        sightings.map { sighting in
            guard sighting.showsBox, let path = sighting.picture, let aspect = sighting.pictureAspect,
                let file = file(path, in: evidence), let bytes = try? Data(contentsOf: file)
            else { return sighting }
            var sighting = sighting
            sighting.appearance = try? bytes.withUnsafeBytes { raw in
                let picture = try Image.decode(raw)
                // The caption lies below the picture, which keeps the proportions of its source.
                let (w, h) = (Double(picture.width), Double(picture.width) * aspect)
                let box = Box(
                    x: sighting.box.x * w, y: sighting.box.y * h, width: sighting.box.width * w,
                    height: sighting.box.height * h)
                return try AppearanceDescriptor(of: picture, box: box, rim: 0)
            }
            return sighting
        }
    }

    /// A picture of the run; nil where the path leads out of its folder.
    static func file(_ path: String, in evidence: URL) -> URL? {
        guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return nil }
        return evidence.appending(path: path)
    }

    private static func scenes(_ summary: JSONValue?) -> [SceneDefinition] {
        var classes: [String: [ClassDefinition]] = [:]
        for category in summary?["categories"]?.arrayValue ?? [] {
            guard let scene = category["scene"]?.stringValue, let code = category["name"]?.stringValue else { continue }
            let names = category["display"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
            classes[scene, default: []].append(ClassDefinition(code: code, names: names))
        }
        return classes.sorted { $0.key < $1.key }.map {
            SceneDefinition(name: $0.key, version: "", kind: .detector, classes: $0.value)
        }
    }
}
