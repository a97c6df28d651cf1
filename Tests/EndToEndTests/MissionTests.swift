import Foundation
import ShrikeCore
import TestKit
import Testing

/// `shrike replay` on a whole card: order, continuation after kills, shards, progress.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct MissionTests {
    private let folder: TestFolder
    private static let results = ["alerts.ndjson", "detections.json", "defects.geojson"]

    init() throws { folder = try TestFolder() }

    /// A card with a video and its side-car, stills, and what is no footage.
    private func makeCard(stills: Int = 40) async throws {
        let video = URL(filePath: try await Footage.solarVideo)
        let telemetry = video.deletingPathExtension().appendingPathExtension("SRT")
        try folder.write(try Data(contentsOf: video), to: "card/DCIM/100/DJI_0001.MP4")
        try folder.write(try Data(contentsOf: telemetry), to: "card/DCIM/100/DJI_0001.SRT")
        try await Footage.pictures(of: video.path, count: 20, in: folder, named: "card/DCIM/101")
        for name in folder.names(in: "card/DCIM/101") where stills > 20 {
            try folder.write(try folder.bytes("card/DCIM/101/\(name)"), to: "card/DCIM/101/again-\(name)")
        }
        try folder.write("x", to: "card/DCIM/100/DJI_0001.LRF")
        try folder.write("x", to: "card/.DS_Store")
    }

    private func arguments(_ out: String, _ options: [String] = []) -> [String] {
        ["replay", folder.path("card"), "--scene", "builtin:thermal-solar", "--out", folder.path(out)] + options
    }

    @discardableResult
    private func replay(_ out: String, _ options: [String] = []) async throws -> ShrikeProcess.Result {
        let result = try await ShrikeProcess.run(arguments(out, options))
        #expect(result.ending == .exited(0), "\(result.errors)")
        return result
    }

    private func expectSame(_ one: String, _ other: String) throws {
        for name in Self.results {
            #expect(try folder.bytes("\(one)/\(name)") == folder.bytes("\(other)/\(name)"), "\(name) differs")
        }
        #expect(try summary(one) == summary(other))
        #expect(folder.names(in: "\(one)/evidence") == folder.names(in: "\(other)/evidence"))
        for name in folder.names(in: "\(one)/evidence") {
            #expect(try folder.bytes("\(one)/evidence/\(name)") == folder.bytes("\(other)/evidence/\(name)"))
        }
    }

    /// Without the times it took.
    private func summary(_ run: String) throws -> JSONValue {
        var document = try JSONValue(parsing: folder.bytes("\(run)/summary.json"), maximumBytes: 1 << 24).objectValue
        for key in ["seconds", "frames_per_second", "stages"] { document?[key] = nil }
        return .object(try #require(document))
    }

    @Test func `a card is sorted, and what is no footage is skipped and said so`() async throws {
        try await makeCard()
        try await replay("out", ["--clips", "none"])
        let mission = try #require(try summary("out")["mission"])
        #expect(mission["sources"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["DJI_0001.MP4", "101"])
        #expect(mission["skipped_files"]?.objectValue?.count == 2)
        #expect(mission["skipped_files"]?["small preview of a video"]?.integerValue == 1)
        let lines = try folder.text("out/alerts.ndjson").split(separator: "\n").map(String.init)
        #expect(try HeardAlerts(lines).sequences == HeardAlerts.numbers(lines.count))
        #expect(lines.count > 20)
    }

    @Test func `a run killed ten times ends with the same bytes`() async throws {
        try await makeCard()
        try await replay("undisturbed")
        var random = SystemRandomNumberGenerator()
        var kills = 0
        // Where a machine is so busy that a run comes to its end before it is killed, another begins.
        for attempt in 0..<60 where kills < 10 {
            let before = checkpoints("killed")
            let running = try await ShrikeProcess(
                arguments("killed", ["--speed", "2"]))
            let hasMoved = await ShrikeProcess.holds(upTo: .seconds(120)) {
                running.ending != nil || checkpoints("killed") != before
            }
            #expect(hasMoved, "attempt \(attempt): \(running.errors)")
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
            let ending = running.ending
            await running.kill()
            if ending == nil { kills += 1 } else { try FileManager.default.removeItem(atPath: folder.path("killed")) }
        }
        #expect(kills == 10)
        let last = try await replay("killed")
        #expect(last.errors.contains { $0.contains("earlier run") }, "\(last.errors)")
        try expectSame("undisturbed", "killed")
        let again = try await replay("killed")
        #expect(again.errors.contains { $0.contains("finished by an earlier run") })
        try expectSame("undisturbed", "killed")
    }

    /// Contents of all checkpoints.
    private func checkpoints(_ run: String) -> [[UInt8]] {
        folder.names(in: "\(run)/.run").filter { $0.hasSuffix(".json") }.compactMap {
            try? folder.bytes("\(run)/.run/\($0)")
        }
    }

    @Test func `three shards merged are the same bytes as one run, whatever the workers`() async throws {
        try await makeCard()
        try await replay("whole", ["--workers", "1"])
        for number in 1...3 { try await replay("s\(number)", ["--shard", "\(number)/3", "--workers", "2"]) }
        #expect(!folder.names(in: "s1").contains("alerts.ndjson"), "a shard is not taken for the whole")
        let merged = try await ShrikeProcess.run(
            ["replay", "--merge"] + (1...3).map { folder.path("s\($0)") } + ["--out", folder.path("merged")])
        #expect(merged.ending == .exited(0), "\(merged.errors)")
        try expectSame("whole", "merged")
        let lacking = try await ShrikeProcess.run(
            ["replay", "--merge", folder.path("s1"), folder.path("s3"), "--out", folder.path("lacking")])
        #expect(lacking.ending == .exited(1))
        #expect(lacking.errors.contains { $0.contains("of 3 pieces are missing") })
    }

    @Test func `real time and two workers give the bytes of one worker at full speed`() async throws {
        try await makeCard(stills: 20)
        try await replay("max", ["--workers", "1", "--clips", "none"])
        try await replay("paced", ["--workers", "2", "--clips", "none", "--speed", "8"])
        for name in Self.results { #expect(try folder.bytes("max/\(name)") == folder.bytes("paced/\(name)")) }
    }

    @Test func `another scene or fresh begins anew`() async throws {
        try await makeCard(stills: 20)
        try await replay("out", ["--clips", "none"])
        let fresh = try await replay("out", ["--clips", "none", "--fresh"])
        #expect(!fresh.errors.contains { $0.contains("earlier run") })
        let other = try await replay("out", ["--clips", "none", "--site", "elsewhere"])
        #expect(!other.errors.contains { $0.contains("earlier run") })
        #expect(try folder.text("out/alerts.ndjson").contains("\"site\":\"elsewhere\""))
    }

    @Test func `a folder is written by one replay at a time`() async throws {
        try await makeCard(stills: 20)
        let running = try await ShrikeProcess(arguments("out", ["--speed", "0.02"]))
        #expect(await ShrikeProcess.holds(upTo: .seconds(120)) { !checkpoints("out").isEmpty })
        let second = try await ShrikeProcess.run(arguments("out"))
        #expect(second.ending == .exited(1))
        #expect(second.errors.contains { $0.contains("another replay writes into this folder") })
        await running.kill()
    }

    @Test func `progress without a terminal is a line now and then, with rate and time left`() async throws {
        try await makeCard()
        let begin = ContinuousClock.now
        let result = try await replay("out", ["--clips", "none", "--speed", "5"])
        let lines = result.errors.filter { $0.contains(" left, ") }
        // One every five seconds, on a machine of any speed.
        let most = Int((ContinuousClock.now - begin) / .seconds(5)) + 1
        #expect((1...most).contains(lines.count), "\(result.errors)")
        #expect(lines.allSatisfy { $0.contains("frames/") && ($0.contains(" % ") || $0.contains(" %,")) })
        #expect(!result.errors.joined().contains("\u{1B}"))
        #expect(result.output.allSatisfy { !$0.contains("\u{1B}") })
    }
}
