public import Kernels
public import ShrikeCore

/// The shape of a labelled object.
public enum LabelRegion: Hashable, Sendable {
    /// Closed; pixels of the picture, or fractions of it until ``LabeledDataset/Picture/inPixels(width:height:)``.
    case polygon([Point])
    /// Rows of pixels, as a mask has them.
    case runs([PixelRun])

    /// A polygon of fractions in pixels; pixels stay.
    func scaled(x: Double, y: Double) -> LabelRegion {
        guard case .polygon(let points) = self else { return self }
        return .polygon(points.map { Point(x: $0.x * x, y: $0.y * y) })
    }

    /// Pixels whose centers lie inside, cut at the picture's edges, row by row; even-odd where a polygon crosses itself.
    public func runs(width: Int, height: Int) -> [PixelRun] {
        switch self {
        case .runs(let runs):
            return runs.compactMap { run in
                let (left, right) = (max(0, run.left), min(width, run.right))
                return (0..<height).contains(run.y) && left < right ? Self.run(run.y, left, right) : nil
            }
        case .polygon(let points):
            guard points.count >= 3, let top = points.map(\.y).min(), let bottom = points.map(\.y).max() else {
                return []
            }
            let first = Int(max(0, min(Double(height), top.rounded(.down))))
            let last = Int(max(0, min(Double(height), bottom.rounded(.up))))
            return (first..<max(first, last)).flatMap { y in
                let crossings = Self.crossings(points, at: Double(y) + 0.5)
                return stride(from: 0, to: crossings.count - 1, by: 2).compactMap { pair in
                    let left = Int(max(0, min(Double(width), (crossings[pair] - 0.5).rounded(.up))))
                    let right = Int(max(0, min(Double(width), (crossings[pair + 1] - 0.5).rounded(.up))))
                    return left < right ? Self.run(y, left, right) : nil
                }
            }
        }
    }

    /// Where the outline meets a row, from the left.
    private static func crossings(_ points: [Point], at y: Double) -> [Double] {
        points.indices.compactMap { i in
            let (a, b) = (points[i], points[(i + 1) % points.count])
            guard (a.y <= y) != (b.y <= y) else { return nil }
            return a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
        }.sorted()
    }

    static func run(_ y: Int, _ left: Int, _ right: Int) -> PixelRun {
        PixelRun(y: y, left: left, right: right, strong: right - left, sum: 0, peak: 0)
    }
}
