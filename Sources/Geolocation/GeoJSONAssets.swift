import ShrikeCore

/// Reader of asset lists in GeoJSON (RFC 7946): a feature collection, or one feature.
///
/// Geometry: Point, LineString, Polygon and their Multi forms; other dimensions than the first two of a position are
/// left out. Properties: `id` (or the feature's own id, or `name`), `name`, `kind` (or `type`), `reach_m`.
public enum GeoJSONAssets {
    /// - Throws: ``GeolocationError`` that names the features with mistakes; then nothing of the list is used.
    public static func parse(_ bytes: [UInt8], file: String) throws(GeolocationError) -> [Asset] {
        try AssetLimits.check(byteCount: bytes.count, file: file)
        let document: JSONValue
        do {
            let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            document = try JSONValue(parsing: bytes.dropFirst(mark), maximumBytes: AssetLimits.fileBytes)
        } catch {
            throw GeolocationError("the asset list is \(error)", at: file, remedy: "export it again as GeoJSON")
        }
        let features: [JSONValue]
        switch document["type"]?.stringValue {
        case "FeatureCollection": features = document["features"]?.arrayValue ?? []
        case "Feature": features = [document]
        default:
            throw GeolocationError(
                "this is no GeoJSON feature collection", at: file, remedy: "export the assets as GeoJSON features")
        }
        guard !features.isEmpty, features.count <= AssetLimits.assets else {
            throw GeolocationError(
                "the list has \(features.count) features; 1 to \(AssetLimits.assets) are taken", at: file,
                remedy: "export the region that is flown")
        }
        var assets: [Asset] = []
        var problems: [AssetProblem] = []
        var ids: Set<String> = []
        var vertices = 0
        for (index, feature) in features.enumerated() {
            do throws(AssetProblem) {
                let asset = try asset(feature, number: index + 1)
                vertices += asset.parts.reduce(0) { $0 + $1.count }
                guard ids.insert(asset.id).inserted else {
                    throw AssetProblem(place: "feature \(index + 1) (\(asset.id))", what: "the id is there twice")
                }
                assets.append(asset)
            } catch {
                problems.append(error)
            }
            guard vertices <= AssetLimits.vertices else {
                throw GeolocationError(
                    "the list has more than \(AssetLimits.vertices) vertices", at: file,
                    remedy: "simplify the outlines")
            }
        }
        try AssetLimits.check(problems, file: file)
        return assets
    }

    private static func asset(_ feature: JSONValue, number: Int) throws(AssetProblem) -> Asset {
        let properties = feature["properties"]
        func text(_ value: JSONValue?) -> String? {
            AssetLimits.name(value?.stringValue ?? value?.integerValue.map { String($0) })
        }
        let name = text(properties?["name"])
        guard let id = text(properties?["id"]) ?? text(feature["id"]) ?? name else {
            throw AssetProblem(place: "feature \(number)", what: "it has no id")
        }
        let place = "feature \(number) (\(id))"
        guard feature["type"]?.stringValue == "Feature" else {
            throw AssetProblem(place: place, what: "it is no Feature")
        }
        var reach = Asset.usualReach
        if let value = properties?["reach_m"], value != .null {
            guard let meters = value.doubleValue.flatMap(AssetLimits.reach) else {
                throw AssetProblem(place: place, what: "reach_m is no length in meters")
            }
            reach = meters
        }
        let (outline, parts) = try geometry(feature["geometry"], place: place)
        return Asset(
            id: id, name: name, kind: text(properties?["kind"]) ?? text(properties?["type"]), outline: outline,
            parts: parts, reachMeters: reach)
    }

    private static func geometry(
        _ value: JSONValue?, place: String
    ) throws(AssetProblem) -> (Asset.Outline, [[Coordinate]]) {
        let coordinates = value?["coordinates"]
        let type = value?["type"]?.stringValue ?? "none"
        let outline: Asset.Outline
        let lists: [JSONValue]
        switch type {
        case "Point": (outline, lists) = (.point, coordinates.map { [.array([$0])] } ?? [])
        case "MultiPoint": (outline, lists) = (.point, (coordinates?.arrayValue ?? []).map { .array([$0]) })
        case "LineString": (outline, lists) = (.line, coordinates.map { [$0] } ?? [])
        case "MultiLineString": (outline, lists) = (.line, coordinates?.arrayValue ?? [])
        case "Polygon": (outline, lists) = (.area, coordinates?.arrayValue ?? [])
        case "MultiPolygon":
            (outline, lists) = (.area, (coordinates?.arrayValue ?? []).flatMap { $0.arrayValue ?? [] })
        default: throw AssetProblem(place: place, what: "geometry \(type) is no point, line or polygon")
        }
        var parts: [[Coordinate]] = []
        var count = 0
        for list in lists {
            var part: [Coordinate] = []
            for position in list.arrayValue ?? [] {
                guard let numbers = position.arrayValue, numbers.count >= 2, let longitude = numbers[0].doubleValue,
                    let latitude = numbers[1].doubleValue
                else { throw AssetProblem(place: place, what: "a position is [longitude, latitude]") }
                let coordinate = Coordinate(latitude: latitude, longitude: longitude)
                guard coordinate.isPlausible else {
                    throw AssetProblem(
                        place: place, what: "[\(longitude), \(latitude)] is no place on Earth (longitude comes first)")
                }
                part.append(coordinate)
                count += 1
                guard count <= AssetLimits.verticesPerAsset else {
                    throw AssetProblem(place: place, what: "more than \(AssetLimits.verticesPerAsset) vertices")
                }
            }
            guard part.count >= (outline == .point ? 1 : outline == .line ? 2 : 4) else {
                throw AssetProblem(place: place, what: "\(type) with too few positions")
            }
            if outline == .area, part.first != part.last {
                throw AssetProblem(place: place, what: "the ring is not closed")
            }
            parts.append(part)
        }
        guard !parts.isEmpty else { throw AssetProblem(place: place, what: "\(type) without coordinates") }
        return (outline, parts)
    }
}
