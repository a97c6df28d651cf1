internal import CKernels

/// Statistics over feature maps.
public enum FeatureStatistics {
    /// Mean of each 3x3 neighbourhood, over the cells that exist, into planes of the same shape.
    public static func mean3(_ map: FeatureMap, into out: inout [Float]) {
        resize(&out, map.channels * map.cells)
        cf_mean3(map.base, map.channels, map.rows, map.columns, &out)
    }

    /// The vectors of all cells one after another.
    public static func cells(_ map: FeatureMap) -> [Float] {
        [Float](unsafeUninitializedCapacity: map.channels * map.cells) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            cf_cells(map.base, map.channels, map.cells, start)
            count = map.channels * map.cells
        }
    }

    /// Mean and standard deviation (of the population) of every channel over a rectangle of cells.
    ///
    /// - Returns: the means of all channels, then their deviations: 2 x channels numbers.
    /// - Precondition: the rectangle holds at least a cell and lies inside.
    public static func moments(_ map: FeatureMap, rows: Range<Int>, columns: Range<Int>) -> [Float] {
        precondition(
            !rows.isEmpty && !columns.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= map.rows
                && columns.lowerBound >= 0 && columns.upperBound <= map.columns, "rectangle of cells")
        return [Float](unsafeUninitializedCapacity: 2 * map.channels) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            cf_moments(
                map.base, map.channels, map.rows, map.columns, columns.lowerBound, rows.lowerBound, columns.upperBound,
                rows.upperBound, start, start + map.channels)
            count = 2 * map.channels
        }
    }

    /// Cosine of the angle between both maps' vectors at each cell; 1 where both are zero.
    ///
    /// - Precondition: both have one shape.
    public static func cosines(_ a: FeatureMap, _ b: FeatureMap) -> [Float] {
        precondition(a.channels == b.channels && a.cells == b.cells, "maps of one shape")
        return [Float](unsafeUninitializedCapacity: a.cells) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            cf_cosines(a.base, b.base, a.channels, a.cells, start)
            count = a.cells
        }
    }

    /// The range joined with that of the values; what is not a number changes nothing.
    public static func widen(_ range: inout (low: Float, high: Float), by values: UnsafeBufferPointer<Float>) {
        guard let start = values.baseAddress else { return }
        cf_range(start, values.count, &range.low, &range.high)
    }

    /// Adds the values to a histogram of equal parts of [low, high]; what lies outside goes to the outermost parts.
    public static func count(
        _ values: UnsafeBufferPointer<Float>, low: Float, high: Float, into histogram: inout [UInt64]
    ) {
        guard let start = values.baseAddress, !histogram.isEmpty else { return }
        cf_histogram(start, values.count, low, high, histogram.count, &histogram)
    }

    static func resize(_ values: inout [Float], _ count: Int) {
        if values.count != count { values = [Float](repeating: 0, count: count) }
    }
}
