/// A set of sequence numbers, kept as sorted ranges that do not touch; as small as its holes are few.
public struct SequenceSet: Hashable, Sendable {
    /// Ascending, disjoint, and with at least one number between neighbours.
    public private(set) var ranges: [ClosedRange<UInt64>] = []

    public init() {}

    public init(_ ranges: some Sequence<ClosedRange<UInt64>>) { for range in ranges { insert(range) } }

    public var isEmpty: Bool { ranges.isEmpty }

    public var first: UInt64? { ranges.first?.lowerBound }

    public var last: UInt64? { ranges.last?.upperBound }

    /// How many numbers are in the set; saturates.
    public var count: UInt64 {
        ranges.reduce(0) { sum, range in
            let (size, overflow) = (range.upperBound - range.lowerBound).addingReportingOverflow(1)
            return overflow ? .max : sum.addingReportingOverflow(size).overflow ? .max : sum + size
        }
    }

    public func contains(_ number: UInt64) -> Bool {
        let index = firstIndex(endingAtOrAfter: number)
        return index < ranges.count && ranges[index].contains(number)
    }

    /// False where it was there already.
    @discardableResult
    public mutating func insert(_ number: UInt64) -> Bool {
        guard !contains(number) else { return false }
        insert(number...number)
        return true
    }

    public mutating func insert(_ range: ClosedRange<UInt64>) {
        let low = range.lowerBound == 0 ? 0 : range.lowerBound - 1
        let begin = firstIndex(endingAtOrAfter: low)
        var end = begin
        var merged = range
        while end < ranges.count, ranges[end].lowerBound <= (range.upperBound == .max ? .max : range.upperBound + 1) {
            merged = min(merged.lowerBound, ranges[end].lowerBound)...max(merged.upperBound, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(begin..<end, with: [merged])
    }

    public mutating func formUnion(_ other: SequenceSet) { for range in other.ranges { insert(range) } }

    /// Takes out everything up to a number, it included.
    public mutating func remove(through number: UInt64) {
        let index = firstIndex(endingAtOrAfter: number)
        var rest = Array(ranges[index...])
        if let head = rest.first, head.lowerBound <= number {
            if head.upperBound > number { rest[0] = (number + 1)...head.upperBound } else { rest.removeFirst() }
        }
        ranges = rest
    }

    /// Numbers of the range that are not in the set.
    public func missing(in range: ClosedRange<UInt64>) -> SequenceSet {
        var holes = SequenceSet()
        var next = range.lowerBound
        for present in ranges[firstIndex(endingAtOrAfter: next)...] {
            guard present.lowerBound <= range.upperBound else { break }
            if present.lowerBound > next { holes.ranges.append(next...(present.lowerBound - 1)) }
            guard present.upperBound < range.upperBound else { return holes }
            next = present.upperBound + 1
        }
        holes.ranges.append(next...range.upperBound)
        return holes
    }

    /// The last number up to which everything after `base` is in the set; `base` where the next one is missing.
    public func contiguous(after base: UInt64) -> UInt64 {
        guard base < .max else { return base }
        let index = firstIndex(endingAtOrAfter: base + 1)
        guard index < ranges.count, ranges[index].lowerBound <= base + 1 else { return base }
        return ranges[index].upperBound
    }

    /// Position of the first range that ends at the number or behind it.
    private func firstIndex(endingAtOrAfter number: UInt64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SequenceSet {
    /// `[[from, to], ...]`, at most `limit` ranges.
    public func json(limit: Int = .max) -> JSONValue {
        .array(
            ranges.prefix(limit).map {
                .array([.integer(Int64(clamping: $0.lowerBound)), .integer(Int64(clamping: $0.upperBound))])
            })
    }

    /// Reads `[[from, to], ...]`; nil where the value is anything else or has more ranges than `limit`.
    public init?(json: JSONValue, limit: Int) {
        guard let pairs = json.arrayValue, pairs.count <= limit else { return nil }
        self.init()
        for pair in pairs {
            guard let ends = pair.arrayValue, ends.count == 2, let from = ends[0].integerValue,
                let to = ends[1].integerValue, from >= 0, to >= from
            else { return nil }
            insert(UInt64(from)...UInt64(to))
        }
    }
}
