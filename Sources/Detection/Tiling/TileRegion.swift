internal import ShrikeCore

/// A part of a frame that the network sees at once.
struct TileRegion: Hashable, Sendable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    /// Sides that lie inside the frame, where objects may be cut.
    var seams: Sides
    /// The whole frame, seen besides its tiles.
    var isWhole: Bool

    /// How near to a seam, in pixels of the frame, a box counts as cut there: a fortieth of the tile, about half a
    /// cell of a detector's coarse grid, by which edges of cut objects are missed.
    var seamMargin: Double { max(4, Double(max(width, height)) / 40) }

    /// A box given in pixels of the region, in pixels of the frame; nil where nothing of it lies in the region.
    func box(
        left: Double, top: Double, right: Double, bottom: Double, score: Double, index: Int, number: Int
    ) -> RegionBox? {
        guard
            let inside = Box(left: left, top: top, right: right, bottom: bottom)
                .clipped(toWidth: Double(width), height: Double(height))
        else { return nil }
        var cut: Sides = []
        if seams.contains(.left), inside.left < seamMargin { cut.insert(.left) }
        if seams.contains(.top), inside.top < seamMargin { cut.insert(.top) }
        if seams.contains(.right), inside.right > Double(width) - seamMargin { cut.insert(.right) }
        if seams.contains(.bottom), inside.bottom > Double(height) - seamMargin { cut.insert(.bottom) }
        let moved = Box(x: inside.x + Double(x), y: inside.y + Double(y), width: inside.width, height: inside.height)
        return RegionBox(box: moved, score: score, index: index, region: number, cut: cut)
    }

    struct Sides: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let left = Sides(rawValue: 1)
        static let top = Sides(rawValue: 2)
        static let right = Sides(rawValue: 4)
        static let bottom = Sides(rawValue: 8)
    }
}

/// A box found in one region, in pixels of the frame.
struct RegionBox: Hashable, Sendable {
    var box: Box
    var score: Double
    /// Class of the network.
    var index: Int
    /// Position of the region in the plan.
    var region: Int
    /// Seams at which the object may have been cut off.
    var cut: TileRegion.Sides
    /// In pixels of the frame; empty where only the box is known.
    var outline: [Point] = []
}
