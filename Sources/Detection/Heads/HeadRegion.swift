internal import ShrikeCore

/// The part of a frame that features are of, and the way back from cells to pixels of the frame.
struct HeadRegion {
    var region: TileRegion
    /// Position in the plan.
    var number: Int
    var letterbox: Letterbox

    /// A box in pixels of the base's input, in pixels of the frame; nil where nothing of it lies in the region.
    func box(left: Float, top: Float, right: Float, bottom: Float, score: Double, index: Int) -> RegionBox? {
        let (l, t, r, b) = letterbox.toPicture(left: left, top: top, right: right, bottom: bottom)
        return region.box(left: l, top: t, right: r, bottom: b, score: score, index: index, number: number)
    }

    /// A point in pixels of the base's input, in pixels of the frame, inside the region.
    func point(x: Float, y: Float) -> Point {
        let (u, v, _, _) = letterbox.toPicture(left: x, top: y, right: x, bottom: y)
        return Point(
            x: Double(region.x) + max(0, min(Double(region.width), u)),
            y: Double(region.y) + max(0, min(Double(region.height), v)))
    }

    /// The whole region as one finding.
    func whole(score: Double, index: Int) -> RegionBox {
        RegionBox(
            box: Box(
                x: Double(region.x), y: Double(region.y), width: Double(region.width), height: Double(region.height)),
            score: score, index: index, region: number, cut: [])
    }
}
