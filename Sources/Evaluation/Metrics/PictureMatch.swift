import ShrikeCore

/// Labels and detections of one class in one picture, and which belong together.
struct PictureMatch {
    struct Outcome: Hashable {
        var score: Double
        var isMatched: Bool
        /// Inside a crowd, or not of the sizes that are looked at: counts neither way.
        var isIgnored: Bool
        /// Place among the picture's detections, best first.
        var rank: Int
    }

    /// Sizes of objects in square pixels.
    struct AreaRange: Hashable {
        var least: Double
        var most: Double

        static let all = AreaRange(least: 0, most: 1e10)
        static let small = AreaRange(least: 0, most: 32 * 32)
        static let medium = AreaRange(least: 32 * 32, most: 96 * 96)
        static let large = AreaRange(least: 96 * 96, most: 1e10)

        func contains(_ area: Double) -> Bool { area >= least && area <= most }
    }

    private let labels: [LabeledDataset.Label]
    /// Best first, at most 100.
    private let detections: [ScoredBox]
    /// By detection, then label.
    private let overlaps: [[Double]]

    init(labels: [LabeledDataset.Label], detections: [ScoredBox]) {
        self.labels = labels
        self.detections = Array(
            detections.enumerated().filter { $0.element.score.isFinite }
                .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
                .prefix(DetectionMetrics.maximumDetections).map(\.element))
        overlaps = self.detections.map { detection in
            labels.map { label in
                let common = detection.box.intersectionArea(label.box)
                // A crowd is as large as need be: what counts is the share of the detection inside it.
                let whole = label.isCrowd ? detection.box.area : detection.box.area + label.box.area - common
                return whole > 0 ? common / whole : 0
            }
        }
    }

    var detectionCount: Int { detections.count }

    /// Labels to be found.
    func labelCount(_ range: AreaRange = .all) -> Int { labels.count { Self.counts($0, range) } }

    private static func counts(_ label: LabeledDataset.Label, _ range: AreaRange) -> Bool {
        !label.isCrowd && range.contains(label.area)
    }

    /// Each detection, best first, takes the free label it overlaps most, at least by `overlap`; crowds take any number.
    func outcomes(overlap: Double, _ range: AreaRange = .all) -> [Outcome] {
        var taken = [Bool](repeating: false, count: labels.count)
        let isCounted = labels.map { Self.counts($0, range) }
        // Labels that do not count are taken only where no other is there.
        let order = labels.indices.filter { isCounted[$0] } + labels.indices.filter { !isCounted[$0] }
        return detections.indices.map { d in
            var best = min(overlap, 1 - 1e-10)
            var match: Int?
            for l in order {
                if taken[l], !labels[l].isCrowd { continue }
                if let match, isCounted[match], !isCounted[l] { break }
                if overlaps[d][l] < best { continue }
                best = overlaps[d][l]
                match = l
            }
            if let match { taken[match] = true }
            let isIgnored = match.map { !isCounted[$0] } ?? !range.contains(detections[d].box.area)
            return Outcome(score: detections[d].score, isMatched: match != nil, isIgnored: isIgnored, rank: d)
        }
    }
}
