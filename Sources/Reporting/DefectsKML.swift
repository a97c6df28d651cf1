import Foundation
import ShrikeCore

/// `defects.kml` (OGC KML 2.2): one placemark per defect whose place is known, a point and the circle of its error,
/// colored by grade.
public struct DefectsKML: Sendable {
    /// Corners of the polygon that stands for a circle; its edges lie inside of it by at most 0.4 %.
    static let corners = 36

    /// The document, its end of line included.
    public let text: String
    /// Defects left out because nothing tells where they are.
    public let withoutPlace: Int

    /// - Parameter name: Title of the document, e.g. the name of the run.
    public init(_ defects: [DefectReport], name: String = "Shrike") {
        let placemarks = defects.compactMap(Self.placemark)
        withoutPlace = defects.count - placemarks.count
        text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <kml xmlns="http://www.opengis.net/kml/2.2">
            <Document>
            <name>\(Self.escaped(name))</name>
            \(Grade.allCases.map(Self.style).joined(separator: "\n"))
            \(placemarks.map { $0 + "\n" }.joined())</Document>
            </kml>

            """
    }

    private static func style(_ grade: Grade) -> String {
        // KML writes alpha, blue, green, red.
        let color =
            switch grade {
            case .info: "b0a090"
            case .general: "d08a3c"
            case .serious: "1e96f0"
            case .critical: "2a2ad8"
            }
        return """
            <Style id="\(grade.rawValue)"><IconStyle><color>ff\(color)</color></IconStyle>\
            <LineStyle><color>ff\(color)</color><width>2</width></LineStyle>\
            <PolyStyle><color>40\(color)</color></PolyStyle></Style>
            """
    }

    private static func placemark(_ defect: DefectReport) -> String? {
        guard let place = defect.place, abs(place.latitude) <= 90, abs(place.longitude) <= 180 else { return nil }
        let alert = defect.best
        var data = [
            ("defect_id", alert.defectID), ("class", alert.className), ("grade", alert.grade.rawValue),
            ("score", number(alert.score, 4)), ("source", alert.source.id),
            ("seen_in_frames", String(defect.count)), ("error_m", number(place.circularErrorMeters, 2)),
            ("method", place.method.rawValue),
        ]
        if let id = defect.siteDefectID { data.append(("site_defect_id", id)) }
        if let asset = defect.asset {
            data.append(("asset_id", asset.id))
            if let name = asset.name { data.append(("asset_name", name)) }
            if let kind = asset.kind { data.append(("asset_kind", kind)) }
            data.append(("asset_probability", number(asset.probability, 3)))
            data.append(("asset_distance_m", number(asset.distanceMeters, 2)))
        }
        if let delta = alert.thermal?.deltaKelvin { data.append(("delta_k", number(delta, 2))) }
        if let picture = defect.evidence.first(where: { $0.kind == .image }) {
            data.append(("evidence", "evidence/" + picture.path))
        }
        let fields = data.map { "<Data name=\"\($0.0)\"><value>\(escaped($0.1))</value></Data>" }.joined()
        // Heights of places are the terrain's or unknown, so the viewer lays everything on its own ground.
        return """
            <Placemark id="d\(escaped(alert.defectID))"><name>\(escaped(title(defect)))</name>\
            <TimeStamp><when>\(escaped(alert.time.rfc3339))</when></TimeStamp>\
            <styleUrl>#\(alert.grade.rawValue)</styleUrl><ExtendedData>\(fields)</ExtendedData>\
            <MultiGeometry><Point><coordinates>\(position(place.latitude, place.longitude))</coordinates></Point>\
            \(circle(place))</MultiGeometry></Placemark>
            """
    }

    private static func title(_ defect: DefectReport) -> String {
        let asset = defect.asset.map { " · " + ($0.name ?? $0.id) } ?? ""
        return "\(defect.best.className) (\(defect.best.grade.rawValue))\(asset)"
    }

    /// Empty where the error is none, or too large to be drawn on a map.
    private static func circle(_ place: GroundPoint) -> String {
        let radius = place.circularErrorMeters
        guard radius.isFinite, radius > 0, radius <= 50_000, abs(place.latitude) <= 89 else { return "" }
        // Meters of a degree on WGS84 (series of the meridian's and parallel's arc).
        let p = place.latitude * .pi / 180
        let perLatitude = 111_132.954 - 559.822 * cos(2 * p) + 1.175 * cos(4 * p)
        let perLongitude = 111_412.84 * cos(p) - 93.5 * cos(3 * p) + 0.118 * cos(5 * p)
        // Rings are closed and go against the clock.
        let ring = (0...corners).map { step in
            let angle = 2 * Double.pi * Double(step % corners) / Double(corners)
            let longitude = place.longitude + radius * cos(angle) / perLongitude
            return position(
                place.latitude + radius * sin(angle) / perLatitude,
                longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude)
        }
        return "<Polygon><outerBoundaryIs><LinearRing><coordinates>\(ring.joined(separator: " "))</coordinates>"
            + "</LinearRing></outerBoundaryIs></Polygon>"
    }

    private static func position(_ latitude: Double, _ longitude: Double) -> String {
        number(longitude, 7) + "," + number(latitude, 7)
    }

    private static func number(_ value: Double, _ decimals: Int) -> String {
        JSONValue.number(value, decimals: decimals).canonicalText
    }

    /// Text for XML 1.0, which forbids two characters beyond those of HTML.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in HTML.escaped(text).unicodeScalars {
            out.unicodeScalars.append(scalar.value == 0xFFFE || scalar.value == 0xFFFF ? "\u{FFFD}" : scalar)
        }
        return out
    }
}
