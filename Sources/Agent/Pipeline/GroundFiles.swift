import Foundation
import Geolocation

/// Opens the files that say what the ground is like and what stands on it.
enum GroundFiles {
    private static let maximumAssetBytes = 64 << 20

    /// - Parameters:
    ///   - terrain: height grid; nil for level ground.
    ///   - assets: GeoJSON or CSV list; nil for none.
    /// - Throws: ``AgentError`` where a named file cannot be used.
    static func locator(terrain: String?, assets: String?) throws -> DefectLocator {
        try translating {
            DefectLocator(
                terrain: try terrain.map { try TerrainModel(path: $0) }, assets: try assets.map { try index($0) })
        }
    }

    private static func index(_ path: String) throws -> AssetIndex {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size <= maximumAssetBytes, let data = FileManager.default.contents(atPath: path) else {
            throw AgentError(
                "list of assets cannot be read", at: path, remedy: "name a GeoJSON or CSV file of at most 64 MiB")
        }
        return try AssetIndex(parsing: Array(data), file: URL(filePath: path).lastPathComponent)
    }
}
