import ShrikeCore
import Telemetry
import TestKit
import Testing

@Suite("CSV and GPX tracks")
struct PlainTracksTests {
    @Test("columns are found by name, whatever separator and order; empty fields are unknown")
    func csv() throws {
        let text =
            "\u{FEFF}Lon;LAT;time_s;\"pitch\";yaw;rel_alt;focal35;note\r\n8.5;47.25;0.5;-45;190;80,x;24;a\r\n8.6;47.26;1.5;;10;81;;b\r\n0;0;2.5;-45;0;82;24;c\r\n\r\nx;y;z\r\n"
        let track = try CSVTrack.parse(
            Array(text.utf8), file: "t.csv", clock: TrackClock(offset: MediaTime(milliseconds: 250)))
        #expect(track.samples.count == 3)
        #expect(track.samples.map(\.mediaTime.milliseconds) == [750, 1750, 2750])
        #expect(track.samples[0].pose.latitude == 47.25 && track.samples[0].pose.longitude == 8.5)
        #expect(track.samples[0].pose.yaw == -170 && track.samples[0].pose.pitch == -45)
        #expect(track.samples[0].pose.relativeAltitude == nil)
        #expect(abs((track.samples[0].pose.horizontalFieldOfView ?? 0) - 73.7398) < 1e-3)
        #expect(track.samples[1].pose.pitch == nil && track.samples[1].pose.relativeAltitude == 81)
        #expect(!track.samples[2].hasPlace)
        #expect(track.issues.map(\.kind) == [.noFix, .unreadable])
        #expect(track.issues.map(\.line) == [4, 6])
    }

    @Test("dates join with the recording by its start; without one the first row is the start, and that is said")
    func dates() throws {
        let text = "time,latitude,longitude\n2026-01-01T10:00:01Z,1.5,2.5\n2026-01-01T12:00:03+02:00,1.6,2.6\n"
        let start = Timestamp(rfc3339: "2026-01-01T10:00:00Z")
        let track = try CSVTrack.parse(Array(text.utf8), file: "t.csv", clock: TrackClock(recordingStart: start))
        #expect(track.samples.map(\.mediaTime.milliseconds) == [1000, 3000])
        let unknown = try CSVTrack.parse(Array(text.utf8), file: "t.csv")
        #expect(unknown.samples.map(\.mediaTime.milliseconds) == [0, 2000])
        #expect(unknown.issues.map(\.kind) == [.unknownStart])
    }

    @Test("a table without the needed columns is refused with what to do")
    func refused() {
        for text in ["", "a,b,c\n1,2,3\n", "time_s,lat\n1,2\n", "time_s,lat,lon\n", "time_s,lat,lon\nx,y,z\n"] {
            let error = #expect(throws: TelemetryError.self) { try CSVTrack.parse(Array(text.utf8), file: "t.csv") }
            #expect(error?.remedy.isEmpty == false)
        }
        #expect(throws: TelemetryError.self) { try CSVTrack.parse([0, 1, 2, 0, 9], file: "t.csv") }
    }

    static let gpx = """
        <?xml version="1.0"?>
        <gpx xmlns="http://www.topografix.com/GPX/1/1"><!-- <trkpt lat="9" lon="9"> -->
        <wpt lat="5" lon="6"><time>2026-01-01T10:00:00Z</time></wpt>
        <trk><trkseg>
        <trkpt lon='8.25' lat="47.5"><ele>450.5</ele><time>2026-01-01T10:00:01.500Z</time></trkpt>
        <trkpt lat="0.0" lon="0.0"><time>2026-01-01T10:00:02Z</time></trkpt>
        <trkpt lat="95" lon="8"><time>2026-01-01T10:00:03Z</time></trkpt>
        <trkpt lat="47.6" lon="8.3"/>
        <trkpt lat="47.7" lon="8.4"><ele>451</ele></trkpt>
        <trkpt lat="47.8" lon="8.5"><time>2026-01-01T10:0
        """

    @Test("track points with times become samples, all else is named or left out")
    func points() throws {
        let start = Timestamp(rfc3339: "2026-01-01T10:00:00Z")
        let track = try GPXTrack.parse(Array(Self.gpx.utf8), file: "t.gpx", clock: TrackClock(recordingStart: start))
        #expect(track.samples.count == 3)
        #expect(track.samples[0].mediaTime.milliseconds == 1500)
        #expect(track.samples[0].pose.latitude == 47.5 && track.samples[0].pose.longitude == 8.25)
        #expect(track.samples[0].pose.absoluteAltitude == 450.5)
        #expect(track.samples.map(\.hasPlace) == [true, false, false])
        #expect(track.issues.map(\.kind) == [.noFix, .outOfRange, .noTime, .noTime, .cutBlock])
        #expect(track.captureTime(at: MediaTime(milliseconds: 1500))?.quality == .gps)
        #expect(throws: TelemetryError.self) { try GPXTrack.parse(Array("<gpx></gpx>".utf8), file: "t.gpx") }
    }

    @Test("damaged tables and GPX files never trap")
    func fuzz() {
        var random = SeededRandom(seed: 9)
        let seeds = [Array(Self.gpx.utf8), Array("time_s,lat,lon,yaw\n1,2,3,4\n2,3,4,5\n".utf8)]
        for _ in 0..<1000 {
            for seed in seeds {
                var bytes = seed
                for _ in 0..<4 {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
                let tracks = [try? GPXTrack.parse(bytes, file: "f"), try? CSVTrack.parse(bytes, file: "f")]
                for pose in tracks.compactMap({ $0 }).flatMap(\.samples).map(\.pose) {
                    #expect(pose.latitude.map { abs($0) <= 90 } != false)
                }
            }
        }
    }
}
