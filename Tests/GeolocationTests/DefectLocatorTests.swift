import Foundation
import Geolocation
import ShrikeCore
import Telemetry
import Testing

@Suite("From box to place and asset")
struct DefectLocatorTests {
    static let pose = Pose(
        latitude: 46.5, longitude: 8.5, relativeAltitude: 80, yaw: 0, pitch: -90, roll: 0, horizontalFieldOfView: 60)
    static let middle = Box(x: 950, y: 530, width: 20, height: 20)

    private func locate(_ locator: DefectLocator, _ pose: Pose = Self.pose) -> DefectLocation {
        locator.locate(
            Self.middle, imageWidth: 1920, imageHeight: 1080, pose: pose, method: .srt,
            takeOff: TakeOff(place: AssetIndexTests.origin))
    }

    @Test("a box straight below is at the camera's place, on the terrain, and belongs to the tower there")
    func overTerrain() throws {
        let tower = Asset(
            id: "T1", name: "Tower 1", kind: "tower", outline: .point, parts: [[AssetIndexTests.origin]],
            reachMeters: 15)
        let locator = DefectLocator(terrain: LevelTerrain(), assets: AssetIndex([tower]))
        let location = locate(locator)
        let place = try #require(location.place)
        #expect(abs(place.latitude - 46.5) < 1e-7)
        #expect(place.altitude == 500)
        #expect(location.ground == .terrain)
        #expect(location.reference == .takeOff)
        #expect(location.degraded.isEmpty)
        let asset = try #require(location.asset)
        #expect(asset.id == "T1")
        #expect(asset.kind == "tower")
        #expect(asset.probability > 0.9)
        #expect(asset.distanceMeters < 0.1)
    }

    @Test("where the terrain is not known the plane stands in and the answer says so")
    func fallback() throws {
        var terrain = RollingTerrain()
        terrain.knownUpTo = 40
        let location = locate(DefectLocator(terrain: terrain))
        #expect(location.ground == .plane)
        #expect(location.degraded == ["no_terrain"])
        let plane = locate(DefectLocator())
        #expect(plane.degraded.isEmpty)
        #expect(location.place == plane.place)
    }

    @Test("an alert gets place and asset from its own pose, as its document and schema say")
    func alert() throws {
        let tower = Asset(id: "T1", outline: .point, parts: [[AssetIndexTests.origin]], reachMeters: 15)
        let model = ModelIdentity(level: .l2, name: "s", version: "1", digest: "sha256:aa")
        let bare = Alert(
            defectID: "d", alertID: "a", sequence: 1, site: "s", gateway: "g",
            source: SourceInfo(id: "x", kind: .drone, redactedAddress: "x.mp4", isLive: false, isMotion: true),
            time: Timestamp(microseconds: 0), timeQuality: .file, monotonicNanoseconds: 0, bootID: "b",
            mediaTime: .zero, frameIndex: 0, className: "rust", grade: .general,
            basis: GradeBasis(ruleID: "r", standard: "s", edition: "1", inputs: [:]), score: 0.5, box: Self.middle,
            imageWidth: 1920, imageHeight: 1080, lineage: Lineage(scene: model), state: .new, trackID: 1,
            firstSeen: .zero, count: 1, pose: Self.pose, degraded: ["frame_shed"])
        let locator = DefectLocator(terrain: LevelTerrain(), assets: AssetIndex([tower]))
        let alert = locator.locating(bare, method: .srt)
        #expect(alert.place?.altitude == 500)
        #expect(alert.degraded == ["frame_shed", "no_take_off"])
        let asset = try #require(alert.json["asset"]?.objectValue)
        #expect(asset["id"]?.stringValue == "T1")
        let schema = try JSONValue(parsing: Array(AlertSchema.text.utf8))
        let known = try #require(schema["properties"]?["asset"]?["properties"]?.objectValue)
        #expect(Set(asset.keys).isSubset(of: known.keys))
        for key in schema["properties"]?["asset"]?["required"]?.arrayValue ?? [] {
            #expect(key.stringValue.map { asset[$0] != nil } == true)
        }
        #expect(bare.json["asset"] == nil)
    }

    @Test("a pose that allows no place says why, over terrain and over the plane alike")
    func refusals() {
        var flat = Self.pose
        flat.pitch = -3
        var nowhere = Self.pose
        nowhere.latitude = nil
        for locator in [DefectLocator(), DefectLocator(terrain: LevelTerrain())] {
            #expect(locate(locator, flat).degraded == ["too_flat"])
            #expect(locate(locator, nowhere).degraded == ["no_pose"])
            #expect(locate(locator, flat).place == nil)
        }
    }

    @Test("the take-off is the stated home point, else the first place on the ground, else unknown")
    func takeOff() throws {
        func track(_ heights: [Double], home: Coordinate? = nil) -> TelemetryTrack {
            TelemetryTrack(
                file: "a",
                samples: heights.enumerated().map { index, height in
                    var camera = CameraState()
                    camera.homeLatitude = home?.latitude
                    camera.homeLongitude = home?.longitude
                    return TelemetrySample(
                        mediaTime: MediaTime(seconds: Double(index)),
                        pose: Pose(latitude: 46 + Double(index), longitude: 8, relativeAltitude: height), camera: camera
                    )
                })
        }
        let home = Coordinate(latitude: 45, longitude: 7)
        #expect(TakeOff(of: track([80, 90], home: home)) == TakeOff(place: home))
        #expect(
            TakeOff(of: track([0.4, 90]))
                == TakeOff(place: Coordinate(latitude: 46, longitude: 8), relativeAltitude: 0.4))
        #expect(TakeOff(of: track([80, 0])) == nil)
        #expect(TakeOff(of: track([80, 90], home: Coordinate(latitude: 0, longitude: 0))) == nil)
    }

    @Test("two overlapping stills place the same mark within their errors over terrain too")
    func stills() throws {
        // Poses and marks of two stills 13.8 m apart, 40 m high, found by feature matching.
        let poses = [
            Pose(
                latitude: 46.842607083333334, longitude: -91.99455988888889, relativeAltitude: 39.8, yaw: 45,
                pitch: -89.9, roll: 0, horizontalFieldOfView: 83.97442499163333),
            Pose(
                latitude: 46.84269066666667, longitude: -91.99442727777777, relativeAltitude: 40.1, yaw: 42.8,
                pitch: -89.9, roll: 0, horizontalFieldOfView: 83.97442499163333),
        ]
        let marks = [
            (Point(x: 3153.2, y: 203.0), Point(x: 3087.5, y: 1146.6)),
            (Point(x: 3694.5, y: 1105.9), Point(x: 3566.6, y: 2087.4)),
        ]
        let locator = DefectLocator(terrain: LevelTerrain(level: 183))
        for (a, b) in marks {
            let places = try zip(poses, [a, b]).map { pose, pixel in
                try #require(
                    locator.locate(
                        Box(x: pixel.x - 5, y: pixel.y - 5, width: 10, height: 10), imageWidth: 4000,
                        imageHeight: 2250, pose: pose, method: .xmp
                    ).place)
            }
            let first = Coordinate(latitude: places[0].latitude, longitude: places[0].longitude)
            let apart = TerrainProjectionTests.distance(first, places[1])
            #expect(apart <= hypot(places[0].circularErrorMeters, places[1].circularErrorMeters))
            #expect(apart < 4)
        }
    }
}
