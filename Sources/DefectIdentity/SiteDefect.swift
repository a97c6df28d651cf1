public import ShrikeCore

/// A physical defect of a site with everything that was seen of it.
public struct SiteDefect: Hashable, Sendable {
    /// What one flight saw of it.
    public struct Visit: Hashable, Sendable {
        /// ``SiteRegistry/Flight/id``.
        public var flight: String
        public var time: Timestamp
        public var className: String
        public var grade: Grade
        public var score: Double
        /// In the site's frame: the flight's shift is taken out.
        public var place: GroundPoint?
        public var sizeMeters: Double?
        public var metersPerPixel: Double?
        public var deltaKelvin: Double?
        public var asset: String?
        public var appearance: AppearanceDescriptor?
        /// Every ``Alert/defectID`` of this defect in this flight, sorted.
        public var defectIDs: [String]
        /// Picture below the run's evidence folder.
        public var picture: String?
    }

    /// Stable over runs, e.g. `D-3f9a01c27be4`: from the ``Alert/defectID`` of its first sighting.
    public var id: String
    /// By time, oldest first; never empty.
    public var visits: [Visit]

    public var firstSeen: Timestamp { visits.first?.time ?? Timestamp(microseconds: 0) }
    public var lastSeen: Timestamp { visits.last?.time ?? Timestamp(microseconds: 0) }
    public var className: String { visits.last?.className ?? "" }
    public var grade: Grade { visits.last?.grade ?? .info }
    public var asset: String? { visits.last { $0.asset != nil }?.asset }
    public var appearance: AppearanceDescriptor? { visits.last { $0.appearance != nil }?.appearance }
    public var sizeMeters: Double? { visits.last { $0.sizeMeters != nil }?.sizeMeters }

    /// Mean of the places of all flights; the error falls with the square root of their number, to half at most.
    public var place: GroundPoint? {
        let places = visits.compactMap(\.place)
        guard var mean = places.first else { return nil }
        let plane = LocalPlane(latitude: mean.latitude, longitude: mean.longitude)
        let offsets = places.map { plane.offset(latitude: $0.latitude, longitude: $0.longitude) }
        let n = Double(places.count)
        (mean.latitude, mean.longitude) = plane.degrees(
            .init(
                north: offsets.reduce(0) { $0 + $1.north } / n, east: offsets.reduce(0) { $0 + $1.east } / n))
        let smallest = places.map(\.circularErrorMeters).min() ?? mean.circularErrorMeters
        mean.circularErrorMeters = max(smallest / 2, smallest / n.squareRoot())
        return mean
    }
}
