public import ShrikeCore

/// How unusual each cell of a picture looks: scores from 0 to 1, one half at the scene's center distance.
public struct HeatMap: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    /// By rows.
    public let scores: [Float]
    /// What the scores are made of: Mahalanobis distances, or deviations from the usual distance to a bank.
    public let distances: [Float]
    /// Part of the picture that the cells cover, in its pixels; larger than the picture where it does not fill the input.
    public internal(set) var cover = Box(x: 0, y: 0, width: 1, height: 1)

    /// How unusual the whole picture is: mean of the three largest distances.
    public var pictureDistance: Double {
        let top = distances.sorted(by: >).prefix(3)
        return top.isEmpty ? 0 : top.reduce(0) { $0 + Double($1) } / Double(top.count)
    }

    /// Distances at the centers of a grid over a picture, between cells bilinearly, by rows.
    public func distances(gridWidth: Int, gridHeight: Int, pictureWidth: Int, pictureHeight: Int) -> [Float] {
        func places(_ count: Int, _ size: Int, _ start: Double, _ extent: Double, _ cells: Int) -> [(Int, Int, Float)] {
            (0..<count).map { step in
                let pixel = (Double(step) + 0.5) / Double(count) * Double(size)
                let cell = max(0, min(Double(cells - 1), (pixel - start) / extent * Double(cells) - 0.5))
                return (Int(cell), min(cells - 1, Int(cell) + 1), Float(cell - cell.rounded(.down)))
            }
        }
        let across = places(gridWidth, pictureWidth, cover.x, cover.width, columns)
        return places(gridHeight, pictureHeight, cover.y, cover.height, rows).flatMap { top, bottom, down in
            across.map { left, right, over in
                func row(_ y: Int) -> Float {
                    distances[y * columns + left] * (1 - over) + distances[y * columns + right] * over
                }
                return row(top) * (1 - down) + row(bottom) * down
            }
        }
    }

    /// Connected cells (sides and corners) of at least this score.
    struct Region: Hashable {
        var rows: Range<Int>
        var columns: Range<Int>
        /// The largest of its cells.
        var score: Float
        var cells: [Int] = []
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
                region.cells.append(cell)
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

    /// Corners of the line around a region, holes left out, clockwise from its topmost cell, in cells from the map's corner.
    func outline(of region: Region) -> [(column: Int, row: Int)] {
        struct Corner: Hashable {
            var x: Int
            var y: Int
        }
        let cells = Set(region.cells)
        func isInside(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < columns && y < rows && cells.contains(y * columns + x)
        }
        // Sides between inside and outside, the inside to their right.
        var sides: [Corner: [Corner]] = [:]
        for cell in cells {
            let (x, y) = (cell % columns, cell / columns)
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)].map { Corner(x: $0.0, y: $0.1) }
            for (side, beside) in [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)].enumerated()
            where !isInside(beside.0, beside.1) {
                sides[corners[side], default: []].append(corners[(side + 1) % 4])
            }
        }
        guard let first = cells.min() else { return [] }
        let start = Corner(x: first % columns, y: first / columns)
        var (last, corner) = (start, Corner(x: start.x + 1, y: start.y))
        var outline = [start]
        while corner != start {
            // Where cells meet at a corner only, turning left goes around both.
            let left = Corner(x: corner.x + (corner.y - last.y), y: corner.y - (corner.x - last.x))
            let next = sides[corner] ?? []
            guard let end = next.contains(left) ? left : next.first else { return [] }
            if end.x - corner.x != corner.x - last.x || end.y - corner.y != corner.y - last.y { outline.append(corner) }
            (last, corner) = (corner, end)
        }
        return outline.map { ($0.x, $0.y) }
    }
}
