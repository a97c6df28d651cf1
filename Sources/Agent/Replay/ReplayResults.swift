import Foundation
import Reporting
import ShrikeCore

/// Makes the files of results from the journals of a run.
struct ReplayResults {
    let plan: RunPlan
    let folder: ReplayFolder
    /// `defects.json` of the site; nil keeps one in the folder.
    let siteRecord: String?
    /// Folder whose `.run` holds a piece.
    let place: (_ piece: Int) -> String

    /// Writes all files; fills in what the caller tells a person.
    ///
    /// - Throws: ``AgentError`` where a journal is damaged, the disk full, or no footage at all was analysed.
    func write(seconds: Double, into result: inout ReplayRun.Result) throws {
        let detections = try folder.beginDetections()
        var report = try gather(into: detections)
        let all = plan.failures.map { (name: $0.name, reason: $0.reason) }
        let failed = zip(plan.items, report.sources).compactMap { item, source in
            Self.failure(of: source).map { (name: item.name, reason: $0) }
        }
        result.failures = all + failed
        if failed.count == plan.items.count, let failure = result.failures.first {
            throw ReplayFailure(reason: failure.reason)
        }
        report.value.wallSeconds = seconds
        result.summary = try folder.write(
            report.value, detections: detections, clips: report.clips, mission: missionFacts, siteRecord: siteRecord)
        (result.alerts, result.defects) = (report.value.alerts, report.value.defects.count)
        result.skipped = plan.skipped.count
        result.notes = report.sources.compactMap(Self.withoutPose)
    }

    /// Why nothing of the footage was analysed; nil where something was, or where it was empty in the range asked for.
    private static func failure(of source: SourceReport) -> String? {
        if let failure = source.failure { return failure }
        guard source.framesAnalyzed == 0, let first = source.skippedExamples.first else { return nil }
        return AgentError(
            "no picture can be used, the first because: \(first.reason.replacing(";", with: ",").replacing(":", with: ","))",
            at: first.name, remedy: "name footage that can be read"
        ).description
    }

    private struct Gathered {
        var value: RunReport
        var clips: [String: [EvidenceReference]] = [:]
        var sources: [SourceReport] { value.sources }
    }

    private func gather(into file: FileHandle) throws -> Gathered {
        let scenes = plan.scenes.map {
            RunReport.SceneUse(definition: $0.definition, lineage: $0.lineage, engine: $0.engine)
        }
        var gathered = Gathered(
            value: RunReport(
                site: plan.site, gateway: plan.gateway, version: plan.version, run: plan.run, scenes: scenes))
        var detections = DetectionsDocument(categories: CategoryIndex(scenes.map(\.definition)))
        var nextImageID: Int64 = 1
        let pieces = Dictionary(grouping: plan.pieces, by: \.item)
        for (position, item) in plan.items.enumerated() {
            var tally = PieceTally(info: item.info, firstImageID: nextImageID)
            for piece in pieces[position] ?? [] {
                let text = try add(piece, to: &tally, &detections)
                try file.write(contentsOf: text)
            }
            var source = tally.report
            source.telemetry = item.telemetry
            gathered.value.sources.append(source)
            gathered.value.timings.merge(tally.timings)
            gathered.value.alerts += tally.alerts
            gathered.clips.merge(tally.clips, uniquingKeysWith: { $1 })
            let report = tally.report
            nextImageID += Int64(
                max(report.framesRead, report.framesAnalyzed + report.framesUnchanged + report.framesSkipped))
        }
        gathered.value.notes = notes(gathered.sources)
        for i in gathered.value.alerts.indices { gathered.value.alerts[i].sequence = UInt64(i) + 1 }
        gathered.value.detectionsByClass = detections.countByClass
        return gathered
    }

    /// What a reader of the report has to know besides: footage that failed, and what is wrong with telemetry.
    private func notes(_ sources: [SourceReport]) -> [String] {
        let failed = plan.failures.map { "\($0.name): \($0.reason)" }
        let telemetry = sources.flatMap { source in
            (source.telemetry?.issues ?? []).map { "\(source.info.id): \($0)" }
        }
        return failed + telemetry + sources.compactMap(Self.withoutPose)
    }

    /// Telemetry that has places, none of which belongs to a moment of the footage: most often a clock that is hours off.
    private static func withoutPose(_ source: SourceReport) -> String? {
        guard let telemetry = source.telemetry, telemetry.placed > 0, source.framesAnalyzed > 0, source.path.isEmpty
        else { return nil }
        return "\(source.info.id): no frame was taken while \(telemetry.file) runs, so nothing has a place; "
            + "see `shrike telemetry`, then give --clock-offset or --video-start"
    }

    /// Adds a piece's events; returns its part of `detections.json`.
    private func add(
        _ piece: RunPlan.Piece, to tally: inout PieceTally, _ detections: inout DetectionsDocument
    ) throws -> Data {
        let home = place(piece.number)
        guard let checkpoint = RunJournal.checkpoint(of: piece.number, in: home), checkpoint.phase == .complete else {
            throw AgentError("piece \(piece.number) of the run is missing", at: home, remedy: "run its shard again")
        }
        var text = Data()
        let first = tally.report.firstImageID
        let files = PieceFiles(folder: home + "/" + RunJournal.folderName, piece: piece.number)
        try PieceJournal.events(files, bytes: checkpoint.journalBytes) { event in
            tally.apply(event)
            if case .frame(let frame) = event {
                text += Data(detections.append(frame.detections, imageID: first &+ frame.index).utf8)
            }
        }
        return text
    }

    /// What `summary.json` tells of files that are no footage.
    private var missionFacts: JSONValue {
        var reasons: [String: Int] = [:]
        for file in plan.skipped { reasons[file.reason, default: 0] += 1 }
        let listed = plan.skipped.prefix(SourceReport.keptExamples).map {
            JSONValue.object(["name": .string($0.name), "reason": .string($0.reason)])
        }
        let failed = plan.failures.map {
            JSONValue.object(["name": .string($0.name), "reason": .string($0.reason)])
        }
        return .object(compacting: [
            "skipped_files": .object(reasons.mapValues { .integer(Int64($0)) }),
            "skipped_examples": listed.isEmpty ? nil : .array(Array(listed)),
            "failed": failed.isEmpty ? nil : .array(failed),
            "sources": .array(
                plan.items.map { item in
                    .object([
                        "id": .string(item.info.id), "name": .string(item.name),
                        "scenes": .array(item.scenes.map { .string(plan.scenes[$0].definition.name) }),
                    ])
                }),
        ])
    }
}

/// Nothing could be replayed; the text is the first footage's own: what, where, what to do.
private struct ReplayFailure: Error, CustomStringConvertible {
    var reason: String

    var description: String { reason }
}
