import Foundation
import ShrikeCore
import Testing

@testable import DefectIdentity

@Suite struct SiteRegistryTests {
    private static let plane = LocalPlane(latitude: 47, longitude: 8)
    private static let day: Int64 = 86_400_000_000

    /// A sighting `north` and `east` meters from the site's origin.
    private func sighting(
        _ id: String, north: Double, east: Double, day: Int64 = 0, second: Double = 0, className: String = "hot_cell",
        hasPlace: Bool = true, pass: String? = nil
    ) -> DefectSighting {
        let place = Self.plane.degrees(.init(north: north, east: east))
        let time = Timestamp(microseconds: 1_763_000_000_000_000 + day * Self.day + Int64(second * 1e6))
        return DefectSighting(
            defectID: id, pass: pass ?? "run\(day)/a", className: className, grade: .serious, score: 0.7, time: time,
            firstSeen: MediaTime(seconds: second), lastSeen: MediaTime(seconds: second + 2),
            place: hasPlace
                ? GroundPoint(
                    latitude: place.latitude, longitude: place.longitude, circularErrorMeters: 5, method: .srt) : nil,
            sizeMeters: 0.2)
    }

    /// Defects on no grid, each second one.
    private func flight(day: Int64, north: Double = 0, east: Double = 0) -> [DefectSighting] {
        let places = [(0.0, 0.0), (7, 3), (13, -4), (19, 6), (24, 0.5), (31, -7), (38, 2), (44, 9)]
        return places.enumerated().map { i, place in
            sighting(
                "\(day)-\(i)-abcdef012345", north: place.0 + north, east: place.1 + east, day: day,
                second: Double(i) * 5)
        }
    }

    @Test func aFlightShiftedAsAWholeFindsItsDefectsAgain() {
        var registry = SiteRegistry(site: "s")
        let first = registry.register(flight(day: 0))
        let second = registry.register(flight(day: 30, north: 4.1, east: -3.2))
        for i in 0..<8 { #expect(first["0-\(i)-abcdef012345"] == second["30-\(i)-abcdef012345"]) }
        #expect(registry.defects.count == 8)
        #expect(abs((registry.flights.last?.shiftNorth ?? 0) + 4.1) < 0.2)
        #expect(abs((registry.flights.last?.shiftEast ?? 0) - 3.2) < 0.2)
    }

    @Test func whatLiesElsewhereIsAnotherDefect() {
        var registry = SiteRegistry(site: "s")
        registry.register(flight(day: 0))
        let added = sighting("30-new-abcdef012345", north: 27, east: 14, day: 30, second: 60)
        let ids = registry.register(flight(day: 30, north: 2) + [added])
        #expect(registry.defects.count == 9)
        #expect(ids["30-new-abcdef012345"] == "D-30-new-abcde")
    }

    @Test func theOrderOfSightingsNeverMatters() {
        let sightings = flight(day: 0) + flight(day: 30, north: 3, east: 1)
        var (forward, backward) = (SiteRegistry(site: "s"), SiteRegistry(site: "s"))
        forward.register(sightings)
        backward.register(sightings.reversed())
        #expect(forward.text == backward.text)
    }

    @Test func registeringARunTwiceChangesNoByte() {
        var registry = SiteRegistry(site: "s")
        registry.register(flight(day: 0))
        registry.register(flight(day: 30, north: 3, east: 1))
        let text = registry.text
        registry.register(flight(day: 30, north: 3, east: 1))
        #expect(registry.text == text)
        registry.register(flight(day: 0))
        #expect(registry.text == text)
    }

    @Test func theRecordReadsBackAsItWasWritten() throws {
        var registry = SiteRegistry(site: "s")
        registry.register(flight(day: 0))
        let read = try SiteRegistry(parsing: Array(registry.text.utf8), place: "defects.json")
        #expect(read.text == registry.text)
        var continued = read
        let ids = continued.register(flight(day: 30, north: 4, east: 1))
        #expect(Set(ids.values) == Set(registry.defects.map(\.id)))
    }

    @Test func aDamagedRecordIsRefusedWithItsPlace() {
        for text in ["", "{}", "{\"schema\":\"shrike.defects/1\",\"site\":\"s\",\"flights\":[{}],\"defects\":[]}"] {
            #expect(throws: DefectIdentityError.self) {
                try SiteRegistry(parsing: Array(text.utf8), place: "defects.json")
            }
        }
    }

    @Test func twoInOnePictureAreTwoDefects() {
        var registry = SiteRegistry(site: "s")
        registry.register([
            sighting("a-0123456789abc", north: 0, east: 0, second: 1),
            sighting("b-0123456789abc", north: 0.1, east: 0, second: 1),
        ])
        #expect(registry.defects.count == 2)
    }

    @Test func aTrackThatWasLostAndFoundAgainIsOneDefect() {
        var registry = SiteRegistry(site: "s")
        registry.register(
            flight(day: 0) + [sighting("again-0123456789", north: 24.3, east: 0.4, second: 90)])
        #expect(registry.defects.count == 8)
    }

    @Test func anotherKindOfDefectAtTheSamePlaceIsAnother() {
        var registry = SiteRegistry(site: "s")
        registry.register(flight(day: 0))
        let count = registry.defects.count
        registry.register([sighting("rust-0123456789", north: 24, east: 0.5, second: 200, className: "rust")])
        #expect(registry.defects.count == count + 1)
    }

    @Test func withoutPlacesEachAlertIsADefectOfItsOwn() throws {
        var registry = SiteRegistry(site: "s")
        let one = sighting("a-0123456789abc", north: 0, east: 0, hasPlace: false)
        let two = sighting("b-0123456789abc", north: 0, east: 0, day: 30, hasPlace: false)
        registry.register([one, two])
        #expect(registry.defects.count == 2)
        registry.register([one])
        #expect(registry.defects.count == 2)
        let read = try SiteRegistry(parsing: Array(registry.text.utf8), place: "defects.json")
        #expect(read.text == registry.text)
    }

    @Test func whatWasLookedAtAndNotFoundIsGone() {
        let before = flight(day: 0)
        var after = flight(day: 30, north: 4, east: -2)
        after.remove(at: 6)
        after.remove(at: 1)
        var coverage = FlightCoverage()
        func corner(_ north: Double, _ east: Double) -> GroundPoint {
            let place = Self.plane.degrees(.init(north: north, east: east))
            return GroundPoint(
                latitude: place.latitude, longitude: place.longitude, circularErrorMeters: 0, method: .none)
        }
        // In the later flight's own frame the one lies 42 m north, the other 11 m.
        coverage.add(.init(corners: [corner(20, -15), corner(60, -15), corner(60, 15), corner(20, 15)]))
        let diff = MissionDiff(baseline: before, new: after, coverage: coverage)
        #expect(diff.count(.gone) == 1)
        #expect(diff.count(.notSeenAgain) == 1)
        #expect(diff.count(.still) == 6)
        #expect(diff.changes.first { $0.status == .gone }?.before?.defectID.hasPrefix("0-6") == true)
        #expect(MissionDiff(baseline: before, new: after, coverage: nil).count(.gone) == 0)
    }

    @Test func whatIsLargerHotterOrGradedHigherHasGrown() {
        var before = flight(day: 0)
        var after = flight(day: 30, north: 4, east: -2)
        for i in before.indices { before[i].metersPerPixel = 0.02 }
        after[0].sizeMeters = 0.3
        before[1].deltaKelvin = 10
        after[1].deltaKelvin = 15
        after[2].grade = .critical
        after[3].sizeMeters = 0.22
        let diff = MissionDiff(baseline: before, new: after, coverage: nil)
        #expect(diff.count(.grown) == 3)
        #expect(Set(diff.changes.flatMap(\.growth)) == [.size, .temperature, .grade])
        #expect(diff.count(.still) == 5)
    }

    @Test func coverageReadsBackAsItWasWritten() throws {
        var coverage = FlightCoverage()
        let corners = [(47.0, 8.0), (47.001, 8.0), (47.001, 8.001), (47.0, 8.001)].map {
            GroundPoint(latitude: $0.0, longitude: $0.1, circularErrorMeters: 0, method: .none)
        }
        coverage.add(.init(corners: corners))
        coverage.add(.init(corners: corners))
        #expect(coverage.footprints.count == 1)
        let read = try FlightCoverage(parsing: Array(coverage.json.canonicalText.utf8), place: "coverage.geojson")
        #expect(read.footprints == coverage.footprints)
        #expect(read.contains(latitude: 47.0005, longitude: 8.0005, margin: 20))
        #expect(!read.contains(latitude: 47.0005, longitude: 8.0005, margin: 80))
        #expect(!read.contains(latitude: 47.0015, longitude: 8.0005, margin: 1))
    }
}
