import Kernels
import ShrikeCore

/// One connected hot part of a picture; values in raw units of the picture.
struct HotRegion: Sendable {
    var runs: [PixelRun]
    /// Pixels.
    var area: Int
    var box: Box
    /// 95th percentile of the region's pixels.
    var hot: Double
    /// Median of the like pixels around it.
    var normal: Double
    /// Of the like parts around its middle.
    var spread: Double
    var threshold: Double

    /// Hot regions of the marked picture, in the order of their first row.
    static func regions(in planes: inout ThermalPlanes, like: LikeLevels, settings: ThermalSettings) -> [HotRegion] {
        let largest = Int(settings.maximumAreaFraction * Double(planes.width * planes.height))
        var result: [HotRegion] = []
        for wide in RunComponents.connected(planes.hotRuns()) {
            // Two pixels above the full threshold: one alone is noise.
            guard wide.reduce(0, { $0 + $1.strong }) >= 2 else { continue }
            for runs in RunComponents.connected(tightened(wide, planes: planes)) {
                let area = runs.reduce(0) { $0 + $1.count }
                let isStrong = runs.contains { $0.strong > 0 }
                guard isStrong, area >= settings.minimumArea, area <= largest, isSolid(runs, area: area) else {
                    continue
                }
                if let region = HotRegion(runs: runs, area: area, planes: planes, like: like) { result.append(region) }
            }
        }
        return result
    }

    /// Whether the region fills its own outline as parts of a module do, however they lie in the picture: its area
    /// against
    /// that of the rectangle with the same second moments. Bushes, roads and shadows' edges fill it less.
    private static func isSolid(_ runs: [PixelRun], area: Int) -> Bool {
        var (sx, sy, sxx, syy, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for run in runs {
            let (n, y) = (Double(run.count), Double(run.y) + 0.5)
            let middle = Double(run.left + run.right) / 2
            sx += n * middle
            sy += n * y
            // The last terms are a pixel row's and a pixel's own extent.
            sxx += n * middle * middle + n * n * n / 12
            syy += n * y * y + n / 12
            sxy += n * middle * y
        }
        let n = Double(area)
        let (vx, vy, c) = (sxx / n - sx * sx / n / n, syy / n - sy * sy / n / n, sxy / n - sx * sy / n / n)
        let rectangle = 12 * max(0, vx * vy - c * c).squareRoot()
        return n >= 0.78 * rectangle
    }

    /// Cuts the soft flanks off: what is left lies above half of the region's own rise.
    private static func tightened(_ runs: [PixelRun], planes: ThermalPlanes) -> [PixelRun] {
        let strongest = runs.reduce(Float(0)) { max($0, $1.peak) }
        let mean = runs.reduce(Float(0)) { $0 + $1.sum } / Float(max(1, runs.reduce(0) { $0 + $1.count }))
        // A small spot is mostly flank, so its peak counts too; the peak of a large one may be another spot inside.
        let cut = max(0.5 * mean, 0.4 * min(strongest, 3 * mean))
        var result: [PixelRun] = []
        planes.contrast.withUnsafeBufferPointer { contrast in
            for run in runs {
                var x = run.left
                while x < run.right {
                    guard contrast[run.y * planes.width + x] > cut else {
                        x += 1
                        continue
                    }
                    var part = PixelRun(y: run.y, left: x, right: x, strong: 0, sum: 0, peak: 0)
                    while x < run.right, contrast[run.y * planes.width + x] > cut {
                        part.sum += contrast[run.y * planes.width + x]
                        part.peak = max(part.peak, contrast[run.y * planes.width + x])
                        x += 1
                    }
                    part.right = x
                    // Whether the piece holds a pixel above the full threshold is decided with its own tile's value
                    // later.
                    part.strong = run.strong
                    result.append(part)
                }
            }
        }
        return result
    }

    private init?(runs: [PixelRun], area: Int, planes: ThermalPlanes, like: LikeLevels) {
        guard let first = runs.first, let last = runs.last else { return nil }
        let left = runs.reduce(first.left) { min($0, $1.left) }
        let right = runs.reduce(first.right) { max($0, $1.right) }
        let tile = like.tile(x: (left + right) / 2, y: (first.y + last.y) / 2)
        let limit = like.thresholds[tile]
        guard runs.contains(where: { $0.peak > limit }) else { return nil }
        // Lines one or two pixels thin are edges of the picture's sharpening, not parts.
        guard right - left >= 3, last.y - first.y >= 2 else { return nil }
        guard
            let normal = Self.likeMedian(
                around: (left, first.y, right, last.y + 1), planes: planes, band: limit * LikeLevels.lowShare)
        else { return nil }
        var values: [Float] = []
        values.reserveCapacity(area)
        for run in runs {
            let at = run.y * planes.width
            values.append(contentsOf: planes.plane[at + run.left..<at + run.right])
        }
        values.sort()
        self.runs = runs
        self.area = area
        box = Box(left: Double(left), top: Double(first.y), right: Double(right), bottom: Double(last.y + 1))
        hot = Double(values[min(values.count - 1, values.count * 95 / 100)])
        self.normal = normal
        spread = Double(like.spreads[tile])
        threshold = Double(limit)
    }

    /// Median value of the pixels of a frame around the region that read as like parts do; nil where fewer than a
    /// quarter of
    /// them do, for then the spot lies on something else and there is nothing to compare with.
    private static func likeMedian(
        around box: (left: Int, top: Int, right: Int, bottom: Int), planes: ThermalPlanes, band: Float
    ) -> Double? {
        let side = max(box.right - box.left, box.bottom - box.top)
        let margin = min(32, max(6, side / 3))
        let step = side > 60 ? 2 : 1
        var values: [Float] = []
        var (seen, hot) = (0, 0)
        for y in stride(from: max(0, box.top - margin), to: min(planes.height, box.bottom + margin), by: step) {
            for x in stride(from: max(0, box.left - margin), to: min(planes.width, box.right + margin), by: step) {
                // Two pixels of distance: the spot's own blur is not a like part.
                if y >= box.top - 2, y < box.bottom + 2, x >= box.left - 2, x < box.right + 2 { continue }
                let contrast = planes.contrast[y * planes.width + x]
                seen += 1
                if contrast > band { hot += 1 }
                if abs(contrast) <= band { values.append(planes.smooth[y * planes.width + x]) }
            }
        }
        // Hot neighbours say nothing of what the spot lies on: the modules beside one of a hot string are hot too.
        guard values.count * 4 >= seen - hot, values.count * 12 >= seen, !values.isEmpty else { return nil }
        values.sort()
        return Double(values[values.count / 2])
    }

    /// The region's border from top to bottom on its left and back on its right, at most some forty points.
    var outline: [Point] {
        var rows: [(y: Int, left: Int, right: Int)] = []
        for run in runs {
            if let last = rows.last, last.y == run.y {
                rows[rows.count - 1] = (run.y, min(last.left, run.left), max(last.right, run.right))
            } else {
                rows.append((run.y, run.left, run.right))
            }
        }
        guard let last = rows.last else { return [] }
        let step = max(1, (rows.count + 18) / 19)
        var picked = stride(from: 0, to: rows.count, by: step).map { rows[$0] }
        if let end = picked.last, end.y != last.y { picked.append(last) }
        guard let top = picked.first, let bottom = picked.last else { return [] }
        var points = [Point(x: Double(top.left), y: Double(top.y))]
        points += picked.map { Point(x: Double($0.left), y: Double($0.y) + 0.5) }
        points.append(Point(x: Double(bottom.left), y: Double(bottom.y + 1)))
        points.append(Point(x: Double(bottom.right), y: Double(bottom.y + 1)))
        points += picked.reversed().map { Point(x: Double($0.right), y: Double($0.y) + 0.5) }
        points.append(Point(x: Double(top.right), y: Double(top.y)))
        return points
    }
}
