import Kernels
import ShrikeCore

/// What parts like a hot spot's own read, tile by tile: the hottest group of values that is too common to be a
/// defect.
///
/// On a solar field that is the modules and not the cooler ground between them. The group of the whole picture
/// decides what
/// kind of part is meant; the group of the tile's neighbourhood follows gradients where it is close to it.
struct LikeLevels {
    /// A region reaches down to this share of its threshold.
    static let lowShare: Float = 0.55

    let columns: Int
    let rows: Int
    /// Level, spread and threshold per tile of 32x32 pixels, in raw values.
    private(set) var levels: [Float]
    private(set) var spreads: [Float]
    private(set) var thresholds: [Float]
    /// Least rise that counts, in raw values.
    let minimumRise: Double

    /// Nil for a picture without any contrast.
    init?(planes: inout ThermalPlanes, settings: ThermalSettings, scale: ThermalScale?, format: PixelFormat) {
        (columns, rows) = (planes.columns, planes.rows)
        let range = planes.range
        guard range.upperBound > range.lowerBound else { return nil }
        let rise: Double
        if let scale, scale.gain > 0 {
            rise = settings.minimumDeltaKelvin / scale.gain
        } else if format == .gray16 {
            // Counts of unknown meaning: a step is a 255th of what the picture spans.
            rise = settings.minimumContrast * Double(range.upperBound - range.lowerBound) / 255
        } else {
            rise = settings.minimumContrast
        }
        // Below three steps of an 8-bit picture there is only quantization.
        minimumRise = max(rise, format == .gray16 ? 1 : 3)
        let unit = Float(minimumRise)
        let bin = max(unit / 8, (range.upperBound - range.lowerBound) / 250)
        let origin = range.lowerBound
        planes.countLevels(origin: origin, bin: bin)
        let whole = planes.hottestGroup(
            columns: 0...columns - 1, rows: 0...rows - 1, share: Float(settings.maximumAreaFraction), origin: origin,
            bin: bin)
        levels = []
        spreads = []
        thresholds = []
        for row in 0..<rows {
            for column in 0..<columns {
                let near = planes.hottestGroup(
                    columns: max(0, column - 2)...min(columns - 1, column + 2),
                    rows: max(0, row - 2)...min(rows - 1, row + 2), share: 0.3, origin: origin, bin: bin)
                // A neighbourhood that differs by more than a defect does is another kind of part, or one large
                // defect.
                let isLike = near.isPopulated && abs(near.level - whole.level) <= unit
                levels.append(isLike ? near.level : whole.level)
                spreads.append(max(isLike ? near.spread : whole.spread, bin / 2))
            }
        }
        levels = Self.softened(levels, columns: columns, rows: rows)
        spreads = Self.softened(spreads, columns: columns, rows: rows)
        thresholds = spreads.map { max(unit, Float(settings.sigma) * $0) }
    }

    /// Mean over 3x3 tiles, fewer at the border.
    private static func softened(_ values: [Float], columns: Int, rows: Int) -> [Float] {
        (0..<values.count).map { index in
            let (column, row) = (index % columns, index / columns)
            var (sum, count): (Float, Float) = (0, 0)
            for r in max(0, row - 1)...min(rows - 1, row + 1) {
                for c in max(0, column - 1)...min(columns - 1, column + 1) {
                    sum += values[r * columns + c]
                    count += 1
                }
            }
            return sum / count
        }
    }

    /// Index of the tile that holds a pixel.
    func tile(x: Int, y: Int) -> Int {
        min(y / ThermalPlanes.tilePixels, rows - 1) * columns + min(x / ThermalPlanes.tilePixels, columns - 1)
    }
}
