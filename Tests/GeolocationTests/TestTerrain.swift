import Foundation
import Geolocation

/// Heights from a formula: rolling hills, a ridge, a cliff; everywhere known but in a stated hole.
struct RollingTerrain: HeightField {
    var postSpacingMeters = 10.0
    var heightErrorMeters = 0.0
    var base = 200.0
    /// No height is known north of this latitude.
    var knownUpTo = 90.0

    func height(at place: Coordinate) -> Double? {
        guard place.latitude < knownUpTo else { return nil }
        // Some 700 m and 300 m from crest to crest.
        let (n, e) = (place.latitude * 111_000, place.longitude * 76_000)
        return base + 25 * sin(n / 111) * cos(e / 97) + 8 * sin(n / 47 + e / 61)
    }
}

struct LevelTerrain: HeightField {
    var postSpacingMeters = 30.0
    var heightErrorMeters = 0.0
    var level = 500.0

    func height(at place: Coordinate) -> Double? { level }
}

/// Files of height grids made by the tests.
enum TerrainFiles {
    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "geolocation-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }()

    /// An SRTM tile of 1201 x 1201 posts: rows from the north, big-endian, the name gives the south-west corner.
    static func hgt(_ name: String, _ height: (_ row: Int, _ column: Int) -> Int16) throws -> String {
        var bytes = Data(capacity: 1201 * 1201 * 2)
        for row in 0..<1201 {
            for column in 0..<1201 {
                let value = UInt16(bitPattern: height(row, column))
                bytes.append(UInt8(value >> 8))
                bytes.append(UInt8(value & 255))
            }
        }
        let file = folder.appending(path: name)
        try bytes.write(to: file)
        return file.path
    }

    /// An Arc/Info ASCII grid with a reference system beside it: GDAL reads both.
    static func asciiGrid(
        _ name: String, west: Double, south: Double, step: Double, projection: String?, rows: [[Double]]
    ) throws -> String {
        let file = folder.appending(path: name + ".asc")
        let head =
            "ncols \(rows[0].count)\nnrows \(rows.count)\nxllcorner \(west)\nyllcorner \(south)\ncellsize \(step)\n"
            + "NODATA_value -9999\n"
        let text = head + rows.map { $0.map { String($0) }.joined(separator: " ") }.joined(separator: "\n") + "\n"
        try text.write(to: file, atomically: true, encoding: .utf8)
        if let projection {
            try projection.write(to: folder.appending(path: name + ".prj"), atomically: true, encoding: .utf8)
        }
        return file.path
    }

    /// A GeoTIFF of 32-bit floats in degrees (GeoTIFF 1.1, geographic 2D, EPSG:4326), -9999 where nothing is known.
    static func geoTIFF(_ name: String, west: Double, north: Double, step: Double, rows: [[Float]]) throws -> String {
        func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        func doubles(_ values: [Double]) -> [UInt8] { values.flatMap { little($0.bitPattern) } }
        let pixels = rows.joined().flatMap { little($0.bitPattern) }
        let keys: [UInt16] = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326]
        // Tag, type (2 text, 3 short, 4 long, 12 double), count, value; long values go behind the directory.
        let entries: [(tag: UInt16, type: UInt16, count: Int, value: [UInt8])] = [
            (256, 4, 1, little(UInt32(rows[0].count))), (257, 4, 1, little(UInt32(rows.count))),
            (258, 3, 1, little(UInt16(32))), (259, 3, 1, little(UInt16(1))), (262, 3, 1, little(UInt16(1))),
            (273, 4, 1, little(UInt32(8))), (277, 3, 1, little(UInt16(1))), (278, 4, 1, little(UInt32(rows.count))),
            (279, 4, 1, little(UInt32(pixels.count))), (339, 3, 1, little(UInt16(3))),
            (33550, 12, 3, doubles([step, step, 0])), (33922, 12, 6, doubles([0, 0, 0, west, north, 0])),
            (34735, 3, keys.count, keys.flatMap { little($0) }), (42113, 2, 6, Array("-9999\0".utf8)),
        ]
        var directory = little(UInt16(entries.count))
        var behind: [UInt8] = []
        let start = 8 + pixels.count
        let end = start + 2 + entries.count * 12 + 4
        for entry in entries {
            directory += little(entry.tag) + little(entry.type) + little(UInt32(entry.count))
            if entry.value.count <= 4 {
                directory += entry.value + [UInt8](repeating: 0, count: 4 - entry.value.count)
            } else {
                directory += little(UInt32(end + behind.count))
                behind += entry.value
            }
        }
        let head = Array("II*\0".utf8) + little(UInt32(start))
        let file = folder.appending(path: name)
        try Data(head + pixels + directory + [0, 0, 0, 0] + behind).write(to: file)
        return file.path
    }

    static let utm32 = """
        PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,\
        298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],\
        PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],\
        PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]
        """
}
