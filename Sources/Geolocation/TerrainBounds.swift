/// The rectangle a height grid covers, WGS84 degrees. Around a grid in projected meters it is the smallest that holds
/// its edges.
public struct TerrainBounds: Hashable, Sendable, Codable {
    public var south: Double
    public var west: Double
    public var north: Double
    public var east: Double

    public init(south: Double, west: Double, north: Double, east: Double) {
        (self.south, self.west, self.north, self.east) = (south, west, north, east)
    }

    public func contains(_ place: Coordinate) -> Bool {
        (south...max(south, north)).contains(place.latitude) && (west...max(west, east)).contains(place.longitude)
    }
}
