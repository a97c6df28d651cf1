public import ShrikeCore

extension ReplayComparison {
    public var json: JSONValue {
        .object([
            "schema": .string("shrike.comparison/1"), "worse": .bool(isWorse),
            "worse_classes": .array(worseClasses.map { .string($0) }),
            "gate": .object(compacting: [
                "maximum_lost_share": .number(gate.maximumLostShare, decimals: 4),
                "maximum_added_share": gate.maximumAddedShare.map { .number($0, decimals: 4) },
                "minimum_iou": .number(gate.minimumIoU, decimals: 4), "frame_tolerance": .integer(gate.frameTolerance),
            ]),
            "alerts": .object(alerts.mapValues(Self.json)), "detections": .object(detections.mapValues(Self.json)),
            "lost_alerts": .array(lostAlerts.map { .string($0) }),
            "changes": .array(changes.map(Self.json)),
        ])
    }

    /// A table for people with the verdict as its last line.
    public var text: String {
        var lines = [Self.row("alerts", ["baseline", "found", "lost", "added", "lowered", "agreement"])]
        lines += Self.rows(alerts)
        lines += ["", Self.row("detections", ["baseline", "found", "lost", "added", "", "agreement"])]
        lines += Self.rows(detections)
        return lines.joined(separator: "\n") + "\n\n" + verdict + "\n"
    }

    private var verdict: String {
        var reasons: [String] = []
        let lost = HTML.fixed(gate.maximumLostShare * 100, 1)
        if !losingClasses.isEmpty {
            reasons.append("more than \(lost) % of the alerts lost in \(losingClasses.joined(separator: ", "))")
        }
        if let share = gate.maximumAddedShare, !floodedClasses.isEmpty {
            let added = HTML.fixed(share * 100, 1)
            reasons.append("more than \(added) % of alerts added in \(floodedClasses.joined(separator: ", "))")
        }
        return reasons.isEmpty
            ? "not worse than the baseline: no class lost more than \(lost) % of its alerts"
            : "worse than the baseline: " + reasons.joined(separator: "; ")
    }

    private static func json(_ change: Change) -> JSONValue {
        .object(compacting: [
            "kind": .string(change.kind.rawValue), "class": .string(change.className),
            "baseline_alert": change.baseline.map { .string($0.alertID) },
            "new_alert": change.new.map { .string($0.alertID) },
            "source": (change.new ?? change.baseline).map { .string($0.source) },
            "frame_no": (change.new ?? change.baseline).map { .integer($0.frameIndex) },
        ])
    }

    private static func json(_ counts: Counts) -> JSONValue {
        .object([
            "matched": .integer(Int64(counts.matched)), "only_baseline": .integer(Int64(counts.onlyBaseline)),
            "only_new": .integer(Int64(counts.onlyNew)), "lowered": .integer(Int64(counts.lowered)),
            "agreement": .number(counts.agreement, decimals: 4),
        ])
    }

    private static func rows(_ classes: [String: Counts]) -> [String] {
        classes.isEmpty
            ? ["  none in either run"]
            : classes.sorted { $0.key < $1.key }.map { name, counts in
                let numbers = [counts.baseline, counts.matched, counts.onlyBaseline, counts.onlyNew, counts.lowered]
                return row("  " + name, numbers.map { String($0) } + [HTML.fixed(counts.agreement, 3)])
            }
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        func padding(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count))
        }
        return name + padding(name, 24) + cells.map { padding($0, 11) + $0 }.joined()
    }
}
