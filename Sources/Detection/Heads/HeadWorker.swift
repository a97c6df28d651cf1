internal import ShrikeCore

/// The heads of one scene on one thread.
struct HeadWorker {
    let scene: SceneDefinition
    private var normality: NormalityHead?
    private let classifier: ClassifierHead?
    private var boxes: [BoxesHead]
    /// Least score by class: an open alert lives on weaker sightings than a new one needs.
    private let floors: [Float]

    init(_ scene: HeadScene) {
        self.scene = scene.scene
        (normality, classifier, boxes) = (scene.normality, scene.classifier, scene.boxes)
        floors = scene.scene.classes.map { Float($0.threshold * (1 - scene.scene.persistence.hysteresis)) }
    }

    /// Findings in one region, best first within each head.
    mutating func find(in features: borrowing Features, _ place: HeadRegion, isOnly: Bool) throws -> [RegionBox] {
        var found: [RegionBox] = []
        for number in boxes.indices { found += try boxes[number].boxes(features, in: place, floors: floors) }
        if normality != nil { found += try unusual(in: features, place) }
        // Of tiles and the whole picture, tiles are classified: what is small is lost in the whole.
        if let classifier, classifier.settings.scope == .picture, isOnly || !place.region.isWhole {
            let (index, score) = best(try classifier.probabilities(features), classifier)
            if let unknown = classifier.unknown(features), unknown.score >= Double(floors[unknown.index]) {
                // Like nothing that was taught: then no class is to be believed.
                found.append(place.whole(score: unknown.score, index: unknown.index))
            } else if let index, score >= Double(floors[index]) {
                found.append(place.whole(score: score, index: index))
            }
        }
        return found
    }

    /// The map of the normality head; nil where the scene has none.
    mutating func heatMap(_ features: borrowing Features) throws -> HeatMap? { try normality?.heatMap(features) }

    private mutating func unusual(in features: borrowing Features, _ place: HeadRegion) throws -> [RegionBox] {
        guard let map = try normality?.heatMap(features), let normality else { return [] }
        var found: [RegionBox] = []
        for region in map.regions(atLeast: floors[normality.classIndex]) {
            var (index, score) = (normality.classIndex, Double(region.score))
            if let classifier, classifier.settings.scope == .regions {
                let (rows, columns) = (Double(map.rows), Double(map.columns))
                let part = (
                    rows: Double(region.rows.lowerBound) / rows...Double(region.rows.upperBound) / rows,
                    columns: Double(region.columns.lowerBound) / columns...Double(region.columns.upperBound) / columns
                )
                let named = best(try classifier.probabilities(features, part: part), classifier)
                // What no class claims stays what it is: unusual. A classifier has not seen every defect.
                if let claimed = named.index, named.score >= Double(floors[claimed]) {
                    (index, score) = (claimed, named.score)
                }
            }
            if let box = normality.box(of: region, in: place, index: index, score: score, map: map) {
                found.append(box)
            }
        }
        return found.sorted { $0.score > $1.score }
    }

    /// The most probable output; its class is nil for `normal`.
    private func best(_ probabilities: [Double], _ head: ClassifierHead) -> (index: Int?, score: Double) {
        let top = probabilities.indices.max { (probabilities[$0], $1) < (probabilities[$1], $0) } ?? 0
        return (head.classIndex[top], probabilities[top])
    }
}
