import Evaluation
import Inference
import ModelBundles
import SceneTraining
import ShrikeCore

/// The model card of a taught scene: Markdown that says what it was made from and how well it does.
struct TeachingCard {
    let text: String

    init(_ round: TeachingRound, _ solved: SolvedScene) {
        let base = round.plan.base.top
        var lines = [
            "# \(round.name)", "",
            "Taught on this gateway: \(round.record.task.rawValue), \(Self.data(round.record)).", "",
            "Base: \(base.manifest.reference), \(base.digest). Input \(round.plan.input.width)x\(round.plan.input.height), "
                + "\(round.plan.precision.rawValue).", "",
            "| class | pictures | recall (95 %) | precision | F1 |", "|---|---|---|---|---|",
        ]
        let counts = round.record.pictureCounts
        for change in solved.gate.classes {
            let after = change.after
            let interval = ProportionInterval(successes: after.hits, trials: after.labels)
            lines.append(
                "| \(change.name) | \(counts[change.name] ?? 0) | \(Self.figure(after.recall)) "
                    + "(\(Self.figure(interval.lower)) to \(Self.figure(interval.upper))) | "
                    + "\(Self.figure(after.precision)) | \(Self.figure(after.f1)) |")
        }
        lines += [
            "", "Figures are of pictures that were held back while they were answered (see the page of SceneTraining).",
            "The pictures are not in this bundle, only sums of numbers over them, and a few small golden ones.", "",
        ]
        text = lines.joined(separator: "\n")
    }

    static func data(_ record: TeachingRecord) -> String {
        let counts = record.pictureCounts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "\(record.pictures.count) pictures" + (counts.isEmpty ? "" : " (\(counts.joined(separator: ", ")))")
    }

    static func metrics(_ gate: GateReport) -> String? {
        let marked = gate.classes.filter { $0.after.labels > 0 }
        guard !marked.isEmpty else { return nil }
        let mean = marked.reduce(0) { $0 + $1.after.f1 } / Double(marked.count)
        return "macro-F1=\(figure(mean)) held back, \(gate.pictures) pictures"
    }

    static func figure(_ value: Double?) -> String {
        value.map { JSONValue.number($0, decimals: 2).canonicalText } ?? "-"
    }
}
