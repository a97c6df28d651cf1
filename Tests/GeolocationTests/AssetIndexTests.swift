import Foundation
import Geolocation
import ShrikeCore
import TestKit
import Testing

@Suite("Nearest assets")
struct AssetIndexTests {
    static let origin = Coordinate(latitude: 46.5, longitude: 8.5)

    /// A place so many meters north and east of the origin.
    static func at(_ north: Double, _ east: Double) -> Coordinate {
        Coordinate(
            latitude: origin.latitude + north / 111_166.0, longitude: origin.longitude + east / 76_748.0)
    }

    static func point(_ north: Double, _ east: Double, error: Double) -> GroundPoint {
        let place = at(north, east)
        return GroundPoint(
            latitude: place.latitude, longitude: place.longitude, circularErrorMeters: error, method: .srt)
    }

    @Test("the probability is the mass of the error within reach: 90 % where the reach is the circular error")
    func mass() throws {
        let tower = Asset(id: "T1", outline: .point, parts: [[Self.at(0, 0)]], reachMeters: 10)
        let found = try #require(AssetIndex([tower]).nearest(to: Self.point(0, 0, error: 10)).first)
        #expect(abs(found.probability - 0.9) <= 0.03)
        #expect(found.distanceMeters < 0.1)
        // One standard deviation of reach holds 1 - exp(-1/2) of a normal distribution in the plane.
        let near = try #require(AssetIndex([tower]).nearest(to: Self.point(0, 0, error: 21.46)).first)
        #expect(abs(near.probability - 0.393) <= 0.03)
    }

    @Test("the mass agrees with 200,000 random places")
    func againstSampling() throws {
        var random = SeededRandom(seed: 21)
        let span = Asset(id: "span", outline: .line, parts: [[Self.at(-200, 20), Self.at(200, 20)]], reachMeters: 8)
        let tower = Asset(id: "tower", outline: .point, parts: [[Self.at(0, -12)]], reachMeters: 15)
        let ring = [Self.at(10, -5), Self.at(30, -5), Self.at(30, 15), Self.at(10, 15), Self.at(10, -5)]
        let panel = Asset(id: "panel", outline: .area, parts: [ring], reachMeters: 2)
        let index = AssetIndex([span, tower, panel])
        let sigma = 12.0
        var counts: [String: Int] = [:]
        let rounds = 200_000
        for _ in 0..<rounds {
            let (n, e) = (random.normal(sigma), random.normal(sigma))
            let toSpan = abs(e - 20)
            let toTower = hypot(n, e + 12)
            let (dn, de) = (max(10 - n, 0, n - 30), max(-5 - e, 0, e - 15))
            let all = [("span", toSpan, 8.0), ("tower", toTower, 15), ("panel", hypot(dn, de), 2)]
            if let best = all.filter({ $0.1 <= $0.2 }).min(by: { $0.1 < $1.1 }) { counts[best.0, default: 0] += 1 }
        }
        let found = index.nearest(to: Self.point(0, 0, error: sigma * 2.145_966))
        #expect(found.count == 3)
        for asset in found {
            let expected = Double(counts[asset.id] ?? 0) / Double(rounds)
            #expect(abs(asset.probability - expected) < 0.02, "\(asset.id): \(asset.probability), sampled \(expected)")
        }
        #expect(found.map(\.probability).reduce(0, +) <= 1)
        #expect(found.map(\.probability) == found.map(\.probability).sorted(by: >))
    }

    @Test("of two towers the nearer one is more probable, and a sharper place is surer of it")
    func sharper() throws {
        let towers = [0.0, 40].enumerated().map { number, east in
            Asset(id: "T\(number)", outline: .point, parts: [[Self.at(0, east)]], reachMeters: 20)
        }
        let index = AssetIndex(towers)
        let vague = index.nearest(to: Self.point(0, 15, error: 40))
        let sharp = index.nearest(to: Self.point(0, 15, error: 5))
        #expect(vague.first?.id == "T0")
        #expect(sharp.first?.id == "T0")
        #expect(try #require(sharp.first).probability > #require(vague.first).probability)
        #expect(sharp.first.map { abs($0.distanceMeters - 15) < 0.1 } == true)
    }

    @Test("nothing within reach gives no asset, and an exact place gives a sure one")
    func edges() throws {
        let tower = Asset(id: "T", outline: .point, parts: [[Self.at(0, 0)]])
        #expect(AssetIndex([tower]).nearest(to: Self.point(500, 0, error: 10)).isEmpty)
        #expect(AssetIndex([tower]).nearest(to: Self.point(1, 0, error: 0)).first?.probability == 1)
        #expect(AssetIndex([]).nearest(to: Self.point(0, 0, error: 5)).isEmpty)
        let far = Asset(
            id: "date line", outline: .line,
            parts: [[Coordinate(latitude: 0, longitude: 179.999), Coordinate(latitude: 0, longitude: -179.999)]])
        let place = GroundPoint(latitude: 0, longitude: -180, circularErrorMeters: 3, method: .srt)
        #expect(AssetIndex([far]).nearest(to: place).first?.id == "date line")
    }

    @Test("a hole in an area is outside of it")
    func hole() {
        func ring(_ size: Double) -> [Coordinate] {
            [
                Self.at(-size, -size), Self.at(-size, size), Self.at(size, size), Self.at(size, -size),
                Self.at(-size, -size),
            ]
        }
        let yard = Asset(id: "yard", outline: .area, parts: [ring(100), ring(50)], reachMeters: 1)
        #expect(AssetIndex([yard]).nearest(to: Self.point(0, 0, error: 2)).isEmpty)
        #expect(AssetIndex([yard]).nearest(to: Self.point(75, 0, error: 2)).first?.distanceMeters == 0)
    }
}
