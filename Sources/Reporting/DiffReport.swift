public import ShrikeCore

/// What changed at a site between two runs, from which `diff.html`, `diff.json` and the text are made.
public struct DiffReport: Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case new
        case grown
        case still
        case gone
        case notSeenAgain = "not_seen_again"
    }

    /// A defect as one of both runs saw it.
    public struct Side: Hashable, Sendable {
        public var className: String
        public var grade: Grade
        public var score: Double
        /// Nil where no clock is trusted.
        public var time: Timestamp?
        public var place: GroundPoint?
        public var sizeMeters: Double?
        public var deltaKelvin: Double?
        public var asset: String?
        /// Picture, relative to the page, for a link.
        public var link: String?
        /// JPEG bytes of the picture, small.
        public var thumbnail: [UInt8]?

        public init(
            className: String, grade: Grade, score: Double, time: Timestamp? = nil, place: GroundPoint? = nil,
            sizeMeters: Double? = nil, deltaKelvin: Double? = nil, asset: String? = nil, link: String? = nil,
            thumbnail: [UInt8]? = nil
        ) {
            (self.className, self.grade, self.score, self.time) = (className, grade, score, time)
            (self.place, self.sizeMeters, self.deltaKelvin) = (place, sizeMeters, deltaKelvin)
            (self.asset, self.link, self.thumbnail) = (asset, link, thumbnail)
        }
    }

    public struct Entry: Hashable, Sendable {
        public var id: String
        public var status: Status
        public var before: Side?
        public var after: Side?
        /// `grade`, `size`, `temperature`; empty unless grown.
        public var growth: [String]

        public init(id: String, status: Status, before: Side?, after: Side?, growth: [String] = []) {
            (self.id, self.status, self.before, self.after, self.growth) = (id, status, before, after, growth)
        }
    }

    /// One of both runs.
    public struct Run: Hashable, Sendable {
        public var name: String
        /// Date of its first finding where a clock is trusted.
        public var date: String?
        public var defects: Int

        public init(name: String, date: String?, defects: Int) {
            (self.name, self.date, self.defects) = (name, date, defects)
        }
    }

    public static let schema = "shrike.diff/1"

    public var site: String
    public var version: String
    public var baseline: Run
    public var new: Run
    /// Scenes with the display names of classes.
    public var scenes: [SceneDefinition]
    public var entries: [Entry]
    /// What was added to the later run's places, meters.
    public var shiftNorth: Double
    public var shiftEast: Double
    /// Whether the ground that the later run looked at is known; nothing is `gone` otherwise.
    public var knowsCoverage: Bool

    public init(
        site: String, version: String, baseline: Run, new: Run, scenes: [SceneDefinition] = [], entries: [Entry],
        shiftNorth: Double, shiftEast: Double, knowsCoverage: Bool
    ) {
        (self.site, self.version, self.baseline, self.new) = (site, version, baseline, new)
        (self.scenes, self.entries, self.knowsCoverage) = (scenes, entries, knowsCoverage)
        (self.shiftNorth, self.shiftEast) = (shiftNorth, shiftEast)
    }

    public func count(_ status: Status) -> Int { entries.count { $0.status == status } }

    /// `diff.json`.
    public var json: JSONValue {
        .object([
            "schema": .string(Self.schema), "version": .string(version), "site": .string(site),
            "baseline": Self.json(baseline), "new": Self.json(new),
            "shift_north_m": .number(shiftNorth, decimals: 2), "shift_east_m": .number(shiftEast, decimals: 2),
            "coverage_known": .bool(knowsCoverage),
            "counts": .object(
                Dictionary(
                    uniqueKeysWithValues: Status.allCases.map { ($0.rawValue, .integer(Int64(count($0)))) })),
            "defects": .array(
                entries.map { entry in
                    .object(compacting: [
                        "site_defect_id": .string(entry.id), "status": .string(entry.status.rawValue),
                        "growth": entry.growth.isEmpty ? nil : .array(entry.growth.map { .string($0) }),
                        "before": entry.before.map(Self.json), "after": entry.after.map(Self.json),
                    ])
                }),
        ])
    }

    /// Counts, then one line a defect that changed.
    public var text: String {
        var lines = Status.allCases.map { "\(count($0))  \($0.words)" }
        for entry in entries where entry.status != .still {
            guard let side = entry.after ?? entry.before else { continue }
            var line = "\(entry.id)  \(entry.status.words)  \(side.grade.rawValue) \(side.className)"
            if let place = side.place {
                line += "  \(HTML.plain(place.latitude, 6)), \(HTML.plain(place.longitude, 6))"
            }
            if !entry.growth.isEmpty { line += "  (\(entry.growth.joined(separator: ", ")))" }
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ run: Run) -> JSONValue {
        .object(compacting: [
            "run": .string(run.name), "date": run.date.map { .string($0) }, "defects": .integer(Int64(run.defects)),
        ])
    }

    private static func json(_ side: Side) -> JSONValue {
        .object(compacting: [
            "class": .string(side.className), "grade": .string(side.grade.rawValue),
            "score": .number(side.score, decimals: 4), "time": side.time.map { .string($0.rfc3339) },
            "geo": side.place?.json, "size_m": side.sizeMeters.map { .number($0, decimals: 3) },
            "delta_k": side.deltaKelvin.map { .number($0, decimals: 2) }, "asset": side.asset.map { .string($0) },
            "picture": side.link.map { .string($0) },
        ])
    }
}

extension DiffReport.Status {
    /// For a terminal.
    var words: String {
        switch self {
        case .new: "new"
        case .grown: "grown"
        case .still: "still there"
        case .gone: "gone"
        case .notSeenAgain: "not seen again"
        }
    }

    /// In both languages, as HTML.
    var html: String {
        switch self {
        case .new: HTML.both("New", "新增")
        case .grown: HTML.both("Grown", "加重")
        case .still: HTML.both("Still there", "仍存在")
        case .gone: HTML.both("Gone", "已消除")
        case .notSeenAgain: HTML.both("Not seen again", "未再见到")
        }
    }

    /// What it means, in both languages.
    var advice: String {
        switch self {
        case .new: HTML.both("not found last time", "上次未发现")
        case .grown: HTML.both("worse than last time", "较上次恶化")
        case .still: HTML.both("much as last time", "与上次相近")
        case .gone: HTML.both("looked at again, not found", "已复查，未发现")
        case .notSeenAgain: HTML.both("perhaps not looked at", "可能未拍到")
        }
    }

    /// Class of the badge's color.
    var color: String {
        switch self {
        case .new: "critical"
        case .grown: "serious"
        case .still: "general"
        case .gone: "gone"
        case .notSeenAgain: "unseen"
        }
    }
}
