/// Reader of asset lists as tables: a header row, then one asset a row.
///
/// | column | meaning |
/// |---|---|
/// | `id` | needed, each once |
/// | `name`, `kind` (or `type`) | words for people |
/// | `lat`, `lon` (or `latitude`, `longitude`) | WGS84 degrees, needed |
/// | `lat2`, `lon2` | other end: the asset is a line |
/// | `reach_m` | how far from it a defect still belongs to it |
///
/// Columns in any order and case, others are ignored; separated by commas, semicolons or tabs; quotes as in RFC 4180.
public enum CSVAssets {
    private enum Meaning: Hashable { case id, name, kind, latitude, longitude, latitude2, longitude2, reach }

    private static let names: [String: Meaning] = [
        "id": .id, "name": .name, "kind": .kind, "type": .kind, "lat": .latitude, "latitude": .latitude,
        "lon": .longitude, "lng": .longitude, "longitude": .longitude, "lat2": .latitude2, "lon2": .longitude2,
        "reach_m": .reach,
    ]

    /// - Throws: ``GeolocationError`` that names the lines with mistakes; then nothing of the list is used.
    public static func parse(_ bytes: [UInt8], file: String) throws(GeolocationError) -> [Asset] {
        try AssetLimits.check(byteCount: bytes.count, file: file)
        guard !bytes.contains(0) else {
            throw GeolocationError(
                "this is no text, so no table", at: file, remedy: "export the assets as CSV in UTF-8")
        }
        var rows = DelimitedRows(bytes)
        var columns: [Meaning: Int] = [:]
        for (index, name) in (rows.next()?.fields ?? []).enumerated() {
            // The first of two equal columns counts.
            if let meaning = names[name.lowercased()], columns[meaning] == nil { columns[meaning] = index }
        }
        guard columns[.id] != nil, columns[.latitude] != nil, columns[.longitude] != nil else {
            throw GeolocationError(
                "no header row with id, lat and lon", at: "\(file):1",
                remedy: "name the columns, e.g. id,name,kind,lat,lon,lat2,lon2")
        }
        var assets: [Asset] = []
        var problems: [AssetProblem] = []
        var ids: Set<String> = []
        while let row = rows.next() {
            do throws(AssetProblem) {
                let asset = try asset(row, columns)
                guard ids.insert(asset.id).inserted else {
                    throw AssetProblem(place: "line \(row.line)", what: "id \(asset.id) is there twice")
                }
                assets.append(asset)
            } catch {
                problems.append(error)
            }
            guard assets.count + problems.count <= AssetLimits.assets else {
                throw GeolocationError(
                    "more than \(AssetLimits.assets) assets", at: "\(file):\(row.line)",
                    remedy: "cut the list to the region that is flown")
            }
        }
        try AssetLimits.check(problems, file: file)
        guard !assets.isEmpty else {
            throw GeolocationError("the asset list has a header and no assets", at: file, remedy: "export it again")
        }
        return assets
    }

    private static func asset(_ row: DelimitedRows.Row, _ columns: [Meaning: Int]) throws(AssetProblem) -> Asset {
        let place = "line \(row.line)"
        func field(_ meaning: Meaning) -> String? {
            guard let index = columns[meaning], row.fields.indices.contains(index) else { return nil }
            return row.fields[index].isEmpty ? nil : row.fields[index]
        }
        func coordinate(_ latitude: Meaning, _ longitude: Meaning) throws(AssetProblem) -> Coordinate? {
            let texts = (field(latitude), field(longitude))
            if texts.0 == nil, texts.1 == nil { return nil }
            guard let latitude = texts.0.flatMap(Double.init), let longitude = texts.1.flatMap(Double.init) else {
                throw AssetProblem(place: place, what: "latitude and longitude are decimal degrees, both or neither")
            }
            let coordinate = Coordinate(latitude: latitude, longitude: longitude)
            guard coordinate.isPlausible else {
                throw AssetProblem(place: place, what: "\(latitude), \(longitude) is no place on Earth")
            }
            return coordinate
        }
        guard let id = AssetLimits.name(field(.id)) else {
            throw AssetProblem(place: place, what: "the id is missing or longer than \(AssetLimits.textBytes) bytes")
        }
        guard let first = try coordinate(.latitude, .longitude) else {
            throw AssetProblem(place: place, what: "latitude and longitude are missing")
        }
        let second = try coordinate(.latitude2, .longitude2)
        var reach = Asset.usualReach
        if let text = field(.reach) {
            guard let meters = Double(text).flatMap(AssetLimits.reach) else {
                throw AssetProblem(place: place, what: "reach_m is no length in meters")
            }
            reach = meters
        }
        return Asset(
            id: id, name: AssetLimits.name(field(.name)), kind: AssetLimits.name(field(.kind)),
            outline: second == nil ? .point : .line, parts: [[first] + (second.map { [$0] } ?? [])], reachMeters: reach)
    }
}
