import Foundation
import Reporting
import ShrikeCore
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Defects as KML and CSV")
struct DefectFilesTests {
    static let place = GroundPoint(
        latitude: 47.3, longitude: 8.5, altitude: 512.5, circularErrorMeters: 20, method: .srt)

    static func defects() -> [DefectReport] {
        var alert = SampleRun.alert(1, place: place)
        alert.asset = AssetReference(
            id: "T<1>", name: "Tower \"7\", north & east", kind: "tower", probability: 0.8125, distanceMeters: 3.456)
        return DefectReport.grouped([alert, SampleRun.alert(2)])
    }

    @Test("KML is well-formed, names the asset and draws the error as a closed circle")
    func kml() throws {
        let document = DefectsKML(Self.defects(), name: "run <1> & more\u{FFFE}")
        #expect(document.withoutPlace == 1)
        let reader = KMLReader()
        let parser = XMLParser(data: Data(document.text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.texts["name"]?.first == "run <1> & more\u{FFFD}")
        #expect(reader.texts["name"]?.last == "hot_cell (serious) · Tower \"7\", north & east")
        #expect(reader.texts["value"]?.contains("T<1>") == true)
        #expect(reader.texts["coordinates"]?.first == "8.5,47.3")
        let ring = try #require(reader.texts["coordinates"]?.last).split(separator: " ")
            .map { $0.split(separator: ",").compactMap { Double($0) } }
        #expect(ring.count == 37)
        #expect(ring.first == ring.last)
        for corner in ring {
            let north = (corner[1] - 47.3) * .pi / 180 * 6_369_800
            let east = (corner[0] - 8.5) * .pi / 180 * 6_389_700 * cos(47.3 * .pi / 180)
            #expect(abs((north * north + east * east).squareRoot() - 20) < 0.1)
        }
    }

    @Test("CSV holds every defect, placed or not, with fields quoted as RFC 4180 says")
    func csv() throws {
        let lines = DefectsCSV(Self.defects()).text.components(separatedBy: "\r\n")
        #expect(lines.count == 4)
        #expect(lines[0] == DefectsCSV.columns.joined(separator: ","))
        let row = try #require(lines.first { $0.contains("47.3") })
        #expect(row.contains(",47.3,8.5,512.5,20,srt,T<1>,\"Tower \"\"7\"\", north & east\",tower,0.813,3.46,12.5,"))
        let other = try #require(lines.first { $0.contains(",,,,,") })
        #expect(other.split(separator: ",", omittingEmptySubsequences: false).count == DefectsCSV.columns.count)
        #expect(DefectsCSV([]).text.components(separatedBy: "\r\n").count == 2)
    }

    @Test("GeoJSON carries the asset of the place it shows")
    func geojson() throws {
        let text = DefectsGeoJSON(Self.defects()).text
        let feature = try #require(
            JSONValue(parsing: Array(text.utf8))["features"]?.arrayValue?.first)
        #expect(feature["properties"]?["asset"]?["id"]?.stringValue == "T<1>")
        #expect(feature["properties"]?["asset"]?["probability"]?.doubleValue == 0.813)
        #expect(feature["properties"]?["asset"]?["distance_m"]?.doubleValue == 3.46)
    }

    /// Texts of elements by name, in order.
    private final class KMLReader: NSObject, XMLParserDelegate {
        var texts: [String: [String]] = [:]
        private var text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) { text = "" }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            texts[name, default: []].append(text)
            text = ""
        }
    }
}
