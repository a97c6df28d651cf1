import ShrikeCore

/// Two flights over one site: what is new, still there, grown, and gone.
public struct MissionDiff: Hashable, Sendable {
    /// When a defect counts as grown. A grade higher than before always does.
    public struct Limits: Hashable, Sendable {
        /// Side length after over before.
        public var sizeRatio = 1.25
        /// Pixels by which the side must have grown at least: a box is no finer.
        public var sizePixels = 2.0
        public var deltaKelvin = 4.0

        public init() {}
    }

    /// Worst first inside each status; statuses in the order of ``DefectChange/Status``.
    public let changes: [DefectChange]
    /// What was added to the later flight's places to meet the earlier one's, meters.
    public let shiftNorth: Double
    public let shiftEast: Double
    /// Both runs in one record, with the same ids.
    public let registry: SiteRegistry

    /// - Parameters:
    ///   - baseline: sightings of the earlier run.
    ///   - new: sightings of the later run.
    ///   - coverage: ground that the later run looked at; nil where that is not known, and nothing is called gone then.
    ///   - registry: what is known of the site; its ids are kept.
    public init(
        baseline: [DefectSighting], new: [DefectSighting], coverage: FlightCoverage?,
        registry: SiteRegistry = SiteRegistry(site: ""), classes: ClassCompatibility = .standard,
        limits: Limits = Limits()
    ) {
        var registry = registry
        let earlier = registry.register(baseline, classes: classes)
        let later = registry.register(new, classes: classes)
        self.registry = registry
        let (old, moved) = (Self.flight(of: baseline, in: registry), Self.flight(of: new, in: registry))
        let north = (moved?.shiftNorth ?? 0) - (old?.shiftNorth ?? 0)
        let east = (moved?.shiftEast ?? 0) - (old?.shiftEast ?? 0)
        (shiftNorth, shiftEast) = (north, east)
        let before = Self.worst(baseline, earlier)
        let after = Self.worst(new, later)
        var changes: [DefectChange] = []
        for id in Set(before.keys).union(after.keys).sorted() {
            changes.append(
                Self.change(id, before[id], after[id], limits) { sighting in
                    Self.wasLookedAt(sighting, coverage, north: north, east: east)
                })
        }
        let order = Dictionary(uniqueKeysWithValues: DefectChange.Status.allCases.enumerated().map { ($1, $0) })
        self.changes = changes.sorted { a, b in
            let (first, second) = (a.after ?? a.before, b.after ?? b.before)
            return (order[a.status] ?? 0, second?.grade ?? .info, second?.score ?? 0, a.id)
                < (order[b.status] ?? 0, first?.grade ?? .info, first?.score ?? 0, b.id)
        }
    }

    public func count(_ status: DefectChange.Status) -> Int { changes.count { $0.status == status } }

    private static func flight(of sightings: [DefectSighting], in registry: SiteRegistry) -> SiteRegistry.Flight? {
        guard let id = sightings.first(where: { $0.place != nil })?.defectID else { return nil }
        let visit = registry.defects.lazy.flatMap(\.visits).first { $0.defectIDs.contains(id) }
        return registry.flights.first { $0.id == visit?.flight }
    }

    private static func worst(_ sightings: [DefectSighting], _ ids: [String: String]) -> [String: DefectSighting] {
        var worst: [String: DefectSighting] = [:]
        for sighting in sightings {
            guard let id = ids[sighting.defectID] else { continue }
            if let held = worst[id],
                (held.grade, held.score, sighting.defectID) >= (sighting.grade, sighting.score, held.defectID)
            {
                continue
            }
            worst[id] = sighting
        }
        return worst
    }

    private static func change(
        _ id: String, _ before: DefectSighting?, _ after: DefectSighting?, _ limits: Limits,
        wasLookedAt: (DefectSighting) -> Bool
    ) -> DefectChange {
        guard let before else { return DefectChange(status: .new, id: id, before: nil, after: after, growth: []) }
        guard let after else {
            return DefectChange(
                status: wasLookedAt(before) ? .gone : .notSeenAgain, id: id, before: before, after: nil, growth: [])
        }
        var growth: [DefectChange.Growth] = []
        if after.grade > before.grade { growth.append(.grade) }
        if let old = before.sizeMeters, let new = after.sizeMeters,
            new - old > limits.sizePixels * max(before.metersPerPixel ?? 0, after.metersPerPixel ?? 0),
            new > old * limits.sizeRatio
        {
            growth.append(.size)
        }
        if let old = before.deltaKelvin, let new = after.deltaKelvin, new - old >= limits.deltaKelvin {
            growth.append(.temperature)
        }
        return DefectChange(
            status: growth.isEmpty ? .still : .grown, id: id, before: before, after: after, growth: growth)
    }

    /// Whether the later flight's pictures held the place with a margin of a meter or its own size, whichever is more.
    private static func wasLookedAt(
        _ sighting: DefectSighting, _ coverage: FlightCoverage?, north: Double, east: Double
    ) -> Bool {
        guard let coverage, let place = sighting.place else { return false }
        // The coverage is in the later flight's own frame, the sighting in the earlier one's.
        let plane = LocalPlane(latitude: place.latitude, longitude: place.longitude)
        let seen = plane.degrees(.init(north: -north, east: -east))
        return coverage.contains(
            latitude: seen.latitude, longitude: seen.longitude, margin: max(1, sighting.sizeMeters ?? 0))
    }
}
