import Evaluation
import SceneTraining
import ShrikeCore

/// What a person reads at the end: what was learned, how well, what to do next.
struct TeachingReport {
    let name: String
    let record: TeachingRecord
    let gate: GateReport
    let notes: [String]
    let seconds: Double

    private static let toldPictures = 10

    var refused: SceneTeaching.Outcome {
        let worse = gate.worse.map(\.name).joined(separator: ", ")
        return SceneTeaching.Outcome(
            json: json(["accepted": .bool(false)]),
            text: (["REFUSED  \(name): \(worse) got worse than is borne; the old version stays"] + lines
                + ["  teach more of \(worse), or take it as it is with --accept-worse"]).joined(separator: "\n"),
            isAccepted: false)
    }

    func made(_ packed: TeachingRound.Packed, isActive: Bool) -> SceneTeaching.Outcome {
        var lines = ["taught  \(packed.reference)  \(packed.digest)"] + lines
        lines.append(
            isActive
                ? "  it is the active version now"
                : "  try it: shrike replay FOOTAGE --scene \(packed.reference); use it: shrike scene activate \(packed.reference)"
        )
        return SceneTeaching.Outcome(
            json: json([
                "accepted": .bool(true), "reference": .string(packed.reference), "digest": .string(packed.digest),
                "bytes": .integer(packed.bytes), "active": .bool(isActive),
            ]), text: lines.joined(separator: "\n"), isAccepted: true)
    }

    private var lines: [String] {
        let classes = record.pictureCounts.count
        var summary = "  \(classes) class\(classes == 1 ? "" : "es"), \(record.pictures.count) pictures, "
        summary += JSONValue.number(seconds, decimals: seconds < 10 ? 1 : 0).canonicalText + " s"
        if let weakest = gate.weakest {
            summary += "; weakest: \(weakest.name), recall \(TeachingCard.figure(weakest.after.recall))"
            summary += "; teach more of it to gain most"
        }
        var lines = [summary]
        if !gate.classes.isEmpty {
            lines.append("  class                 pictures  recall   95 %         precision  F1     before")
        }
        lines += gate.classes.map(line)
        if !gate.changedPictures.isEmpty {
            let told = gate.changedPictures.prefix(Self.toldPictures).joined(separator: ", ")
            let rest = gate.changedPictures.count - Self.toldPictures
            lines.append(
                "  \(gate.changedPictures.count) of \(gate.pictures) pictures are answered differently: \(told)"
                    + (rest > 0 ? " and \(rest) more" : ""))
        }
        return lines + notes.map { "  \($0)" }
    }

    private func line(_ change: GateReport.ClassChange) -> String {
        func cell(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        let after = change.after
        let interval = ProportionInterval(successes: after.hits, trials: after.labels)
        let range = "\(TeachingCard.figure(interval.lower)) to \(TeachingCard.figure(interval.upper))"
        var line = "  " + cell(change.name, 22) + cell(String(record.pictureCounts[change.name] ?? 0), 10)
        line += cell(TeachingCard.figure(after.recall), 9) + cell(range, 13)
        line += cell(TeachingCard.figure(after.precision), 11) + cell(TeachingCard.figure(after.f1), 7)
        if let before = change.before { line += TeachingCard.figure(before.f1) }
        return change.isWorse ? line + "  WORSE" : line
    }

    private func json(_ pairs: [String: JSONValue]) -> JSONValue {
        let counts = record.pictureCounts.mapValues { JSONValue.integer(Int64($0)) }
        return .object(
            pairs.merging(
                [
                    "schema": .string("shrike.teaching/1"), "scene": .string(name),
                    "task": .string(record.task.rawValue), "pictures": .integer(Int64(record.pictures.count)),
                    "classes": .object(counts), "seconds": .number(seconds, decimals: 2), "gate": gate.json,
                    "notes": .array(notes.map { .string($0) }),
                ], uniquingKeysWith: { a, _ in a }))
    }
}
