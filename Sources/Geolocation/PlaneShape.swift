/// An asset's outline in meters around a place, for distances.
struct PlaneShape {
    private let outline: Asset.Outline
    private let parts: [[LocalPlane.Offset]]

    init(_ asset: Asset, in plane: LocalPlane) {
        outline = asset.outline
        parts = asset.parts.map { $0.map(plane.offset) }
    }

    /// Meters from a place to the outline, 0 inside of an area.
    func distance(toNorth north: Double, east: Double) -> Double {
        if outline == .area, contains(north, east) { return 0 }
        var best = Double.infinity
        for part in parts {
            guard var previous = part.first else { continue }
            best = min(best, Self.squaredDistance(north, east, previous, previous))
            for next in part.dropFirst() {
                if outline == .point {
                    best = min(best, Self.squaredDistance(north, east, next, next))
                } else {
                    best = min(best, Self.squaredDistance(north, east, previous, next))
                }
                previous = next
            }
        }
        return best.squareRoot()
    }

    private static func squaredDistance(
        _ north: Double, _ east: Double, _ a: LocalPlane.Offset, _ b: LocalPlane.Offset
    ) -> Double {
        let (dn, de) = (b.north - a.north, b.east - a.east)
        let squared = dn * dn + de * de
        let along = squared > 0 ? ((north - a.north) * dn + (east - a.east) * de) / squared : 0
        let t = min(max(along, 0), 1)
        let (n, e) = (north - a.north - t * dn, east - a.east - t * de)
        return n * n + e * e
    }

    /// Even-odd rule over all rings.
    private func contains(_ north: Double, _ east: Double) -> Bool {
        var inside = false
        for ring in parts {
            guard var a = ring.last else { continue }
            for b in ring {
                if (a.north > north) != (b.north > north),
                    east < (b.east - a.east) * (north - a.north) / (b.north - a.north) + a.east
                {
                    inside.toggle()
                }
                a = b
            }
        }
        return inside
    }
}
