internal import CGeoData
internal import Foundation

/// The open raster file behind a ``TerrainModel``: GDAL's handle and the blocks read from it.
///
/// GDAL's handles take one thread at a time and neighboring places share blocks, so one lock guards both.
final class TerrainRaster: @unchecked Sendable {
    // Sendable: `blocks`, `clock` and every call with `handle` stand under `lock`; the rest never changes.

    /// Posts along each side of a block.
    static let blockSide = 128
    /// Blocks kept: 256 of 64 KB, so 16 MB however large the file is.
    static let mostBlocks = 256

    private struct Block {
        var values: [Float]
        var width: Int
        var lastUse: UInt64
    }

    let info: cgeo_info
    private let handle: OpaquePointer
    private let lock = NSLock()
    private var blocks: [Int: Block] = [:]
    private var clock: UInt64 = 0

    /// - Throws: GDAL's reason.
    init(path: String, library: String?) throws(GeolocationError) {
        var text = [CChar](repeating: 0, count: Int(CGEO_ERROR_SIZE))
        let opened = text.withUnsafeMutableBufferPointer { error in
            error.baseAddress.flatMap { cgeo_raster_open(library, path, $0) }
        }
        guard let opened, let info = cgeo_raster_info(opened) else {
            let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw GeolocationError(
                "the terrain cannot be read: " + reason.split(whereSeparator: \.isWhitespace).joined(separator: " "),
                at: path, remedy: "give a GeoTIFF, SRTM .hgt or another height grid GDAL reads; GDAL is libgdal32")
        }
        handle = opened
        self.info = info.pointee
    }

    deinit { cgeo_raster_close(handle) }

    /// The raster's own coordinates of a place.
    func project(_ place: Coordinate) -> (x: Double, y: Double)? {
        lock.withLock {
            var (x, y) = (0.0, 0.0)
            let isKnown = cgeo_raster_project(handle, place.longitude, place.latitude, &x, &y)
            return isKnown && x.isFinite && y.isFinite ? (x, y) : nil
        }
    }

    func unproject(x: Double, y: Double) -> Coordinate? {
        lock.withLock {
            var (longitude, latitude) = (0.0, 0.0)
            let isKnown = cgeo_raster_unproject(handle, x, y, &longitude, &latitude)
            return isKnown && longitude.isFinite && latitude.isFinite
                ? Coordinate(latitude: latitude, longitude: longitude) : nil
        }
    }

    /// The heights of the posts of one cell, in meters: of the column and row, of the column after, of the row after,
    /// and of both after; nil where one is not known. Posts beyond the last are the last.
    func cell(column: Int, row: Int) -> (Double?, Double?, Double?, Double?) {
        lock.withLock {
            (
                height(column, row), height(column + 1, row), height(column, row + 1), height(column + 1, row + 1)
            )
        }
    }

    /// Only under the lock.
    private func height(_ column: Int, _ row: Int) -> Double? {
        let column = min(max(0, column), Int(info.width) - 1)
        let row = min(max(0, row), Int(info.height) - 1)
        guard let block = block(column / Self.blockSide, row / Self.blockSide) else { return nil }
        let index = (row % Self.blockSide) * block.width + column % Self.blockSide
        guard block.values.indices.contains(index) else { return nil }
        let value = Double(block.values[index])
        // Files without a mark for missing heights still write one of these.
        guard value.isFinite, abs(value) < 30_000, !(info.has_no_data && value == Double(Float(info.no_data))) else {
            return nil
        }
        return value == -32_768 ? nil : value * info.scale + info.offset
    }

    private func block(_ x: Int, _ y: Int) -> Block? {
        clock += 1
        let across = (Int(info.width) + Self.blockSide - 1) / Self.blockSide
        let key = y * across + x
        if let index = blocks.index(forKey: key) {
            blocks.values[index].lastUse = clock
            return blocks.values[index]
        }
        let width = min(Self.blockSide, Int(info.width) - x * Self.blockSide)
        let height = min(Self.blockSide, Int(info.height) - y * Self.blockSide)
        guard width > 0, height > 0 else { return nil }
        var values = [Float](repeating: .nan, count: width * height)
        var text = [CChar](repeating: 0, count: Int(CGEO_ERROR_SIZE))
        let isRead = cgeo_raster_read(
            handle, Int32(x * Self.blockSide), Int32(y * Self.blockSide), Int32(width), Int32(height), &values, &text)
        // A damaged part of a file is kept as unknown, so it is not read again for every line of sight.
        if !isRead { values = [Float](repeating: .nan, count: width * height) }
        if blocks.count >= Self.mostBlocks, let oldest = blocks.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            blocks[oldest.key] = nil
        }
        let block = Block(values: values, width: width, lastUse: clock)
        blocks[key] = block
        return block
    }
}
