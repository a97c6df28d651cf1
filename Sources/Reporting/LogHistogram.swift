/// Durations counted in buckets of about 3 % width, from which quantiles are read; fixed size, independent of order.
///
/// Method: buckets linear within each power of two, as in G. Tene, HdrHistogram.
public struct LogHistogram: Hashable, Sendable {
    private static let subBuckets: UInt64 = 32
    private static let subBits = 5
    private var counts: [UInt64]
    public private(set) var count: UInt64 = 0
    /// Sum of everything recorded, in nanoseconds, saturating.
    public private(set) var totalNanoseconds: UInt64 = 0
    public private(set) var maximumNanoseconds: UInt64 = 0

    public init() {
        counts = [UInt64](repeating: 0, count: Int(Self.subBuckets) * (64 - Self.subBits + 1))
    }

    public mutating func record(nanoseconds value: UInt64) {
        counts[Self.bucket(of: value)] += 1
        count += 1
        let (sum, overflow) = totalNanoseconds.addingReportingOverflow(value)
        totalNanoseconds = overflow ? .max : sum
        maximumNanoseconds = max(maximumNanoseconds, value)
    }

    public mutating func merge(_ other: LogHistogram) {
        for i in counts.indices { counts[i] += other.counts[i] }
        count += other.count
        let (sum, overflow) = totalNanoseconds.addingReportingOverflow(other.totalNanoseconds)
        totalNanoseconds = overflow ? .max : sum
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
    }

    /// The value that a share (0 to 1) of the recorded ones do not exceed, in nanoseconds, at most 3.2 % too high; nil
    /// where nothing was recorded.
    public func quantile(_ share: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let target = max(1, UInt64((min(1, max(0, share)) * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (i, n) in counts.enumerated() where n > 0 {
            seen += n
            if seen >= target { return min(maximumNanoseconds, Self.upperBound(of: i)) }
        }
        return maximumNanoseconds
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= subBuckets else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - subBits
        return (shift + 1) * Int(subBuckets) + Int((value >> UInt64(shift)) - subBuckets)
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        let (row, column) = bucket.quotientAndRemainder(dividingBy: Int(subBuckets))
        guard row > 0 else { return UInt64(column) }
        let shift = UInt64(row - 1)
        return ((UInt64(column) + subBuckets) << shift) | ((1 << shift) - 1)
    }
}
