public import ShrikeCore

/// Which evidence has to go so that limits of age and bytes hold: first everything too old, then the lowest grade, within
/// it the oldest, then by name. A pure function of what is there.
public struct RetentionPlan: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var name: EvidenceName
        public var bytes: Int64
        public var time: Timestamp

        public init(name: EvidenceName, bytes: Int64, time: Timestamp) {
            (self.name, self.bytes, self.time) = (name, bytes, time)
        }
    }

    public struct Limits: Hashable, Sendable, Codable {
        /// Most bytes kept.
        public var maximumBytes: Int64
        /// Longest age in days; nil keeps everything that fits.
        public var maximumAgeDays: Double?
        /// Free bytes that evidence must leave on its disk.
        public var minimumFreeBytes: Int64

        public init(
            maximumBytes: Int64 = 5 << 30, maximumAgeDays: Double? = 30, minimumFreeBytes: Int64 = 512 << 20
        ) {
            (self.maximumBytes, self.maximumAgeDays) = (max(0, maximumBytes), maximumAgeDays)
            self.minimumFreeBytes = max(0, minimumFreeBytes)
        }
    }

    /// What goes, in the order of removal.
    public var removed: [EvidenceName]
    /// Bytes that stay.
    public var keptBytes: Int64

    /// - Parameter freeBytes: what the disk has left; nil where it is not known.
    public init(items: [Item], limits: Limits, now: Timestamp, freeBytes: Int64? = nil) {
        let oldest = limits.maximumAgeDays.map { now.microseconds &- Int64(clamping: $0 * 86_400_000_000) }
        let byWorth = items.sorted {
            ($0.name.grade, $0.time, $0.name.fileName) < ($1.name.grade, $1.time, $1.name.fileName)
        }
        var removed: [EvidenceName] = []
        var kept: [Item] = []
        var bytes: Int64 = 0
        var freed: Int64 = 0
        for item in byWorth {
            if let oldest, item.time.microseconds < oldest {
                removed.append(item.name)
                freed = freed.addingClamped(item.bytes)
            } else {
                kept.append(item)
                bytes = bytes.addingClamped(item.bytes)
            }
        }
        let missing = freeBytes.map { max(0, limits.minimumFreeBytes - $0) } ?? 0
        for item in kept where bytes > limits.maximumBytes || freed < missing {
            removed.append(item.name)
            bytes -= item.bytes
            freed = freed.addingClamped(item.bytes)
        }
        (self.removed, keptBytes) = (removed, bytes)
    }
}

extension Int64 {
    fileprivate init(clamping value: Double) {
        self = value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : value.isNaN ? 0 : Int64(value)
    }

    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
