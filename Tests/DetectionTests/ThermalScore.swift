import ShrikeCore
import SyntheticFootage

/// Counts defects, not frames: a defect is found when it was detected in three frames or more (box overlap of 0.3, or
/// the
/// detection's center inside its box, while at least a quarter of it is in the picture). Detections that touch no
/// defect are
/// joined over at most five frames by distance; such a chain of three or more is one false defect.
struct ThermalScore {
    private(set) var found = 0
    private(set) var defects = 0
    private(set) var rightClass = 0
    private(set) var falseDefects = 0
    /// Distance of the median measured rise from the true one, kelvin, for found defects.
    private(set) var riseErrors: [Double] = []

    var recall: Double { defects > 0 ? Double(found) / Double(defects) : 1 }
    var precision: Double { found + falseDefects > 0 ? Double(found) / Double(found + falseDefects) : 1 }

    mutating func add(truth: FootageTruth, detections: [[Detection]]) {
        let byFrame = Dictionary(grouping: truth.observations, by: \.frame)
        var seen: [Int: [Detection]] = [:]
        var chains: [(last: Box, frame: Int, count: Int)] = []
        for (frame, found) in detections.enumerated() {
            let there = byFrame[frame] ?? []
            var counted = Set<Int>()
            for detection in found {
                let hits = there.filter { matches(detection.box, $0.box) }
                // Detections come best first: only the best one of a frame speaks for a defect.
                for hit in hits where hit.visible >= 0.25 && counted.insert(hit.defectID).inserted {
                    seen[hit.defectID, default: []].append(detection)
                }
                guard hits.isEmpty else { continue }
                let near = chains.firstIndex {
                    $0.frame < frame && frame - $0.frame <= 5 && distance($0.last.center, detection.box.center) < 30
                }
                if let near {
                    chains[near] = (detection.box, frame, chains[near].count + 1)
                } else {
                    chains.append((detection.box, frame, 1))
                }
            }
        }
        falseDefects += chains.filter { $0.count >= 3 }.count
        for defect in truth.defects {
            let visible = truth.observations.filter { $0.defectID == defect.id && $0.visible >= 0.25 }
            guard visible.count >= 3 else { continue }
            defects += 1
            let hits = seen[defect.id] ?? []
            guard hits.count >= 3 else { continue }
            found += 1
            let names = Dictionary(grouping: hits, by: \.className).mapValues(\.count)
            if names.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key == defect.className { rightClass += 1 }
            let rises = hits.compactMap { $0.thermal?.deltaKelvin }.sorted()
            if let rise = defect.deltaKelvin, !rises.isEmpty { riseErrors.append(abs(rises[rises.count / 2] - rise)) }
        }
    }

    private func matches(_ box: Box, _ truth: Box) -> Bool {
        let c = box.center
        let isInside = c.x >= truth.left && c.x <= truth.right && c.y >= truth.top && c.y <= truth.bottom
        return isInside || box.iou(truth) >= 0.3
    }

    private func distance(_ a: Point, _ b: Point) -> Double {
        ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
    }
}
