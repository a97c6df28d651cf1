import ShrikeCore

/// Labels and detections of one class in one picture, and which belong together.
struct PictureMatch {
    struct Outcome: Hashable {
        var score: Double
        var isMatched: Bool
        /// Inside a crowd: counts neither way.
        var isIgnored: Bool
    }

    /// Crowds last.
    private let labels: [LabeledDataset.Label]
    /// Best first, at most 100.
    private let detections: [ScoredBox]
    /// By detection, then label.
    private let overlaps: [[Double]]

    init(labels: [LabeledDataset.Label], detections: [ScoredBox]) {
        self.labels = labels.filter { !$0.isCrowd } + labels.filter(\.isCrowd)
        self.detections = Array(
            detections.enumerated().filter { $0.element.score.isFinite }
                .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
                .prefix(DetectionMetrics.maximumDetections).map(\.element))
        let sorted = self.labels
        overlaps = self.detections.map { detection in
            sorted.map { label in
                let common = detection.box.intersectionArea(label.box)
                // A crowd is as large as need be: what counts is the share of the detection inside it.
                let whole = label.isCrowd ? detection.box.area : detection.box.area + label.box.area - common
                return whole > 0 ? common / whole : 0
            }
        }
    }

    var labelCount: Int { labels.count { !$0.isCrowd } }
    var detectionCount: Int { detections.count }

    /// Each detection, best first, takes the free label it overlaps most, at least by `overlap`; crowds take any number.
    func outcomes(overlap: Double) -> [Outcome] {
        var taken = [Bool](repeating: false, count: labels.count)
        return detections.indices.map { d in
            var best = min(overlap, 1 - 1e-10)
            var match: Int?
            for (l, label) in labels.enumerated() {
                if taken[l], !label.isCrowd { continue }
                if let match, !labels[match].isCrowd, label.isCrowd { break }
                if overlaps[d][l] < best { continue }
                best = overlaps[d][l]
                match = l
            }
            if let match { taken[match] = true }
            return Outcome(
                score: detections[d].score, isMatched: match != nil,
                isIgnored: match.map { labels[$0].isCrowd } ?? false)
        }
    }
}
