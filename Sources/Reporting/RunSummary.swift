public import ShrikeCore

/// `summary.json`: counts, times and digests of a run.
public struct RunSummary: Sendable {
    public static let schema = "shrike.summary/1"

    public var json: JSONValue

    public init(_ report: RunReport) {
        let defects = report.defects
        json = .object([
            "schema": .string(Self.schema), "version": .string(report.version), "site": .string(report.site),
            "gateway": .string(report.gateway), "run": .string(report.run),
            "frames": .object([
                "read": Self.count(report.framesRead), "analyzed": Self.count(report.framesAnalyzed),
                "dropped": Self.count(report.framesDropped), "unchanged": Self.count(report.framesUnchanged),
                "skipped": Self.counts(report.skippedByReason),
            ]),
            "seconds": .number(report.wallSeconds, decimals: 3),
            "frames_per_second": .number(
                report.wallSeconds > 0 ? Double(report.framesAnalyzed) / report.wallSeconds : 0, decimals: 2),
            "stages": report.timings.json,
            "alerts": Self.alerts(report.alerts), "defects": Self.alerts(defects.map(\.best), states: false),
            "detections": Self.counts(report.detectionsByClass),
            "models": .array(Self.models(report)),
            "categories": .array(
                report.categories.map { category in
                    let scene = report.scenes.first { $0.definition.name == category.scene }?.definition
                    let names = scene?.classes.first { $0.code == category.className }?.names ?? [:]
                    return .object(compacting: [
                        "id": .integer(category.id), "name": .string(category.className),
                        "scene": .string(category.scene),
                        "display": names.isEmpty ? nil : .object(names.mapValues { .string($0) }),
                    ])
                }),
            "site_defects": .object(report.siteDefectIDs.mapValues { .string($0) }),
            "sources": .array(report.sources.map(Self.source)),
            "notes": .array(report.notes.map { .string($0) }),
        ])
    }

    /// The document, its end of line included.
    public var text: String { json.canonicalText + "\n" }

    private static func alerts(_ alerts: [Alert], states: Bool = true) -> JSONValue {
        var byClass: [String: [Grade: Int]] = [:]
        for alert in alerts { byClass[alert.className, default: [:]][alert.grade, default: 0] += 1 }
        return .object(compacting: [
            "total": count(alerts.count),
            "by_class": counts(byClass.mapValues { $0.values.reduce(0, +) }),
            "by_grade": counts(
                Dictionary(
                    uniqueKeysWithValues: Grade.allCases.map { g in (g.rawValue, alerts.count { $0.grade == g }) })),
            "by_class_and_grade": .object(
                byClass.mapValues { grades in
                    counts(Dictionary(uniqueKeysWithValues: grades.map { ($0.key.rawValue, $0.value) }))
                }),
            "by_state": states
                ? counts(Dictionary(grouping: alerts, by: \.state.rawValue).mapValues(\.count)) : nil,
        ])
    }

    private static func models(_ report: RunReport) -> [JSONValue] {
        report.scenes.map { scene in
            .object(compacting: [
                "scene": .string(scene.definition.name), "model": scene.lineage.scene.json,
                "lineage": .array(scene.lineage.parents.map(\.json)), "engine": scene.engine.map { .string($0) },
            ])
        }
    }

    private static func source(_ source: SourceReport) -> JSONValue {
        .object(compacting: [
            "id": .string(source.info.id), "kind": .string(source.info.kind.rawValue),
            "address": .string(source.info.redactedAddress), "digest": source.digest.map { .string($0) },
            "origin": source.origin.map { .string($0) },
            "width": count(source.width), "height": count(source.height),
            "seconds": source.duration.map { .number($0.seconds, decimals: 3) },
            "frames": .object([
                "read": count(source.framesRead), "analyzed": count(source.framesAnalyzed),
                "dropped": count(source.framesDropped), "unchanged": count(source.framesUnchanged),
                "skipped": counts(source.skippedByReason),
            ]),
            "skipped_examples": source.skippedExamples.isEmpty
                ? nil
                : .array(
                    source.skippedExamples.map { .object(["name": .string($0.name), "reason": .string($0.reason)]) }),
            "first_image_id": .integer(source.firstImageID),
            "files": source.fileNames.isEmpty
                ? nil
                : .object(
                    Dictionary(
                        uniqueKeysWithValues: source.fileNames.map {
                            (String(source.firstImageID &+ $0.key), .string($0.value))
                        })),
            "failure": source.failure.map { .string($0) }, "telemetry": source.telemetry?.json,
        ])
    }

    private static func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    private static func counts(_ values: [String: Int]) -> JSONValue { .object(values.mapValues(count)) }
}
