import Foundation
import ShrikeCore
import TestKit
import Testing

/// `shrike telemetry`, and what `shrike replay` tells of telemetry.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct TelemetryCommandTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let cue = "1\n00:00:00,000 --> 00:00:01,000\n"

    @Test func `a file is shown with its variant, first and last pose, and what is wrong with it`() async throws {
        let good = try folder.write(
            Self.cue + "2022.06.21 16:06:17\nGPS(36.6146,-6.1120,0.0M) BAROMETER:0.3M\n\n", to: "good.SRT")
        let empty = try folder.write("", to: "empty.SRT")
        let result = try await ShrikeProcess.run(["telemetry", good, empty])
        #expect(result.ending == .exited(1))
        #expect(result.output.first == "good.SRT: dji-m300")
        #expect(result.output.contains { $0.contains("36.6146, -6.112") && $0.contains("height 0.3") })
        #expect(
            result.errors == [
                "shrike: the file is empty: empty.SRT; copy it from the card again, or replay without telemetry"
            ])
    }

    @Test func `the order that a file does not tell can be told`() async throws {
        let file = try folder.write(Self.cue + "GPS(39.9,16.3,69.8)\n\n", to: "a.SRT")
        func document(_ options: [String]) async throws -> JSONValue {
            let result = try await ShrikeProcess.run(["telemetry", file, "--json"] + options)
            #expect(result.ending == .exited(0), "\(result.errors)")
            return try JSONValue(parsing: Array(result.output.joined().utf8))
        }
        let open = try await document([])
        #expect(open["placed"]?.integerValue == 0)
        #expect(open["issues"]?.arrayValue?.contains { $0["kind"]?.stringValue == "ambiguousOrder" } == true)
        let told = try await document(["--coordinate-order", "longitude-first"])
        #expect(told["first"]?["pose"]?["lat"]?.doubleValue == 16.3)
    }

    @Test func `the table that it prints is telemetry again`() async throws {
        let video = URL(filePath: try await Footage.solarVideo)
        let sideCar = video.deletingPathExtension().appendingPathExtension("SRT").path
        let table = try await ShrikeProcess.run(["telemetry", sideCar, "--csv"])
        #expect(table.ending == .exited(0))
        let copy = try folder.write(table.output.joined(separator: "\n") + "\n", to: "copy.csv")
        func ends(_ file: String) async throws -> [JSONValue?] {
            let result = try await ShrikeProcess.run(["telemetry", file, "--json"])
            let document = try JSONValue(parsing: Array(result.output.joined().utf8))
            return ["lat", "lon", "rel_alt_m", "yaw", "pitch"].flatMap { key in
                ["first", "last"].map { document[$0]?["pose"]?[key] }
            }
        }
        #expect(try await ends(copy) == ends(sideCar))
    }

    @Test func `a side-car that cannot be used is named while the footage is replayed`() async throws {
        let video = try await Footage.solarVideo
        try folder.write(try Data(contentsOf: URL(filePath: video)), to: "flight.mp4")
        try folder.write("1\n", to: "flight.SRT")
        let result = try await ShrikeProcess.run(
            ["replay", folder.path("flight.mp4"), "--scene", "builtin:thermal-solar", "--no-clips"]
                + ["--out", folder.path("out")])
        #expect(result.ending == .exited(0), "\(result.errors)")
        #expect(result.errors.contains { $0.contains("flight.SRT") && $0.contains("no telemetry") }, "\(result.errors)")
        let summary = try JSONValue(parsing: folder.bytes("out/summary.json"), maximumBytes: 1 << 22)
        let telemetry = summary["sources"]?.arrayValue?.first?["telemetry"]
        #expect(telemetry?["refused"]?.boolValue == true)
        #expect(try folder.text("out/report.html").contains("flight.SRT"))
        let document = try JSONValue(parsing: folder.bytes("out/report.json"), maximumBytes: 1 << 22)
        #expect(document["notes"]?.arrayValue?.isEmpty == false)
    }

    @Test func `a track of another day is said to place nothing`() async throws {
        try await Footage.pictures(of: try await Footage.solarVideo, count: 2, in: folder, named: "stills")
        let track = try folder.write(
            "time,lat,lon\n2026-05-01T09:30:00Z,47.1,8.5\n2026-05-01T09:30:01Z,47.2,8.5\n", to: "track.csv")
        let result = try await ShrikeProcess.run(
            ["replay", folder.path("stills"), "--scene", "builtin:thermal-solar", "--out", folder.path("out")]
                + ["--telemetry", track])
        #expect(result.ending == .exited(0), "\(result.errors)")
        #expect(result.errors.contains { $0.contains("--clock-offset") }, "\(result.errors)")
        #expect(try folder.text("out/report.html").contains("track.csv"))
    }
}
