import Foundation
import Geolocation
import ShrikeCore
import TestKit
import Testing

@Suite("Asset lists")
struct AssetListTests {
    private func geojson(_ features: String) -> [UInt8] {
        Array(#"{"type":"FeatureCollection","features":[\#(features)]}"#.utf8)
    }

    @Test("towers, spans and panels come from GeoJSON")
    func features() throws {
        let assets = try GeoJSONAssets.parse(
            geojson(
                #"{"type":"Feature","properties":{"id":"T1","name":"Tower 1","kind":"tower","reach_m":12},"geometry":{"type":"Point","coordinates":[8.5,46.5,700]}},"#
                    + #"{"type":"Feature","id":7,"properties":{"kind":"span"},"geometry":{"type":"LineString","coordinates":[[8.5,46.5],[8.6,46.5]]}},"#
                    + #"{"type":"Feature","properties":{"name":"Table 3","type":"panel"},"geometry":{"type":"Polygon","coordinates":[[[8,46],[8.1,46],[8.1,46.1],[8,46]]]}}"#
            ), file: "a.geojson")
        #expect(assets.map(\.id) == ["T1", "7", "Table 3"])
        #expect(assets.map(\.kind) == ["tower", "span", "panel"])
        #expect(assets.map(\.outline) == [.point, .line, .area])
        #expect(assets.map(\.reachMeters) == [12, 5, 5])
        #expect(assets[0].parts == [[Coordinate(latitude: 46.5, longitude: 8.5)]])
    }

    @Test("mistakes in GeoJSON are named by feature, all of them at once")
    func namedFeatures() {
        let error = #expect(throws: GeolocationError.self) {
            try GeoJSONAssets.parse(
                geojson(
                    #"{"type":"Feature","properties":{"id":"A"},"geometry":{"type":"Point","coordinates":[8.5,146.5]}},"#
                        + #"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[8,46]}},"#
                        + #"{"type":"Feature","properties":{"id":"C"},"geometry":{"type":"Circle"}},"#
                        + #"{"type":"Feature","properties":{"id":"D"},"geometry":{"type":"LineString","coordinates":[[8,46]]}}"#
                ), file: "a.geojson")
        }
        let what = error?.what ?? ""
        for part in [
            "feature 1 (A): [8.5, 146.5] is no place", "feature 2: it has no id", "feature 3 (C): geometry Circle",
            "feature 4 (D): LineString with too few",
        ] { #expect(what.contains(part), "\(what)") }
    }

    @Test("a table gives points and lines, whatever its separator and quotes")
    func table() throws {
        let text =
            "\u{FEFF}ID;Name;Kind;LAT;LON;Lat2;Lon2;reach_m\r\n"
            + "T1;\"Tower; \"\"north\"\"\";tower;46.5;8.5;;;15\r\n\r\nS1;;span;46.5;8.5;46.6;8.5;\r\n"
        let assets = try CSVAssets.parse(Array(text.utf8), file: "a.csv")
        #expect(assets.count == 2)
        #expect(assets[0].name == "Tower; \"north\"")
        #expect(assets[0].reachMeters == 15)
        #expect(assets[1].outline == .line)
        #expect(assets[1].name == nil)
        #expect(try AssetIndex(parsing: Array(text.utf8), file: "a.csv").assets == assets)
    }

    @Test("mistakes in a table are named by line")
    func namedLines() {
        let text = "id,name,kind,lat,lon\nA,\"two\nlines\",tower,46,8\nB,,,x,8\n,,,46,8\nA,,,46,8\nE,,,0,0\nF,,,46,\n"
        let error = #expect(throws: GeolocationError.self) { try CSVAssets.parse(Array(text.utf8), file: "a.csv") }
        let what = error?.what ?? ""
        for part in [
            "line 4: latitude and longitude are decimal", "line 5: the id is missing", "line 6: id A is there twice",
            "line 7: 0.0, 0.0 is no place", "line 8: latitude and longitude are decimal",
        ] { #expect(what.contains(part), "\(what)") }
        #expect(throws: GeolocationError.self) { try CSVAssets.parse(Array("a,b\n1,2\n".utf8), file: "a.csv") }
        #expect(throws: GeolocationError.self) { try CSVAssets.parse([], file: "a.csv") }
    }

    @Test("2,000 mutations of either list are read or refused, never a trap")
    func mutations() throws {
        let lists = [
            geojson(
                #"{"type":"Feature","properties":{"id":"T1","reach_m":1e3},"geometry":{"type":"MultiPolygon","coordinates":[[[[8,46],[8.1,46],[8.1,46.1],[8,46]]]]}}"#
            ),
            Array("id,name,kind,lat,lon,lat2,lon2,reach_m\nT1,\"a\"\"b\",tower,46.5,8.5,46.6,8.6,4\n".utf8),
        ]
        var random = SeededRandom(seed: 31)
        var accepted = 0
        for round in 0..<2000 {
            var bytes = lists[round % 2]
            for _ in 0...Int(random.next() % 4) {
                let at = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: at)
                default: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: at)
                }
            }
            if let index = try? AssetIndex(parsing: bytes, file: "m") {
                accepted += 1
                let place = AssetIndexTests.point(0, 0, error: 10)
                #expect(index.nearest(to: place).allSatisfy { (0...1).contains($0.probability) })
            }
        }
        #expect(accepted > 0)
    }
}
