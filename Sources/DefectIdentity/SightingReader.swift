public import ShrikeCore

/// Makes sightings of alerts, one event after the other, in the form of `alerts.ndjson`.
public struct SightingReader: Sendable {
    private struct Group: Sendable {
        var best: JSONValue
        var rank: (Grade, Double)
        var first: MediaTime
        var last: MediaTime
        var picture: String?
        var places: [GroundPoint] = []
    }

    private var groups: [String: Group] = [:]
    private var order: [String] = []

    public init() {}

    /// - Throws: ``DefectIdentityError`` where a field is missing.
    public mutating func add(_ alert: JSONValue, at place: String) throws(DefectIdentityError) {
        guard alert["schema"]?.stringValue == Alert.schema, let id = alert["defect_id"]?.stringValue,
            let grade = alert["grade"]?.stringValue.flatMap(Grade.init(rawValue:)),
            let score = alert["score"]?.doubleValue, let state = alert["state"]?.stringValue,
            let time = alert["media_time_ms"]?.integerValue, let first = alert["first_seen_ms"]?.integerValue,
            alert["bbox"]?.arrayValue?.compactMap(\.doubleValue).count == 4, alert["class"]?.stringValue != nil,
            alert["ts"]?.stringValue.flatMap(Timestamp.init(rfc3339:)) != nil,
            (0...1 << 50).contains(first), (0...1 << 50).contains(time)
        else {
            throw DefectIdentityError(
                "no alert of schema \(Alert.schema) with all fields", at: place, remedy: "make the run again")
        }
        let seen = MediaTime(milliseconds: time)
        if groups[id] == nil { order.append(id) }
        var group =
            groups[id]
            ?? Group(best: alert, rank: (grade, score), first: MediaTime(milliseconds: first), last: seen)
        group.first = min(group.first, MediaTime(milliseconds: first))
        group.last = max(group.last, seen)
        let picture = Self.picture(alert)
        if state != Alert.State.end.rawValue {
            if (grade, score) > group.rank || group.best["state"]?.stringValue == Alert.State.end.rawValue {
                (group.best, group.rank) = (alert, (grade, score))
                group.picture = picture ?? group.picture
            }
            if let place = Self.place(alert["geo"]) { group.places.append(place) }
        }
        group.picture = group.picture ?? picture
        groups[id] = group
    }

    /// In the order of first events.
    public var sightings: [DefectSighting] {
        order.compactMap { id in groups[id].flatMap { Self.sighting(id, $0) } }
    }

    private static func sighting(_ id: String, _ group: Group) -> DefectSighting? {
        let alert = group.best
        guard let numbers = alert["bbox"]?.arrayValue?.compactMap(\.doubleValue), numbers.count == 4,
            let className = alert["class"]?.stringValue,
            let time = alert["ts"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        let box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
        let source = alert["source"]?["id"]?.stringValue ?? ""
        let pose = alert["pose"].map(Self.pose)
        let size = pose.flatMap {
            GroundSize.side(
                of: box, imageWidth: Int(clamping: alert["image"]?["w"]?.integerValue ?? 0),
                imageHeight: Int(clamping: alert["image"]?["h"]?.integerValue ?? 0), pose: $0)
        }
        var sighting = DefectSighting(
            defectID: id, pass: "\(alert["boot_id"]?.stringValue ?? "")/\(source)", source: source,
            className: className, grade: group.rank.0, score: group.rank.1, time: time,
            isTimeTrusted: alert["ts_quality"]?.stringValue != ClockQuality.unsynced.rawValue, firstSeen: group.first,
            lastSeen: group.last, place: mean(group.places) ?? Self.place(alert["geo"]), sizeMeters: size?.meters,
            metersPerPixel: size?.metersPerPixel, deltaKelvin: alert["thermal"]?["delta_k"]?.doubleValue,
            asset: alert["asset"]?["id"]?.stringValue ?? alert["asset"]?.stringValue, picture: group.picture, box: box)
        if let w = alert["image"]?["w"]?.doubleValue, let h = alert["image"]?["h"]?.doubleValue, w >= 1, h >= 1 {
            sighting.pictureAspect = h / w
        }
        sighting.showsBox = picture(alert) != nil && picture(alert) == group.picture
        return sighting
    }

    private static func picture(_ alert: JSONValue) -> String? {
        alert["evidence"]?.arrayValue?.first { $0["kind"]?.stringValue == EvidenceReference.Kind.image.rawValue }?[
            "path"]?.stringValue
    }

    /// Weighted by the inverse square of the errors, which do not shrink: most of an error is common to one flight.
    private static func mean(_ places: [GroundPoint]) -> GroundPoint? {
        guard var best = places.min(by: { $0.circularErrorMeters < $1.circularErrorMeters }) else { return nil }
        let plane = LocalPlane(latitude: best.latitude, longitude: best.longitude)
        var (north, east, weight) = (0.0, 0.0, 0.0)
        for place in places {
            let w = 1 / max(0.01, place.circularErrorMeters * place.circularErrorMeters)
            let offset = plane.offset(latitude: place.latitude, longitude: place.longitude)
            (north, east, weight) = (north + w * offset.north, east + w * offset.east, weight + w)
        }
        (best.latitude, best.longitude) = plane.degrees(.init(north: north / weight, east: east / weight))
        return best
    }

    static func place(_ value: JSONValue?) -> GroundPoint? {
        guard let latitude = value?["lat"]?.doubleValue, let longitude = value?["lon"]?.doubleValue,
            let error = value?["ce_m"]?.doubleValue, abs(latitude) <= 89.9, abs(longitude) <= 180, error >= 0,
            error.isFinite
        else { return nil }
        return GroundPoint(
            latitude: latitude, longitude: longitude, altitude: value?["alt_m"]?.doubleValue,
            circularErrorMeters: error,
            method: value?["method"]?.stringValue.flatMap(GroundPoint.Method.init(rawValue:)) ?? .none)
    }

    private static func pose(_ value: JSONValue) -> Pose {
        Pose(
            latitude: value["lat"]?.doubleValue, longitude: value["lon"]?.doubleValue,
            relativeAltitude: value["rel_alt_m"]?.doubleValue, yaw: value["yaw"]?.doubleValue,
            pitch: value["pitch"]?.doubleValue, roll: value["roll"]?.doubleValue,
            horizontalFieldOfView: value["hfov"]?.doubleValue)
    }
}
