import Foundation
public import ShrikeCore
import Telemetry

/// The assets of a plant, asked which of them a place belongs to.
///
/// **Probability.** The true place is taken as normal around the stated one, with the standard deviation that puts 90 %
/// of it into the circular error (σ = ce / 2.146). The probability of an asset is the mass of this distribution where
/// that asset is the nearest one and no further than its reach; so the probabilities of all assets sum to at most one,
/// and what is left is the probability of none of them. The mass is summed over 20 rings of equal mass with 48 places
/// each, so it is exact to about half a percent and the same on every machine.
public struct AssetIndex: Sendable {
    public let assets: [Asset]
    private let extents: [Extent]

    /// Smallest rectangle around an asset, degrees; longitudes may run beyond 180 where it crosses the antimeridian.
    private struct Extent {
        var center: Coordinate
        var halfLatitude: Double
        var halfLongitude: Double
    }

    static let rings = 20
    static let placesPerRing = 48

    public init(_ assets: [Asset]) {
        let assets = assets.filter { asset in asset.parts.contains { !$0.isEmpty } }
        self.assets = assets
        extents = assets.map { asset in
            let all = asset.parts.joined()
            let start = all.first ?? Coordinate(latitude: 0, longitude: 0)
            var (south, north, west, east) = (start.latitude, start.latitude, 0.0, 0.0)
            for vertex in all {
                south = min(south, vertex.latitude)
                north = max(north, vertex.latitude)
                let turned = Angle.wrapped(vertex.longitude - start.longitude)
                west = min(west, turned)
                east = max(east, turned)
            }
            return Extent(
                center: Coordinate(
                    latitude: (south + north) / 2, longitude: Angle.wrapped(start.longitude + (west + east) / 2)),
                halfLatitude: (north - south) / 2, halfLongitude: (east - west) / 2)
        }
    }

    /// Reads a list from GeoJSON or, where the text does not begin with a brace, from a table.
    public init(parsing bytes: [UInt8], file: String) throws(GeolocationError) {
        let start = bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0).first { $0 > 32 }
        self.init(
            start == UInt8(ascii: "{")
                ? try GeoJSONAssets.parse(bytes, file: file) : try CSVAssets.parse(bytes, file: file))
    }

    /// Assets the place may belong to, most probable first, then nearest; empty where none is within reach of the
    /// place's error.
    public func nearest(to place: GroundPoint, limit: Int = 5) -> [AssetReference] {
        guard place.latitude.isFinite, place.longitude.isFinite, abs(place.latitude) <= 89.9 else { return [] }
        let plane = LocalPlane(origin: Coordinate(latitude: place.latitude, longitude: place.longitude))
        let error = place.circularErrorMeters
        let sigma = error.isFinite && error > 0 ? error / 2.145_966 : 0
        // Nothing of the mass that is summed lies further out.
        let outermost = Self.radius(ofRing: Self.rings - 1) * sigma
        var candidates: [(index: Int, shape: PlaneShape, distance: Double)] = []
        for index in assets.indices where distanceToExtent(index, plane) <= outermost + assets[index].reachMeters {
            let shape = PlaneShape(assets[index], in: plane)
            let distance = shape.distance(toNorth: 0, east: 0)
            if distance <= outermost + assets[index].reachMeters { candidates.append((index, shape, distance)) }
        }
        guard !candidates.isEmpty else { return [] }
        // A cloud over thousands of panels: those far from its middle get next to nothing.
        candidates.sort { ($0.distance, assets[$0.index].id) < ($1.distance, assets[$1.index].id) }
        candidates = Array(candidates.prefix(64))

        var hits = [Int](repeating: 0, count: candidates.count)
        for ring in 0..<Self.rings {
            let radius = Self.radius(ofRing: ring) * sigma
            for step in 0..<Self.placesPerRing {
                // Every second ring is turned by half a step, so the places do not line up in rays.
                let angle = 2 * Double.pi * (Double(step) + Double(ring % 2) / 2) / Double(Self.placesPerRing)
                let (north, east) = (radius * cos(angle), radius * sin(angle))
                var best: (candidate: Int, distance: Double)?
                for (number, candidate) in candidates.enumerated() {
                    // No candidate can be nearer to this place than its distance to the middle less the radius.
                    if candidate.distance - radius > best?.distance ?? .infinity { break }
                    let distance = candidate.shape.distance(toNorth: north, east: east)
                    if distance <= assets[candidate.index].reachMeters, distance < best?.distance ?? .infinity {
                        best = (number, distance)
                    }
                }
                if let best { hits[best.candidate] += 1 }
            }
        }
        let places = Double(Self.rings * Self.placesPerRing)
        let answers = candidates.enumerated().map { number, candidate in
            let asset = assets[candidate.index]
            return AssetReference(
                id: asset.id, name: asset.name, kind: asset.kind, probability: Double(hits[number]) / places,
                distanceMeters: candidate.distance)
        }
        return Array(
            answers.sorted {
                ($1.probability, $0.distanceMeters, $0.id) < ($0.probability, $1.distanceMeters, $1.id)
            }.prefix(max(0, limit)))
    }

    /// Radius in standard deviations in whose middle a ring of equal mass lies (Rayleigh distribution).
    private static func radius(ofRing ring: Int) -> Double {
        (-2 * log(1 - (Double(ring) + 0.5) / Double(rings))).squareRoot()
    }

    /// A distance in meters that is never more than the true one to anything in the extent.
    private func distanceToExtent(_ index: Int, _ plane: LocalPlane) -> Double {
        let extent = extents[index]
        let latitude = max(0, abs(extent.center.latitude - plane.origin.latitude) - extent.halfLatitude)
        let longitude = max(
            0, abs(Angle.wrapped(extent.center.longitude - plane.origin.longitude)) - extent.halfLongitude)
        let offset = plane.offset(
            of: Coordinate(
                latitude: plane.origin.latitude + latitude, longitude: plane.origin.longitude + longitude))
        return offset.length
    }
}
