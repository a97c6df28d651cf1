internal import ShrikeCore

/// How a frame is cut into overlapping tiles.
///
/// Tiles are of equal size and evenly spread, each sharing at least the wanted part with its neighbour, so that an
/// object smaller than the overlap is whole in some tile. A tiled frame is looked at once more as a whole, for what is
/// larger.
struct TilePlan: Hashable, Sendable {
    var regions: [TileRegion]

    /// More tiles than this are not made: the side is raised until they fit.
    static let maximumTiles = 400

    init(width: Int, height: Int, inputWidth: Int, inputHeight: Int, tiling: Tiling) {
        let whole = TileRegion(x: 0, y: 0, width: width, height: height, seams: [], isWhole: true)
        let isLarge = width > 2 * inputWidth || height > 2 * inputHeight
        guard tiling.mode == .always || tiling.mode == .auto && isLarge else {
            regions = [whole]
            return
        }
        let overlap = tiling.overlap.isFinite ? min(0.5, max(0, tiling.overlap)) : 0
        var tileWidth = max(32, tiling.size ?? inputWidth)
        var tileHeight = max(32, tiling.size ?? inputHeight)
        var columns = Self.starts(length: width, tile: tileWidth, overlap: overlap)
        var rows = Self.starts(length: height, tile: tileHeight, overlap: overlap)
        while columns.count * rows.count > Self.maximumTiles {
            tileWidth = tileWidth * 5 / 4
            tileHeight = tileHeight * 5 / 4
            columns = Self.starts(length: width, tile: tileWidth, overlap: overlap)
            rows = Self.starts(length: height, tile: tileHeight, overlap: overlap)
        }
        guard columns.count * rows.count > 1 else {
            regions = [whole]
            return
        }
        regions = rows.flatMap { y in
            columns.map { x in
                let (w, h) = (min(tileWidth, width - x), min(tileHeight, height - y))
                var seams: TileRegion.Sides = []
                if x > 0 { seams.insert(.left) }
                if y > 0 { seams.insert(.top) }
                if x + w < width { seams.insert(.right) }
                if y + h < height { seams.insert(.bottom) }
                return TileRegion(x: x, y: y, width: w, height: h, seams: seams, isWhole: false)
            }
        }
        regions.append(whole)
    }

    /// Where tiles begin along one side: the fewest that cover it with the wanted overlap, evenly spread.
    private static func starts(length: Int, tile: Int, overlap: Double) -> [Int] {
        guard length > tile else { return [0] }
        let step = max(1, Double(tile) * (1 - overlap))
        let count = Int((Double(length - tile) / step).rounded(.up)) + 1
        return (0..<count).map { Int((Double(length - tile) * Double($0) / Double(count - 1)).rounded()) }
    }
}
