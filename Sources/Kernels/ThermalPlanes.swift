internal import CKernels

/// Working memory of the thermal kernel for pictures of one size, and its pixel loops. Reused from frame to frame, so
/// that
/// steady work allocates nothing large.
public struct ThermalPlanes: Sendable {
    /// Pixels a side of the tiles that ``mark(levels:thresholds:lowShare:)`` interpolates between.
    public static let tilePixels = 32

    public let width: Int
    public let height: Int
    /// Tiles of 32x32 pixels; those at the right and bottom border may be smaller.
    public let columns: Int
    public let rows: Int
    /// Brightness as loaded.
    public private(set) var plane: [Float]
    /// Its mean over 3x3 pixels.
    public private(set) var smooth: [Float]
    /// `smooth` less the level of like parts.
    public private(set) var contrast: [Float]
    private var marks: [UInt8]
    private var grid: [Float]
    private var histograms: [Int32]
    private var window: [Int32]
    private var scratch: [Float]
    private var runs: [cthermal_run]
    private var columnStarts: [Int32]

    /// - Precondition: both sides are at least 8.
    public init(width: Int, height: Int) {
        precondition(width >= 8 && height >= 8 && width <= 1 << 15 && height <= 1 << 15, "size of the picture")
        (self.width, self.height) = (width, height)
        columns = (width / 4 + 7) / 8
        rows = (height / 4 + 7) / 8
        let count = width * height
        plane = Array(repeating: 0, count: count)
        (smooth, contrast) = (plane, plane)
        marks = Array(repeating: 0, count: count)
        grid = Array(repeating: 0, count: (width / 4) * (height / 4))
        histograms = Array(repeating: 0, count: columns * rows * cthermal_bins)
        window = Array(repeating: 0, count: cthermal_bins)
        scratch = Array(repeating: 0, count: 3 * width)
        runs = Array(repeating: cthermal_run(), count: 1024)
        columnStarts = Array(repeating: 0, count: width)
    }

    public enum Layout: Sendable { case bgr8, gray8, gray16 }

    /// Takes a picture of this size; color becomes luma. The bytes hold `height` rows, `stride` apart.
    public mutating func load(_ pixels: UnsafeRawBufferPointer, stride: Int, layout: Layout) {
        let rowBytes = width * (layout == .bgr8 ? 3 : layout == .gray16 ? 2 : 1)
        precondition(stride >= rowBytes && pixels.count >= stride * (height - 1) + rowBytes, "bytes of the picture")
        let (w, h) = (Int32(width), Int32(height))
        let bytes = pixels.assumingMemoryBound(to: UInt8.self).baseAddress
        switch layout {
        case .bgr8: cthermal_load_bgr8(bytes, stride, w, h, &plane)
        case .gray8: cthermal_load_gray8(bytes, stride, w, h, &plane)
        case .gray16: cthermal_load_gray16(bytes, stride, w, h, &plane)
        }
        cthermal_smooth(plane, w, h, &scratch, &smooth)
        cthermal_blocks(plane, w, h, &grid)
    }

    /// Least and greatest mean of a 4x4 block.
    public var range: ClosedRange<Float> {
        var (low, high) = (grid[0], grid[0])
        for value in grid {
            low = min(low, value)
            high = max(high, value)
        }
        return low...high
    }

    /// Counts block means into bins of this width, from the least mean up, tile by tile.
    public mutating func countLevels(origin: Float, bin: Float) {
        cthermal_histograms(grid, Int32(width / 4), Int32(height / 4), origin, bin, &histograms)
    }

    /// The level and spread of the hottest group of block means that holds at least `share` of a window of tiles.
    public struct Group: Hashable, Sendable {
        /// Median of the group.
        public var level: Float
        /// From the median to the 84th percentile: one deviation of its upper side.
        public var spread: Float
        /// Whether some group is that populated; else the most populated one is given.
        public var isPopulated: Bool
    }

    /// - Parameters:
    ///   - tiles: columns and rows of tiles, cut to the picture.
    ///   - origin: and `bin` as given to ``countLevels(origin:bin:)``.
    public mutating func hottestGroup(
        columns c: ClosedRange<Int>, rows r: ClosedRange<Int>, share: Float, origin: Float, bin: Float
    ) -> Group {
        cthermal_window(
            histograms, Int32(columns), Int32(rows), Int32(c.lowerBound), Int32(r.lowerBound), Int32(c.upperBound),
            Int32(r.upperBound), &window)
        let found = cthermal_hill(window, origin, bin, share)
        return Group(level: found.level, spread: found.spread, isPopulated: found.found != 0)
    }

    /// Compares every pixel with the levels of like parts, given per tile.
    ///
    /// - Parameter lowShare: a region reaches down to this share of the threshold.
    public mutating func mark(levels: [Float], thresholds: [Float], lowShare: Float) {
        precondition(levels.count == columns * rows && thresholds.count == levels.count, "one value a tile")
        cthermal_mark(
            plane, smooth, Int32(width), Int32(height), levels, thresholds, Int32(columns), Int32(rows), lowShare,
            &contrast, &marks, &scratch)
    }

    /// Runs of marked pixels, row by row, left to right.
    public mutating func hotRuns() -> [PixelRun] {
        var count = runCount()
        if count > runs.count {
            runs = Array(repeating: cthermal_run(), count: count)
            count = runCount()
        }
        return runs[..<count].map {
            PixelRun(
                y: Int($0.y), left: Int($0.left), right: Int($0.right), strong: Int($0.strong), sum: $0.sum,
                peak: $0.peak)
        }
    }

    private mutating func runCount() -> Int {
        Int(cthermal_runs(contrast, marks, Int32(width), Int32(height), &runs, Int32(runs.count)))
    }

    /// How often parts between two dark lines have which length in pixels, along rows and along columns.
    public mutating func spanLengths(limit: Int) -> (across: [Int32], down: [Int32]) {
        var across = [Int32](repeating: 0, count: max(1, limit))
        var down = across
        cthermal_spans(marks, Int32(width), Int32(height), &across, &down, Int32(across.count), &columnStarts)
        return (across, down)
    }
}
