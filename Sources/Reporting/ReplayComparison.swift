import ShrikeCore

/// A new run against a baseline on the same footage: what was found again, lost, and added, and whether that is worse.
///
/// Alerts match where source and class are equal, the opening frames are at most ``Gate/frameTolerance`` apart and the
/// boxes overlap by IoU 0.5 or more; detections where picture and class are equal and the boxes overlap so. Pairs are
/// taken best overlap first.
public struct ReplayComparison: Hashable, Sendable {
    /// When the new run counts as worse.
    public struct Gate: Hashable, Sendable {
        /// Largest share of a class's baseline alerts that may be lost; a class of under 20 alerts may lose none at 0.05.
        public var maximumLostShare: Double
        /// Largest number of added alerts, as a share of the class's baseline alerts; nil allows any, since what a new model
        /// finds besides may be right.
        public var maximumAddedShare: Double?
        public var minimumIoU: Double
        public var frameTolerance: Int64

        public init(
            maximumLostShare: Double = 0.05, maximumAddedShare: Double? = nil, minimumIoU: Double = 0.5,
            frameTolerance: Int64 = 5
        ) {
            (self.maximumLostShare, self.maximumAddedShare) = (maximumLostShare, maximumAddedShare)
            (self.minimumIoU, self.frameTolerance) = (minimumIoU, frameTolerance)
        }
    }

    public struct Counts: Hashable, Sendable {
        public var matched = 0
        public var onlyBaseline = 0
        public var onlyNew = 0
        /// Matched, with a lower grade than before. Reported, not gated.
        public var lowered = 0

        public var baseline: Int { matched + onlyBaseline }
        /// Share found by both of all that either found, 0 to 1; 1 where neither found any.
        public var agreement: Double {
            let all = matched + onlyBaseline + onlyNew
            return all == 0 ? 1 : Double(matched) / Double(all)
        }
    }

    /// One alert that both runs do not see alike.
    public struct Change: Hashable, Sendable {
        public enum Kind: String, Sendable, CaseIterable {
            case lost
            case added
            /// Found again with a lower grade.
            case lowered
            /// Found again with a higher grade.
            case raised
        }

        public var kind: Kind
        /// Nil for what was added.
        public var baseline: RunRecord.Finding?
        /// Nil for what was lost.
        public var new: RunRecord.Finding?

        public var className: String { (new ?? baseline)?.className ?? "" }
    }

    public var gate: Gate
    public var alerts: [String: Counts]
    public var detections: [String: Counts]
    /// Ids of baseline alerts that have no partner, in the baseline's order.
    public var lostAlerts: [String]
    /// What the two runs do not see alike: by class, kind, then in the order of the footage.
    public private(set) var changes: [Change]

    public init(baseline: RunRecord, new: RunRecord, gate: Gate = Gate()) {
        self.gate = gate
        (alerts, detections, lostAlerts, changes) = ([:], [:], [], [])
        compareAlerts(baseline.findings, new.findings)
        compareDetections(baseline.candidates, new.candidates)
    }

    /// Classes that lost more alerts than the gate allows, by name.
    public var losingClasses: [String] {
        alerts.filter { _, counts in
            counts.onlyBaseline > 0 && Double(counts.onlyBaseline) > gate.maximumLostShare * Double(counts.baseline)
        }.keys.sorted()
    }

    /// Classes that added more alerts than the gate allows, by name.
    public var floodedClasses: [String] {
        guard let share = gate.maximumAddedShare else { return [] }
        return alerts.filter { _, counts in
            counts.onlyNew > 0 && Double(counts.onlyNew) > share * Double(counts.baseline)
        }.keys.sorted()
    }

    /// Classes that do not pass the gate, by name.
    public var worseClasses: [String] { Set(losingClasses + floodedClasses).sorted() }

    public var isWorse: Bool { !worseClasses.isEmpty }

    private mutating func compareAlerts(_ old: [RunRecord.Finding], _ new: [RunRecord.Finding]) {
        struct Key: Hashable { var source, className: String }
        let groups = Dictionary(grouping: new.indices) { Key(source: new[$0].source, className: new[$0].className) }
        var pairs: [Pair] = []
        for (i, finding) in old.enumerated() {
            for j in groups[Key(source: finding.source, className: finding.className)] ?? [] {
                let (distance, overflow) = new[j].frameIndex.subtractingReportingOverflow(finding.frameIndex)
                guard !overflow, distance.magnitude <= UInt64(max(0, gate.frameTolerance)) else { continue }
                let iou = finding.box.iou(new[j].box)
                if iou >= gate.minimumIoU { pairs.append(Pair(old: i, new: j, iou: iou)) }
            }
        }
        let partners = Pair.chosen(pairs)
        let taken = Set(partners.values)
        for (i, finding) in old.enumerated() {
            if let partner = partners[i] {
                alerts[finding.className, default: Counts()].matched += 1
                let (before, now) = (finding.grade, new[partner].grade)
                if now < before { alerts[finding.className, default: Counts()].lowered += 1 }
                if now != before {
                    changes.append(
                        Change(kind: now < before ? .lowered : .raised, baseline: finding, new: new[partner]))
                }
            } else {
                alerts[finding.className, default: Counts()].onlyBaseline += 1
                lostAlerts.append(finding.alertID)
                changes.append(Change(kind: .lost, baseline: finding, new: nil))
            }
        }
        for (j, finding) in new.enumerated() where !taken.contains(j) {
            alerts[finding.className, default: Counts()].onlyNew += 1
            changes.append(Change(kind: .added, baseline: nil, new: finding))
        }
        let order = Dictionary(uniqueKeysWithValues: Change.Kind.allCases.enumerated().map { ($1, $0) })
        changes.sort { a, b in
            let (first, second) = (a.new ?? a.baseline, b.new ?? b.baseline)
            return (a.className, order[a.kind] ?? 0, first?.source ?? "", first?.frameIndex ?? 0, first?.alertID ?? "")
                < (
                    b.className, order[b.kind] ?? 0, second?.source ?? "", second?.frameIndex ?? 0,
                    second?.alertID ?? ""
                )
        }
    }

    private mutating func compareDetections(_ old: [RunRecord.Candidate], _ new: [RunRecord.Candidate]) {
        struct Key: Hashable {
            var image: Int64
            var className: String
        }
        let groups = Dictionary(grouping: new.indices) { Key(image: new[$0].imageID, className: new[$0].className) }
        var pairs: [Pair] = []
        for (i, candidate) in old.enumerated() {
            for j in groups[Key(image: candidate.imageID, className: candidate.className)] ?? [] {
                let iou = candidate.box.iou(new[j].box)
                if iou >= gate.minimumIoU { pairs.append(Pair(old: i, new: j, iou: iou)) }
            }
        }
        let partners = Pair.chosen(pairs)
        let taken = Set(partners.values)
        for (i, candidate) in old.enumerated() {
            if partners[i] == nil {
                detections[candidate.className, default: Counts()].onlyBaseline += 1
            } else {
                detections[candidate.className, default: Counts()].matched += 1
            }
        }
        for (j, candidate) in new.enumerated() where !taken.contains(j) {
            detections[candidate.className, default: Counts()].onlyNew += 1
        }
    }

    private struct Pair {
        var old: Int
        var new: Int
        var iou: Double

        /// Partner of each old one, best overlap first.
        static func chosen(_ pairs: [Pair]) -> [Int: Int] {
            var partners: [Int: Int] = [:]
            var taken: Set<Int> = []
            for pair in pairs.sorted(by: { ($1.iou, $0.old, $0.new) < ($0.iou, $1.old, $1.new) })
            where partners[pair.old] == nil && !taken.contains(pair.new) {
                partners[pair.old] = pair.new
                taken.insert(pair.new)
            }
            return partners
        }
    }
}
