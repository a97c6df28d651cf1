internal import Foundation

/// Which cells of which level answer for which box; fixed by the boxes alone ("static", see the target's page).
///
/// A level answers where its stride is near a sixth of the box's side; cells near the center answer, at least one; where boxes
/// compete for a cell the smaller one has it.
struct BoxAssignment: Sendable {
    /// By level and cell: position of the box; -1 for none.
    let boxes: [[Int32]]
    let positives: Int

    private static let cellsPerSide: Float = 6
    private static let levelReach: Float = 0.7
    private static let centerShare: Float = 0.35
    private static let centerCells: Float = 0.71
    /// Half of the least side that counts: below, a box could fall between all centers.
    private static let leastHalfSide: Float = 4.1

    init(_ truths: [BoxSample.Truth], shape: BoxHeadShape) {
        var boxes = shape.levels.map { [Int32](repeating: -1, count: $0.cells) }
        let strides = shape.levels.indices.map { level -> Float in
            let stride = shape.stride(level)
            return (stride.x * stride.y).squareRoot()
        }
        let (least, most) = (strides.min() ?? 1, strides.max() ?? 1)
        // Larger boxes first, so that smaller ones take their cells.
        let order = truths.indices.sorted { (Self.area(truths[$1]), $0) < (Self.area(truths[$0]), $1) }
        for index in order {
            let truth = truths[index]
            let wanted = min(most, max(least, Self.area(truth).squareRoot() / Self.cellsPerSide))
            var nearest: (level: Int, cell: Int, distance: Float)?
            var isPlaced = false
            for level in strides.indices where abs(log2(strides[level] / wanted)) <= Self.levelReach {
                let found = Self.cells(of: truth, level: level, shape: shape)
                for cell in found.inside {
                    boxes[level][cell] = Int32(index)
                    isPlaced = true
                }
                if nearest.map({ found.distance < $0.distance }) ?? true {
                    nearest = (level, found.nearest, found.distance)
                }
            }
            if !isPlaced, let nearest { boxes[nearest.level][nearest.cell] = Int32(index) }
        }
        self.init(boxes: boxes)
    }

    init(boxes: [[Int32]]) {
        self.boxes = boxes
        positives = boxes.reduce(0) { $0 + $1.count { $0 >= 0 } }
    }

    private static func area(_ truth: BoxSample.Truth) -> Float { truth.width * truth.height }

    private static func cells(
        of truth: BoxSample.Truth, level: Int, shape: BoxHeadShape
    ) -> (inside: [Int], nearest: Int, distance: Float) {
        let stride = shape.stride(level)
        let (rows, columns) = (shape.levels[level].rows, shape.levels[level].columns)
        let (centerX, centerY) = ((truth.left + truth.right) / 2, (truth.top + truth.bottom) / 2)
        func reach(_ side: Float, _ stride: Float) -> Float {
            min(max(centerShare * side, centerCells * stride), max(side / 2, leastHalfSide))
        }
        let (reachX, reachY) = (reach(truth.width, stride.x), reach(truth.height, stride.y))
        var inside: [Int] = []
        for row in 0..<rows where abs((Float(row) + 0.5) * stride.y - centerY) < reachY {
            for column in 0..<columns where abs((Float(column) + 0.5) * stride.x - centerX) < reachX {
                inside.append(row * columns + column)
            }
        }
        let row = max(0, min(rows - 1, Int(centerY / stride.y)))
        let column = max(0, min(columns - 1, Int(centerX / stride.x)))
        let (dx, dy) = ((Float(column) + 0.5) * stride.x - centerX, (Float(row) + 0.5) * stride.y - centerY)
        return (inside, row * columns + column, (dx * dx + dy * dy).squareRoot())
    }
}
