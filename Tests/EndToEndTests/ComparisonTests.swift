import Foundation
import ShrikeCore
import TestKit
import Testing

/// Two models on the same footage: in two runs, or in one.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct ComparisonTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A scene of one name, in two versions: the second does not know substrings.
    private func makeScenes() throws {
        func scene(_ version: String, _ classes: [String]) -> String {
            let list = classes.map { "{\"code\": \"\($0)\", \"threshold\": 0.5}" }.joined(separator: ", ")
            return """
                {"format": 1, "name": "field", "version": "\(version)", "kind": "thermal", "classes": [\(list)],
                 "thermal": {"sigma": 5, "minimum_contrast": 14}}
                """
        }
        try folder.write(scene("1", ["hot_cell", "hot_substring", "hot_module", "hot_string"]), to: "old/scene.json")
        try folder.write(scene("2", ["hot_cell", "hot_module", "hot_string"]), to: "new/scene.json")
    }

    private func replay(_ out: String, _ scenes: [String], _ options: [String] = []) async throws
        -> ShrikeProcess.Result
    {
        try await ShrikeProcess.run(
            ["replay", try await Footage.solarVideo, "--no-clips", "--out", folder.path(out)]
                + scenes.flatMap { ["--scene", folder.path($0)] } + options)
    }

    @Test func `two versions of a scene in one run are compared, the first being the baseline`() async throws {
        try makeScenes()
        let worse = try await replay("worse", ["old", "new"])
        #expect(worse.ending == .exited(3), "\(worse.errors)")
        #expect(worse.output.contains("field@1 -> field@2"), "\(worse.output)")
        let comparison = try JSONValue(parsing: folder.bytes("worse/comparison.json"), maximumBytes: 1 << 22)
        let classes = comparison["worse_classes"]?.arrayValue?.compactMap(\.stringValue)
        #expect(classes?.contains("hot_substring") == true, "\(comparison.canonicalText)")
        let page = try folder.text("worse/comparison.html")
        #expect(page.contains("field@1 → field@2") && page.contains("data:image/jpeg;base64,"))
        let better = try await replay("better", ["new", "old"], ["--max-lost", "100"])
        #expect(better.ending == .exited(0), "\(better.output)")
        let gated = try await replay("gated", ["new", "old"], ["--max-lost", "100", "--max-added", "0"])
        #expect(gated.ending == .exited(3), "\(gated.output)")
    }

    @Test func `what a run needs at its end is looked at before it begins, and earlier results stay`() async throws {
        try makeScenes()
        #expect(try await replay("run", ["old"]).ending == .exited(0))
        let alerts = try folder.bytes("run/alerts.ndjson")
        for mistake in [
            ["--baseline", folder.path("nothing")], ["--baseline", folder.path("run")],
            ["--assets", folder.path("none.geojson")], ["--terrain", folder.path("none.tif")],
            ["--site-record", try folder.write("{", to: "site.json")],
        ] {
            let result = try await replay("run", ["old"], mistake)
            #expect(result.ending == .exited(1), "\(mistake)")
            #expect(result.errors.count { $0.hasPrefix("shrike: ") } == 1, "\(result.errors)")
            #expect(try folder.bytes("run/alerts.ndjson") == alerts, "\(mistake)")
        }
    }

    @Test func `a baseline of other footage is no baseline`() async throws {
        try makeScenes()
        #expect(try await replay("run", ["old"]).ending == .exited(0))
        try await Footage.pictures(of: try await Footage.solarVideo, count: 3, in: folder, named: "stills")
        let other = try await ShrikeProcess.run(
            ["replay", folder.path("stills"), "--scene", folder.path("old"), "--out", folder.path("other")]
                + ["--baseline", folder.path("run")])
        #expect(other.ending == .exited(1))
        #expect(other.errors.contains { $0.contains("other footage") && $0.contains("shrike diff") }, "\(other.errors)")
    }
}
