/// How unusual each cell of a picture looks: scores from 0 to 1, one half at the scene's center distance.
public struct HeatMap: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    /// By rows.
    public let scores: [Float]
    /// What the scores are made of: Mahalanobis distances.
    public let distances: [Float]

    /// How unusual the whole picture is: mean of the three largest distances.
    public var pictureDistance: Double {
        let top = distances.sorted(by: >).prefix(3)
        return top.isEmpty ? 0 : top.reduce(0) { $0 + Double($1) } / Double(top.count)
    }

    /// Connected cells (sides and corners) of at least this score.
    struct Region: Hashable {
        var rows: Range<Int>
        var columns: Range<Int>
        /// The largest of its cells.
        var score: Float
    }

    func regions(atLeast floor: Float) -> [Region] {
        var isSeen = [Bool](repeating: false, count: scores.count)
        var found: [Region] = []
        for start in scores.indices where scores[start] >= floor && !isSeen[start] {
            isSeen[start] = true
            var open = [start]
            var region = Region(
                rows: start / columns..<start / columns + 1, columns: start % columns..<start % columns + 1, score: 0)
            while let cell = open.popLast() {
                let (y, x) = (cell / columns, cell % columns)
                region.rows = min(y, region.rows.lowerBound)..<max(y + 1, region.rows.upperBound)
                region.columns = min(x, region.columns.lowerBound)..<max(x + 1, region.columns.upperBound)
                region.score = max(region.score, scores[cell])
                for v in max(0, y - 1)...min(rows - 1, y + 1) {
                    for u in max(0, x - 1)...min(columns - 1, x + 1)
                    where scores[v * columns + u] >= floor && !isSeen[v * columns + u] {
                        isSeen[v * columns + u] = true
                        open.append(v * columns + u)
                    }
                }
            }
            found.append(region)
        }
        return found
    }
}
