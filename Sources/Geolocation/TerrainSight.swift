/// Follows a line of sight from a camera until it meets the ground of a height field.
///
/// The line is straight in the plane touching the ellipsoid below the camera; the ground falls away from that plane by
/// d²/2R. Steps are a quarter of the spacing of the heights, so a ridge is stepped over only where the line touches it
/// by less than the bilinear surface bends within a step; the crossing is then halved down to a millimeter of height.
struct TerrainSight {
    /// Steps of one line of sight; a finer grid over a longer line is followed in longer steps.
    static let mostSteps = 40_000
    static let meanRadius = 6_371_000.0

    enum Outcome: Hashable {
        /// North and east of the camera, and the height there.
        case hit(north: Double, east: Double, altitude: Double)
        /// The line leaves the range without meeting ground.
        case miss
        /// The height of the ground is not known somewhere before the line meets it.
        case unknown
        /// The camera would be below the ground.
        case belowGround
    }

    let terrain: any HeightField
    let plane: LocalPlane
    /// Longest line, meters along it.
    let maximumRange: Double

    /// - Parameters:
    ///   - direction: North, east, up in any length.
    ///   - altitude: Of the camera, in the zero of the terrain.
    ///   - north: Meters the camera is beside the plane's origin.
    func follow(
        direction: (north: Double, east: Double, up: Double), altitude: Double, north: Double = 0, east: Double = 0
    ) -> Outcome {
        let length =
            (direction.north * direction.north + direction.east * direction.east
            + direction.up * direction.up).squareRoot()
        guard length > 0, length.isFinite, altitude.isFinite else { return .miss }
        let (n, e, u) = (direction.north / length, direction.east / length, direction.up / length)
        let level = (n * n + e * e).squareRoot()

        /// Line minus ground, at a distance along the line; nil where the ground is not known.
        func clearance(_ t: Double) -> Double? {
            let place = plane.coordinate(north: north + n * t, east: east + e * t)
            guard let ground = terrain.height(at: place) else { return nil }
            let across = level * t
            return altitude + u * t + across * across / (2 * Self.meanRadius) - ground
        }

        guard let start = clearance(0) else { return .unknown }
        guard start > 0 else { return .belowGround }
        // Straight down the horizontal step says nothing; there the ground cannot be missed.
        let step = max(
            min(terrain.postSpacingMeters / 4 / max(level, 1e-6), maximumRange / 16),
            maximumRange / Double(Self.mostSteps))
        var above = 0.0
        while above < maximumRange {
            let t = min(above + step, maximumRange)
            guard let gap = clearance(t) else { return .unknown }
            if gap <= 0 { return refined(from: above, to: t, clearance, (north, east), (n, e)) }
            above = t
        }
        return .miss
    }

    /// Halves the interval between a point above and one not above the ground.
    private func refined(
        from low: Double, to high: Double, _ clearance: (Double) -> Double?, _ start: (Double, Double),
        _ direction: (Double, Double)
    ) -> Outcome {
        var (low, high) = (low, high)
        for _ in 0..<60 where high - low > 1e-4 {
            let middle = (low + high) / 2
            guard let gap = clearance(middle) else { return .unknown }
            if gap > 0 { low = middle } else { high = middle }
        }
        let t = (low + high) / 2
        let (north, east) = (start.0 + direction.0 * t, start.1 + direction.1 * t)
        guard let altitude = terrain.height(at: plane.coordinate(north: north, east: east)) else { return .unknown }
        return .hit(north: north, east: east, altitude: altitude)
    }
}
