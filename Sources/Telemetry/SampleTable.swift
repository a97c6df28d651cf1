/// Where the samples of one track lie in an MP4 file and when they are shown (`stbl` of ISO/IEC 14496-12).
struct SampleTable {
    struct Sample: Hashable {
        var offset: Int64
        var size: Int
        /// In units of the track's time scale.
        var start: Int64
        var duration: Int64
    }

    static let mostSamples = 1_000_000
    static let largestSample = 64 << 10

    private(set) var samples: [Sample] = []
    /// Samples larger than any line of telemetry; they were left out.
    private(set) var oversized = 0

    /// Nil where a table is missing or cut.
    init?(_ file: BoxReader, in table: Range<Int>) {
        guard let sizes = Self.sizes(file, table), let starts = Self.times(file, table, count: sizes.count),
            let offsets = Self.offsets(file, table, sizes: sizes)
        else { return nil }
        for (index, size) in sizes.enumerated() where index < starts.count && index < offsets.count {
            guard size <= Self.largestSample else {
                oversized += 1
                continue
            }
            samples.append(
                Sample(
                    offset: offsets[index], size: size, start: starts[index].start, duration: starts[index].duration))
        }
    }

    /// A full box with a count of entries: version and flags, then the count, which must fit the bytes behind it.
    private static func entries(
        _ file: BoxReader, _ name: StaticString, in table: Range<Int>, size: Int
    ) -> (reader: BoxReader, count: Int)? {
        guard let range = file.first(name, in: table) else { return nil }
        var reader = BoxReader(file.bytes, range)
        guard reader.skip(4), let count = reader.uint32(), count <= mostSamples, Int(count) <= reader.remaining / size
        else { return nil }
        return (reader, Int(count))
    }

    private static func sizes(_ file: BoxReader, _ table: Range<Int>) -> [Int]? {
        guard let range = file.first("stsz", in: table) else { return nil }
        var reader = BoxReader(file.bytes, range)
        guard reader.skip(4), let common = reader.uint32(), let count = reader.uint32(), count <= mostSamples else {
            return nil
        }
        if common > 0 { return [Int](repeating: Int(common), count: Int(count)) }
        guard Int(count) <= reader.remaining / 4 else { return nil }
        return (0..<count).compactMap { _ in reader.uint32().map { Int($0) } }
    }

    private static func times(
        _ file: BoxReader, _ table: Range<Int>, count: Int
    ) -> [(start: Int64, duration: Int64)]? {
        guard let list = entries(file, "stts", in: table, size: 8) else { return nil }
        var reader = list.reader
        var result: [(Int64, Int64)] = []
        var time: Int64 = 0
        for _ in 0..<list.count {
            guard let run = reader.uint32(), let duration = reader.uint32() else { return nil }
            for _ in 0..<min(Int(run), count - result.count) {
                result.append((time, Int64(duration)))
                // At most a million steps of 32 bits, so the sum cannot overflow.
                time += Int64(duration)
            }
        }
        return result
    }

    private static func offsets(_ file: BoxReader, _ table: Range<Int>, sizes: [Int]) -> [Int64]? {
        guard let chunks = chunkOffsets(file, table), let list = entries(file, "stsc", in: table, size: 12) else {
            return nil
        }
        var reader = list.reader
        var runs: [(first: Int, samples: Int)] = []
        for _ in 0..<list.count {
            guard let first = reader.uint32(), let samples = reader.uint32(), reader.skip(4) else { return nil }
            guard first > 0, first > runs.last?.first ?? 0 else { return nil }
            runs.append((Int(first), Int(samples)))
        }
        var result: [Int64] = []
        var run = 0
        for (index, chunk) in chunks.enumerated() where !runs.isEmpty {
            while run + 1 < runs.count, runs[run + 1].first <= index + 1 { run += 1 }
            var offset = chunk
            for _ in 0..<runs[run].samples {
                guard result.count < sizes.count else { return result }
                result.append(offset)
                let (next, overflow) = offset.addingReportingOverflow(Int64(sizes[result.count - 1]))
                guard !overflow else { return nil }
                offset = next
            }
        }
        return result
    }

    private static func chunkOffsets(_ file: BoxReader, _ table: Range<Int>) -> [Int64]? {
        if let list = entries(file, "stco", in: table, size: 4) {
            var reader = list.reader
            return (0..<list.count).compactMap { _ in reader.uint32().map { Int64($0) } }
        }
        guard let list = entries(file, "co64", in: table, size: 8) else { return nil }
        var reader = list.reader
        return (0..<list.count).compactMap { _ in reader.uint64().flatMap { Int64(exactly: $0) } }
    }
}
