internal import Kernels

/// Parts of pictures that the steps of a training look at instead of whole ones.
///
/// Boxes are few and small, so that most of a whole picture teaches the same background again; of windows several times as many steps
/// fit into the same time. The maps are those of the whole picture: a window loses nothing of what the base saw around it.
struct BoxWindow: Sendable {
    /// The whole picture's.
    private let whole: BoxHeadShape
    /// The window's.
    let shape: BoxHeadShape
    /// By level, cells of the level per cell of the coarsest, along both axes.
    private let cells: [Int]

    /// Side in pixels of the base's input.
    static let side = 256
    /// Share of the windows that are laid around a box, where the picture has one.
    private static let boxShare = 0.8
    /// Where in the window the box's center may lie.
    private static let boxReach = 0.15...0.85

    /// Nil where a picture is hardly larger than a window, or its maps are no multiples of the coarsest.
    init?(_ whole: BoxHeadShape, side: Int = side) {
        guard let coarse = whole.levels.last, 2 * whole.inputWidth * whole.inputHeight >= 3 * side * side else {
            return nil
        }
        let cells = whole.levels.map { $0.columns / coarse.columns }
        let isMultiple = zip(whole.levels, cells).allSatisfy {
            $0.columns == $1 * coarse.columns && $0.rows == $1 * coarse.rows
        }
        guard isMultiple else { return nil }
        let stride = whole.stride(whole.levels.count - 1)
        let columns = min(coarse.columns, max(1, Int(Float(side) / stride.x)))
        let rows = min(coarse.rows, max(1, Int(Float(side) / stride.y)))
        var shape = whole
        for level in shape.levels.indices {
            shape.levels[level].rows = rows * cells[level]
            shape.levels[level].columns = columns * cells[level]
        }
        shape.inputWidth = whole.inputWidth * columns / coarse.columns
        shape.inputHeight = whole.inputHeight * rows / coarse.rows
        (self.whole, self.shape, self.cells) = (whole, shape, cells)
    }

    /// A window of the picture, most often around one of its boxes.
    func cut(
        _ sample: BoxSample, _ assignment: BoxAssignment, _ random: inout SplitMix64
    ) -> (sample: BoxSample, assignment: BoxAssignment) {
        let last = whole.levels.count - 1
        let (stride, free) = (
            whole.stride(last),
            (
                x: whole.levels[last].columns - shape.levels[last].columns,
                y: whole.levels[last].rows - shape.levels[last].rows
            )
        )
        var corner = (x: random.index(below: free.x + 1), y: random.index(below: free.y + 1))
        if !sample.truths.isEmpty, random.unit() < Self.boxShare {
            let truth = sample.truths[random.index(below: sample.truths.count)]
            func place(_ center: Float, _ size: Int, _ stride: Float, _ free: Int) -> Int {
                let start = center - Float(size) * Float(random.uniform(Self.boxReach))
                return max(0, min(free, Int((start / stride).rounded())))
            }
            corner.x = place((truth.left + truth.right) / 2, shape.inputWidth, stride.x, free.x)
            corner.y = place((truth.top + truth.bottom) / 2, shape.inputHeight, stride.y, free.y)
        }
        var (maps, boxes) = ([[Float]](), [[Int32]]())
        for (level, part) in shape.levels.enumerated() {
            let (row, column) = (corner.y * cells[level], corner.x * cells[level])
            maps.append(Self.rows(sample.maps[level], part, part.channels, whole.levels[level], row, column))
            boxes.append(Self.rows(assignment.boxes[level], part, 1, whole.levels[level], row, column))
        }
        let (x, y) = (Float(corner.x) * stride.x, Float(corner.y) * stride.y)
        let truths = sample.truths.map {
            BoxSample.Truth(
                classIndex: $0.classIndex, left: $0.left - x, top: $0.top - y, right: $0.right - x,
                bottom: $0.bottom - y)
        }
        return (BoxSample(maps: maps, truths: truths), BoxAssignment(boxes: boxes))
    }

    private static func rows<Value>(
        _ values: [Value], _ part: BoxHeadShape.Level, _ planes: Int, _ whole: BoxHeadShape.Level, _ row: Int,
        _ column: Int
    ) -> [Value] {
        var cut: [Value] = []
        cut.reserveCapacity(planes * part.cells)
        for plane in 0..<planes {
            for line in row..<row + part.rows {
                let start = (plane * whole.rows + line) * whole.columns + column
                cut += values[start..<start + part.columns]
            }
        }
        return cut
    }
}
