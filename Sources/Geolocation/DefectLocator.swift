public import ShrikeCore
public import Telemetry

/// Turns a box in a picture into a place on the ground and the asset it belongs to.
///
/// Over terrain where there is a height field and it knows the heights on the way, over level ground otherwise, and
/// the answer says which. A value without state: the same inputs give the same answer from any thread.
public struct DefectLocator: Sendable {
    public let terrain: (any HeightField)?
    public let assets: AssetIndex?
    public let uncertainty: PoseUncertainty
    /// Given by the operator; nil takes that of each recording's telemetry.
    public let takeOff: TakeOff?

    public init(
        terrain: (any HeightField)? = nil, assets: AssetIndex? = nil,
        uncertainty: PoseUncertainty = PoseUncertainty(), takeOff: TakeOff? = nil
    ) {
        (self.terrain, self.assets, self.uncertainty, self.takeOff) = (terrain, assets, uncertainty, takeOff)
    }

    /// Where the middle of a box is.
    ///
    /// - Parameters:
    ///   - box: Pixels of the source picture.
    ///   - pose: The camera's at that moment.
    ///   - method: Where the pose came from; `.klv` makes its absolute altitude count as one above sea level.
    ///   - track: The recording's telemetry, for the rounding of its coordinates and the movement at `time`.
    ///   - takeOff: Of this recording, see ``TakeOff/init(of:)``; computed once by the caller.
    ///   - time: Media time of the picture.
    public func locate(
        _ box: Box, imageWidth: Int, imageHeight: Int, pose: Pose, method: GroundPoint.Method,
        track: TelemetryTrack? = nil, takeOff: TakeOff? = nil, at time: MediaTime = .zero
    ) -> DefectLocation {
        let uncertainty = (track.map { self.uncertainty.withRounding(of: $0) } ?? self.uncertainty).withGap(of: pose)
        let rate = track?.rate(at: time) ?? PoseRate()
        var degraded: [String] = []
        if let terrain {
            let projection = TerrainProjection(
                terrain: terrain, imageWidth: imageWidth, imageHeight: imageHeight, uncertainty: uncertainty)
            let result = projection.place(
                of: box.center, pose: pose, takeOff: self.takeOff ?? takeOff, rate: rate, method: method)
            switch result {
            case .success(let hit):
                if hit.reference == .groundBelow { degraded.append("no_take_off") }
                return finished(
                    DefectLocation(
                        place: hit.point, ground: .terrain, reference: hit.reference, degraded: degraded))
            case .failure(.refused(.missing("height"))), .failure(.unknownTerrain): degraded.append("no_terrain")
            case .failure(.belowGround): degraded.append("below_terrain")
            case .failure(.refused(let refusal)): return DefectLocation(ground: .terrain, degraded: [refusal.code])
            // The terrain is known and not met; a plane would invent a place.
            case .failure(.noGround): return DefectLocation(ground: .terrain, degraded: ["too_far"])
            }
        }
        let projection = GroundProjection(
            imageWidth: imageWidth, imageHeight: imageHeight, uncertainty: uncertainty)
        switch projection.place(of: box.center, pose: pose, rate: rate, method: method) {
        case .success(let place): return finished(DefectLocation(place: place, degraded: degraded))
        case .failure(let refusal): return DefectLocation(degraded: degraded + [refusal.code])
        }
    }

    /// The same alert with place, asset and what was missing filled in, from the pose it carries.
    public func locating(
        _ alert: Alert, method: GroundPoint.Method, track: TelemetryTrack? = nil, takeOff: TakeOff? = nil
    ) -> Alert {
        guard let pose = alert.pose else { return alert }
        let location = locate(
            alert.box, imageWidth: alert.imageWidth, imageHeight: alert.imageHeight, pose: pose, method: method,
            track: track, takeOff: takeOff, at: alert.mediaTime)
        var copy = alert
        (copy.place, copy.asset) = (location.place, location.asset)
        copy.degraded = Set(copy.degraded + location.degraded).sorted()
        return copy
    }

    private func finished(_ location: DefectLocation) -> DefectLocation {
        guard let assets, let place = location.place else { return location }
        let found = assets.nearest(to: place)
        var copy = location
        copy.asset = found.first
        copy.otherAssets = Array(found.dropFirst())
        return copy
    }
}
