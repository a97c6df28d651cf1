public import ShrikeCore

/// All defects of a site over its flights: what gives the same physical defect the same id again and again.
///
/// A value without files or clocks. The same sightings registered twice change nothing, and their order never matters.
public struct SiteRegistry: Hashable, Sendable {
    /// A stretch of time in which the error of the places was nearly the same.
    public struct Flight: Hashable, Sendable {
        /// Time of its first sighting, or the run where no clock is trusted.
        public var id: String
        public var begin: Timestamp
        public var end: Timestamp
        /// What is added to its places, meters.
        public var shiftNorth: Double
        public var shiftEast: Double
        /// Deviation of its places after that, one axis, meters.
        public var residual: Double
        /// Whether the shift is known: other flights of the site saw the same defects.
        public var isAligned: Bool
    }

    public static let schema = "shrike.defects/1"

    public var site: String
    public internal(set) var flights: [Flight]
    /// By id.
    public internal(set) var defects: [SiteDefect]

    public init(site: String) { (self.site, flights, defects) = (site, [], []) }

    /// ``SiteDefect/id`` by ``Alert/defectID``, of all flights.
    public var siteDefectIDs: [String: String] {
        var ids: [String: String] = [:]
        for defect in defects { for visit in defect.visits { for id in visit.defectIDs { ids[id] = defect.id } } }
        return ids
    }

    /// Takes the sightings of one run, or of many, and returns ``SiteDefect/id`` by ``Alert/defectID`` for them.
    ///
    /// Sightings of known alerts keep their identity. Sightings without a place are defects of their own.
    @discardableResult
    public mutating func register(
        _ sightings: [DefectSighting], classes: ClassCompatibility = .standard
    ) -> [String: String] {
        var unique: [String: DefectSighting] = [:]
        for sighting in sightings { unique[sighting.defectID] = sighting }
        let sorted = unique.values.sorted { ($0.time, $0.defectID) < ($1.time, $1.defectID) }
        var registration = Registration(registry: self, sightings: sorted, classes: classes)
        registration.run()
        self = registration.registry
        let all = siteDefectIDs
        return Dictionary(uniqueKeysWithValues: sorted.compactMap { s in all[s.defectID].map { (s.defectID, $0) } })
    }
}
