import Foundation
import ShrikeCore
import TestKit
import Testing

/// Work that changes nothing is not done, and what surrounds the network is nearly free.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct FrugalityTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// CPU time of one run, stage against stage, so that neither the machine nor its load matters.
    @Test func `what surrounds decoding and detection costs at most a third of them`() async throws {
        let result = try await ShrikeProcess.run(["bench", "--frames", "100", "--json"])
        let document = try JSONValue(parsing: Array(result.output.joined().utf8))
        var cost: [String: Double] = [:]
        for stage in try #require(document["stages"]?.arrayValue) {
            cost[try #require(stage["name"]?.stringValue)] = try #require(stage["cpu_ms_per_frame"]?.doubleValue)
        }
        let parts = try #require(cost["decode"]) + #require(cost["detect"])
        let whole = try #require(cost["pipeline"])
        #expect(whole <= 1.33 * parts, "\(cost)")
        #expect(parts > 0.5, "the stages were measured: \(cost)")
    }

    @Test func `a still view is looked at now and then, told as such, and alike in every run`() async throws {
        let made = try await ShrikeProcess.run(
            [
                "-v", "error", "-loop", "1", "-i", try await stillPicture(), "-t", "20", "-r", "10", "-vf",
                "noise=alls=4:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
                folder.path("still.mp4"),
            ], program: "ffmpeg")
        try #require(made.ending == .exited(0), "\(made.errors)")
        var frames: [JSONValue] = []
        for (out, look) in [("every", "every"), ("one", "changes"), ("two", "changes")] {
            let result = try await ShrikeProcess.run([
                "replay", folder.path("still.mp4"), "--scene", "builtin:thermal-solar", "--no-clips", "--json",
                "--look",
                look, "--out", folder.path(out),
            ])
            try #require(result.ending == .exited(0), "\(result.errors)")
            frames.append(try #require(try JSONValue(parsing: Array(result.output.joined().utf8))["frames"]))
        }
        #expect(frames[0]["analyzed"]?.integerValue == 200 && frames[0]["unchanged"]?.integerValue == 0)
        let looks = try #require(frames[1]["analyzed"]?.integerValue)
        // Sixteen until settled, then one every five seconds.
        #expect((17...30).contains(looks) && frames[1]["unchanged"]?.integerValue == 200 - looks, "\(frames[1])")
        #expect(frames[1] == frames[2])
        #expect(try folder.text("one/alerts.ndjson") == folder.text("two/alerts.ndjson"))
        let report = try folder.text("one/report.html")
        #expect(report.contains("Unchanged, not looked at"))
        func defects(_ out: String) throws -> [String] {
            try folder.text("\(out)/alerts.ndjson").split(separator: "\n").compactMap { line in
                let alert = try JSONValue(parsing: Array(line.utf8))
                return alert["state"]?.stringValue == "new" ? alert["class"]?.stringValue : nil
            }
        }
        #expect(try defects("one") == defects("every"))
    }

    /// One frame of the generated flight.
    private func stillPicture() async throws -> String {
        try await Footage.pictures(of: try await Footage.solarVideo, count: 1, in: folder, named: "still")
        return folder.path("still/001.jpg")
    }
}
