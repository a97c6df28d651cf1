public import ShrikeCore

/// `defects.geojson` (RFC 7946): one point per defect whose place is known, with the radius of its error.
public struct DefectsGeoJSON: Sendable {
    public var json: JSONValue
    /// Defects left out because nothing tells where they are.
    public var withoutPlace: Int

    public init(_ defects: [DefectReport]) {
        let features = defects.compactMap(Self.feature)
        json = .object(["type": .string("FeatureCollection"), "features": .array(features)])
        withoutPlace = defects.count - features.count
    }

    public var isEmpty: Bool { json["features"]?.arrayValue?.isEmpty ?? true }

    /// The document, its end of line included.
    public var text: String { json.canonicalText + "\n" }

    private static func feature(_ defect: DefectReport) -> JSONValue? {
        guard let place = defect.place, abs(place.latitude) <= 90, abs(place.longitude) <= 180 else { return nil }
        let alert = defect.best
        var position: [JSONValue] = [.number(place.longitude, decimals: 7), .number(place.latitude, decimals: 7)]
        if let altitude = place.altitude { position.append(.number(altitude, decimals: 2)) }
        return .object([
            "type": .string("Feature"), "id": .string(alert.defectID),
            "geometry": .object(["type": .string("Point"), "coordinates": .array(position)]),
            "properties": .object(compacting: [
                "site_defect_id": defect.siteDefectID.map { .string($0) }, "class": .string(alert.className),
                "grade": .string(alert.grade.rawValue),
                "score": .number(alert.score, decimals: 4), "source": .string(alert.source.id),
                "time": .string(alert.time.rfc3339), "media_time_ms": .integer(alert.mediaTime.milliseconds),
                "frame_no": .integer(alert.frameIndex), "seen_in_frames": .integer(Int64(defect.count)),
                "error_m": .number(place.circularErrorMeters, decimals: 2),
                "method": .string(place.method.rawValue),
                "asset": defect.asset?.json,
                "delta_k": alert.thermal?.deltaKelvin.map { .number($0, decimals: 2) },
                "evidence": defect.evidence.first { $0.kind == .image }.map { .string("evidence/" + $0.path) },
                "model": .string("\(alert.lineage.scene.name)@\(alert.lineage.scene.version)"),
            ]),
        ])
    }
}
