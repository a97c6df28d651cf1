import Foundation
public import ShrikeCore

/// What a run left behind, read back from `alerts.ndjson`, `detections.json` and `summary.json`.
public struct RunRecord: Hashable, Sendable {
    /// A defect as its first alert states it.
    public struct Finding: Hashable, Sendable {
        public var alertID: String
        public var source: String
        public var className: String
        public var grade: Grade
        public var frameIndex: Int64
        /// Fractions of the picture.
        public var box: Box
        public var score = 0.0
        public var mediaTime = MediaTime.zero
        /// Picture below the run's evidence folder.
        public var picture: String?
        /// Digest of the scene that found it.
        public var scene = ""
    }

    public struct Candidate: Hashable, Sendable {
        public var imageID: Int64
        /// Class code where `summary.json` gives it, else the category's number.
        public var className: String
        public var box: Box
        public var score: Double
        /// Name of the scene that found it, where `summary.json` gives it.
        public var scene = ""
    }

    public var findings: [Finding]
    public var candidates: [Candidate]
    /// Identities of the recordings that were looked at; empty where `summary.json` does not tell.
    public private(set) var footage: Set<String> = []

    public init(findings: [Finding], candidates: [Candidate]) {
        (self.findings, self.candidates) = (findings, candidates)
    }

    /// - Parameters:
    ///   - alerts: content of `alerts.ndjson`.
    ///   - detections: content of `detections.json`; nil where there is none.
    ///   - summary: content of `summary.json`; nil where there is none.
    ///   - place: folder of the run, for errors.
    /// - Throws: ``ReportingError`` naming file and line.
    public init(alerts: [UInt8], detections: [UInt8]?, summary: [UInt8]?, place: String) throws(ReportingError) {
        findings = []
        for (i, line) in alerts.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            if let finding = try Self.finding(line, at: "\(place)/alerts.ndjson line \(i + 1)") {
                findings.append(finding)
            }
        }
        let document = try Self.document(summary, at: "\(place)/summary.json")
        let names = Self.categories(document)
        footage = Set((document["sources"]?.arrayValue ?? []).compactMap { $0["origin"]?.stringValue })
        candidates = try Self.candidates(detections, names: names, at: "\(place)/detections.json")
    }

    /// What one of several scenes found.
    ///
    /// - Parameters:
    ///   - scene: its name in the run.
    ///   - digest: of its model.
    public func found(by scene: String, digest: String) -> RunRecord {
        RunRecord(
            findings: findings.filter { $0.scene == digest }, candidates: candidates.filter { $0.scene == scene })
    }

    /// Nil for `update` and `end` events.
    private static func finding(_ line: ArraySlice<UInt8>, at place: String) throws(ReportingError) -> Finding? {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw ReportingError("alert not read (\(error))", at: place, remedy: "make the run again")
        }
        guard value["schema"]?.stringValue == Alert.schema else {
            throw ReportingError("no alert of schema \(Alert.schema)", at: place, remedy: "make the run again")
        }
        guard let id = value["alert_id"]?.stringValue, let source = value["source"]?["id"]?.stringValue,
            let className = value["class"]?.stringValue, let frame = value["frame_no"]?.integerValue,
            let grade = value["grade"]?.stringValue.flatMap(Grade.init(rawValue:)),
            let state = value["state"]?.stringValue,
            let numbers = value["bbox"]?.arrayValue?.compactMap(\.doubleValue), numbers.count == 4
        else { throw ReportingError("alert lacks a field", at: place, remedy: "make the run again") }
        guard state == Alert.State.new.rawValue else { return nil }
        var finding = Finding(
            alertID: id, source: source, className: className, grade: grade, frameIndex: frame,
            box: Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]))
        finding.scene = value["model"]?["digest"]?.stringValue ?? ""
        finding.score = value["score"]?.doubleValue ?? 0
        let time = value["media_time_ms"]?.integerValue ?? 0
        finding.mediaTime = MediaTime(milliseconds: max(0, min(1 << 50, time)))
        finding.picture =
            value["evidence"]?.arrayValue?.first {
                $0["kind"]?.stringValue == EvidenceReference.Kind.image.rawValue
            }?["path"]?.stringValue
        return finding
    }

    private static func document(_ summary: [UInt8]?, at place: String) throws(ReportingError) -> JSONValue {
        guard let summary else { return .null }
        do { return try JSONValue(parsing: summary, maximumBytes: 64 << 20) } catch {
            throw ReportingError("summary not read (\(error))", at: place, remedy: "make the run again")
        }
    }

    private static func categories(_ summary: JSONValue) -> [Int64: (name: String, scene: String)] {
        var names: [Int64: (name: String, scene: String)] = [:]
        for category in summary["categories"]?.arrayValue ?? [] {
            guard let id = category["id"]?.integerValue, let name = category["name"]?.stringValue else { continue }
            names[id] = (name, category["scene"]?.stringValue ?? "")
        }
        return names
    }

    private struct Row: Decodable {
        var imageID: Int64
        var categoryID: Int64
        var bbox: [Double]
        var score: Double

        enum CodingKeys: String, CodingKey {
            case bbox, score
            case imageID = "image_id"
            case categoryID = "category_id"
        }
    }

    private static func candidates(
        _ detections: [UInt8]?, names: [Int64: (name: String, scene: String)], at place: String
    ) throws(ReportingError) -> [Candidate] {
        guard let detections else { return [] }
        guard detections.count <= 512 << 20 else {
            throw ReportingError("file is larger than 512 MiB", at: place, remedy: "compare shorter runs")
        }
        guard let rows = try? JSONDecoder().decode([Row].self, from: Data(detections)),
            rows.allSatisfy({ $0.bbox.count == 4 && $0.bbox.allSatisfy(\.isFinite) })
        else {
            throw ReportingError("no list of COCO results", at: place, remedy: "make the run again")
        }
        return rows.map { row in
            Candidate(
                imageID: row.imageID, className: names[row.categoryID]?.name ?? String(row.categoryID),
                box: Box(x: row.bbox[0], y: row.bbox[1], width: row.bbox[2], height: row.bbox[3]), score: row.score,
                scene: names[row.categoryID]?.scene ?? "")
        }
    }
}
