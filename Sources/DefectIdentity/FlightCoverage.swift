public import ShrikeCore

/// The ground a flight really looked at: footprints of its pictures.
///
/// Only what was looked at can be called gone. Stored as GeoJSON, so that any map shows it.
public struct FlightCoverage: Hashable, Sendable {
    /// Corners of one picture on the ground, in order around it, each (latitude, longitude) in WGS84 degrees.
    public struct Footprint: Hashable, Sendable {
        public var corners: [GroundPoint]

        public init(corners: [GroundPoint]) { self.corners = corners }
    }

    public private(set) var footprints: [Footprint] = []
    /// Of the last footprint kept, to leave out pictures that show nearly the same.
    private var lastCenter: LocalPlane?
    private var lastReach = 0.0

    public init() {}

    public var isEmpty: Bool { footprints.isEmpty }

    /// Adds a picture's footprint; one that moved by less than a twelfth of its reach from the last is left out.
    public mutating func add(_ footprint: Footprint) {
        guard footprint.corners.count >= 3, let first = footprint.corners.first else { return }
        let n = Double(footprint.corners.count)
        let plane = LocalPlane(
            latitude: footprint.corners.reduce(0) { $0 + $1.latitude } / n,
            longitude: footprint.corners.reduce(0) { $0 + $1.longitude } / n)
        let reach = plane.offset(latitude: first.latitude, longitude: first.longitude).length
        if let lastCenter {
            let step = plane.offset(latitude: lastCenter.latitude, longitude: lastCenter.longitude).length
            guard step > reach / 12 || abs(reach - lastReach) > reach / 4 else { return }
        }
        (lastCenter, lastReach) = (plane, reach)
        footprints.append(footprint)
    }

    /// Whether some picture showed the place and everything within `margin` meters of it.
    public func contains(latitude: Double, longitude: Double, margin: Double) -> Bool {
        let plane = LocalPlane(latitude: latitude, longitude: longitude)
        return footprints.contains { footprint in
            let corners = footprint.corners.map { plane.offset(latitude: $0.latitude, longitude: $0.longitude) }
            return Self.depth(of: corners) >= margin
        }
    }

    /// Distance from the origin to the nearest edge where it lies inside, else -1.
    private static func depth(of corners: [LocalPlane.Offset]) -> Double {
        var inside = false
        var nearest = Double.infinity
        var a = corners[corners.count - 1]
        for b in corners {
            if (a.north > 0) != (b.north > 0), 0 < (b.east - a.east) * (0 - a.north) / (b.north - a.north) + a.east {
                inside.toggle()
            }
            let (dn, de) = (b.north - a.north, b.east - a.east)
            let square = dn * dn + de * de
            let t = square > 0 ? max(0, min(1, -(a.north * dn + a.east * de) / square)) : 0
            nearest = min(nearest, LocalPlane.Offset(north: a.north + t * dn, east: a.east + t * de).length)
            a = b
        }
        return inside ? nearest : -1
    }

    /// GeoJSON (RFC 7946): one feature with a polygon a footprint.
    public var json: JSONValue {
        func position(_ point: GroundPoint) -> JSONValue {
            .array([.number(point.longitude, decimals: 7), .number(point.latitude, decimals: 7)])
        }
        let polygons = footprints.map { footprint -> JSONValue in
            .array([.array((footprint.corners + footprint.corners.prefix(1)).map(position))])
        }
        return .object([
            "type": .string("FeatureCollection"),
            "features": .array([
                .object([
                    "type": .string("Feature"), "properties": .object(["shrike": .string("coverage")]),
                    "geometry": .object(["type": .string("MultiPolygon"), "coordinates": .array(polygons)]),
                ])
            ]),
        ])
    }

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: ``DefectIdentityError``.
    public init(parsing bytes: some Collection<UInt8>, place: String) throws(DefectIdentityError) {
        self.init()
        guard let value = try? JSONValue(parsing: bytes, maximumBytes: 256 << 20),
            let features = value["features"]?.arrayValue
        else { throw DefectIdentityError("no GeoJSON", at: place, remedy: "make the run again") }
        for polygon in features.flatMap({ $0["geometry"]?["coordinates"]?.arrayValue ?? [] }) {
            let ring = polygon.arrayValue?.first?.arrayValue ?? []
            let corners = ring.dropLast().compactMap { position -> GroundPoint? in
                let numbers = position.arrayValue?.compactMap(\.doubleValue) ?? []
                guard numbers.count >= 2, abs(numbers[1]) <= 90, abs(numbers[0]) <= 180 else { return nil }
                return GroundPoint(
                    latitude: numbers[1], longitude: numbers[0], circularErrorMeters: 0, method: .none)
            }
            guard corners.count >= 3, corners.count == ring.count - 1 else {
                throw DefectIdentityError("a footprint is no polygon", at: place, remedy: "make the run again")
            }
            footprints.append(Footprint(corners: corners))
        }
    }
}
