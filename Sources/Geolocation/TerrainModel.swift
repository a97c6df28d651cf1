import CGeoData
import Foundation
import Telemetry

/// A height grid read from a file: SRTM `.hgt`, GeoTIFF, or whatever else the installed GDAL reads.
///
/// The first band holds the heights; scale, offset and unit (meters or feet) of the file are applied. A file without a
/// reference system is taken for longitude and latitude where its numbers are such. Heights between the posts are
/// bilinear; a post without a height makes its four cells unknown. At most 16 MB of the file are held, and reading is
/// safe from any thread.
///
/// The zero of the heights is the file's own (SRTM: EGM96, about sea level); it is never mixed with the vehicle's
/// altitude without saying so, see ``HeightReference``.
public struct TerrainModel: HeightField {
    public let path: String
    public let bounds: TerrainBounds
    public let postSpacingMeters: Double
    public let heightErrorMeters: Double
    /// Posts of the grid.
    public let columns: Int
    public let rows: Int

    private let raster: TerrainRaster
    private let isProjected: Bool
    /// Column and row (of posts) = inverse * (x - x0, y - y0).
    private let inverse: (Double, Double, Double, Double)
    private let origin: (x: Double, y: Double)

    /// Opens a file; nothing but its header is read yet.
    ///
    /// - Parameters:
    ///   - path: An existing file. For SRTM the name gives the corner: `N46E008.hgt`.
    ///   - heightErrorMeters: Standard deviation of the heights; SRTM and Copernicus grids state 4 m or better in open
    ///     country, laser grids 0.2 m.
    ///   - library: GDAL's library; nil looks for it where the system keeps libraries.
    public init(path: String, heightErrorMeters: Double = 4, library: String? = nil) throws(GeolocationError) {
        // GDAL takes addresses of services for files; only what lies on this disk is wanted.
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw GeolocationError("there is no such terrain file", at: path, remedy: "give a GeoTIFF or SRTM .hgt")
        }
        guard heightErrorMeters.isFinite, heightErrorMeters >= 0, heightErrorMeters <= 1000 else {
            throw GeolocationError(
                "the height error is no length", at: path, remedy: "give meters, one standard deviation")
        }
        let raster = try TerrainRaster(path: path, library: library)
        let info = raster.info
        let t = info.transform
        let determinant = t.1 * t.5 - t.2 * t.4
        guard info.has_transform, determinant.isFinite, abs(determinant) > 1e-24, info.width > 1, info.height > 1 else {
            throw GeolocationError(
                "the raster says nothing of where it lies", at: path,
                remedy: "give it a place: gdal_translate -a_srs EPSG:4326 -a_ullr WEST NORTH EAST SOUTH IN OUT.tif")
        }
        // Heights belong to the centers of the pixels.
        origin = (t.0 + (t.1 + t.2) / 2, t.3 + (t.4 + t.5) / 2)
        inverse = (t.5 / determinant, -t.2 / determinant, -t.4 / determinant, t.1 / determinant)
        (columns, rows) = (Int(info.width), Int(info.height))
        (self.raster, self.path, self.heightErrorMeters) = (raster, path, heightErrorMeters)

        var corners: [Coordinate] = []
        var isProjected = false
        for (column, row) in Self.edge(Double(columns), Double(rows)) {
            let (x, y) = (t.0 + t.1 * column + t.2 * row, t.3 + t.4 * column + t.5 * row)
            let place = info.has_projection ? raster.unproject(x: x, y: y) : Coordinate(latitude: y, longitude: x)
            guard let place, abs(place.latitude) <= 90.5, abs(place.longitude) <= 360.5 else {
                throw GeolocationError(
                    "the raster's corners are no places on Earth", at: path,
                    remedy: "name its reference system: gdal_edit.py -a_srs EPSG:CODE FILE")
            }
            isProjected = isProjected || abs(place.longitude - x) > 1e-9 || abs(place.latitude - y) > 1e-9
            corners.append(place)
        }
        self.isProjected = isProjected
        bounds = TerrainBounds(
            south: corners.map(\.latitude).min() ?? 0, west: corners.map(\.longitude).min() ?? 0,
            north: corners.map(\.latitude).max() ?? 0, east: corners.map(\.longitude).max() ?? 0)
        // Corner after corner: up, right, down, left, four steps each.
        let diagonal = LocalPlane(origin: corners[0]).offset(of: corners[8]).length
        postSpacingMeters = max(0.01, diagonal / hypot(Double(columns), Double(rows)))
    }

    /// Bilinear height; nil outside of the grid and beside missing heights.
    public func height(at place: Coordinate) -> Double? {
        guard place.latitude.isFinite, place.longitude.isFinite else { return nil }
        var (x, y) = (place.longitude, place.latitude)
        if isProjected {
            guard let projected = raster.project(place) else { return nil }
            (x, y) = projected
        }
        x -= origin.x
        y -= origin.y
        let column = inverse.0 * x + inverse.1 * y
        let row = inverse.2 * x + inverse.3 * y
        // Half a pixel beyond the outermost centers still belongs to the grid.
        guard column >= -0.5, row >= -0.5, column <= Double(columns) - 0.5, row <= Double(rows) - 0.5 else {
            return nil
        }
        let inside = (min(max(0, column), Double(columns - 1)), min(max(0, row), Double(rows - 1)))
        let (c, r) = (min(Int(inside.0), columns - 2), min(Int(inside.1), rows - 2))
        guard case (let a?, let b?, let d?, let e?) = raster.cell(column: c, row: r) else { return nil }
        let (u, v) = (inside.0 - Double(c), inside.1 - Double(r))
        return (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + e * u) * v
    }

    /// Points along the border, sixteen of them, corners first of each four; a projected edge is curved in degrees.
    private static func edge(_ width: Double, _ height: Double) -> [(Double, Double)] {
        let steps = [0, 0.25, 0.5, 0.75]
        return steps.map { (0, height * $0) } + steps.map { (width * $0, height) }
            + steps.map { (width, height * (1 - $0)) } + steps.map { (width * (1 - $0), 0) }
    }
}
