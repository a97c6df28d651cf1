import Foundation
import Geolocation
import TestKit
import Testing

@Suite("Terrain files")
struct TerrainModelTests {
    /// Whether GDAL is there at all; without it the terrain is an option that is not installed.
    static let isAvailable: Bool = {
        guard let path = try? TerrainFiles.hgt("S45W070.hgt", { _, _ in 1 }) else { return false }
        do throws(GeolocationError) {
            _ = try TerrainModel(path: path)
            return true
        } catch {
            return !error.what.contains("is not installed")
        }
    }()

    @Test("heights of an SRTM tile stand at its posts and are bilinear between them", .enabled(if: isAvailable))
    func srtm() throws {
        let path = try TerrainFiles.hgt("N46E008.hgt") { row, column in Int16(row * 2 + column) }
        let terrain = try TerrainModel(path: path)
        #expect(terrain.columns == 1201)
        #expect(terrain.rows == 1201)
        func post(_ row: Double, _ column: Double) -> Coordinate {
            Coordinate(latitude: 47 - row / 1200, longitude: 8 + column / 1200)
        }
        for (row, column) in [(0.0, 0.0), (1200, 1200), (600, 300), (1, 1199), (127, 128), (128, 127)] {
            let height = try #require(terrain.height(at: post(row, column)))
            #expect(abs(height - (row * 2 + column)) < 1e-3)
        }
        // A plane stays one between the posts.
        var random = SeededRandom(seed: 3)
        for _ in 0..<1000 {
            let (row, column) = (random.uniform(0, 1200), random.uniform(0, 1200))
            let height = try #require(terrain.height(at: post(row, column)))
            #expect(abs(height - (row * 2 + column)) < 1e-3)
        }
        #expect(terrain.height(at: Coordinate(latitude: 47.01, longitude: 8.5)) == nil)
        #expect(terrain.height(at: Coordinate(latitude: 46.5, longitude: 9.01)) == nil)
        #expect(terrain.height(at: Coordinate(latitude: .nan, longitude: 8.5)) == nil)
        #expect(abs(terrain.bounds.north - 47) < 0.001)
        #expect(abs(terrain.bounds.west - 8) < 0.001)
        #expect(abs(terrain.postSpacingMeters - 79) < 5)
    }

    @Test("a post without a height makes its cells unknown, and no others", .enabled(if: isAvailable))
    func noData() throws {
        let path = try TerrainFiles.hgt("N10E010.hgt") { row, column in row == 600 && column == 600 ? -32768 : 100 }
        let terrain = try TerrainModel(path: path)
        func height(_ row: Double, _ column: Double) -> Double? {
            terrain.height(at: Coordinate(latitude: 11 - row / 1200, longitude: 10 + column / 1200))
        }
        #expect(height(600, 600) == nil)
        #expect(height(599.5, 600.5) == nil)
        #expect(height(598.5, 600.5) == 100)
        #expect(height(600.5, 601.5) == 100)
    }

    @Test("a grid in projected meters is asked by degrees", .enabled(if: isAvailable))
    func projected() throws {
        // Posts 50 m apart around 500000 E, 5200000 N in UTM zone 32: on the central meridian, 9 degrees east.
        let rows = (0..<40).map { row in (0..<40).map { Double(row) * 10 + Double($0) } }
        let path = try TerrainFiles.asciiGrid(
            "utm", west: 499_000, south: 5_199_000, step: 50, projection: TerrainFiles.utm32, rows: rows)
        let terrain = try TerrainModel(path: path, heightErrorMeters: 0.2)
        // The meridian's arc to this latitude, integrated numerically, is 5,200,000 m / 0.9996.
        let height = try #require(terrain.height(at: Coordinate(latitude: 46.953_529, longitude: 9)))
        // The middle of the grid lies between columns and rows 19 and 20.
        #expect(abs(height - (19.5 * 10 + 19.5)) < 0.5)
        #expect(abs(terrain.postSpacingMeters - 50) < 1)
        #expect(terrain.bounds.contains(Coordinate(latitude: 46.953, longitude: 9)))
    }

    @Test("a GeoTIFF has its heights in the middle of the pixels and its own mark for none", .enabled(if: isAvailable))
    func geoTIFF() throws {
        var rows = (0..<300).map { row in (0..<200).map { Float(row) * 3.5 + Float($0) * 0.25 } }
        rows[10][20] = -9999
        let path = try TerrainFiles.geoTIFF("grid.tif", west: 8, north: 47, step: 0.001, rows: rows)
        let terrain = try TerrainModel(path: path)
        func height(_ row: Double, _ column: Double) -> Double? {
            terrain.height(
                at: Coordinate(latitude: 47 - (row + 0.5) * 0.001, longitude: 8 + (column + 0.5) * 0.001))
        }
        #expect(terrain.rows == 300)
        for (row, column) in [(0.0, 0.0), (150, 100), (299, 199), (127.5, 128.25)] {
            let found = try #require(height(row, column))
            #expect(abs(found - (row * 3.5 + column * 0.25)) < 1e-3)
        }
        #expect(height(10, 20) == nil)
        #expect(height(9.5, 19.5) == nil)
        #expect(height(12, 20) != nil)
        #expect(abs(terrain.bounds.south - 46.7) < 1e-9)
        #expect(abs(terrain.bounds.east - 8.2) < 1e-9)
    }

    @Test("many threads get the same heights as one", .enabled(if: isAvailable))
    func threads() async throws {
        let path = try TerrainFiles.hgt("N20E020.hgt") { row, column in Int16((row * 7 + column * 3) % 3000) }
        let terrain = try TerrainModel(path: path)
        let places = (0..<4000).map { index in
            let (row, column) = (Double(index * 7919 % 1200), Double(index * 104_729 % 1200))
            return Coordinate(latitude: 20 + row / 1200, longitude: 20 + column / 1200)
        }
        let expected = places.map { terrain.height(at: $0) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { places.map { terrain.height(at: $0) } == expected } }
            for await same in group { #expect(same) }
        }
    }

    @Test("what is no terrain is refused with what to do", .enabled(if: isAvailable))
    func refused() throws {
        let text = TerrainFiles.folder.appending(path: "note.tif")
        try Data("not a raster".utf8).write(to: text)
        for path in [text.path, TerrainFiles.folder.path, "/vsicurl/http://127.0.0.1:9/x.tif", "absent.hgt"] {
            let error = #expect(throws: GeolocationError.self) { try TerrainModel(path: path) }
            #expect(error?.place == path)
            #expect(error?.remedy.isEmpty == false)
        }
        let unplaced = try TerrainFiles.asciiGrid(
            "meters", west: 499_000, south: 5_199_000, step: 50, projection: nil, rows: [[1, 2], [3, 4]])
        let error = #expect(throws: GeolocationError.self) { try TerrainModel(path: unplaced) }
        #expect(error?.what == "the raster's corners are no places on Earth")
    }

    @Test("a missing library is an error of its own, not a crash")
    func noLibrary() throws {
        let path = try TerrainFiles.hgt("N30E030.hgt") { _, _ in 1 }
        if Self.isAvailable { return }
        #expect(throws: GeolocationError.self) { try TerrainModel(path: path, library: "/absent/libgdal.so") }
    }
}
