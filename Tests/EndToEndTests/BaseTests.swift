import Foundation
import ShrikeCore
import TestKit
import Testing

/// Bases and the scenes that ride on them, through the built program.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct BaseTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func shrike(_ arguments: [String]) async throws -> ShrikeProcess.Result {
        try await ShrikeProcess.run(arguments, environment: ["SHRIKE_MODELS": folder.path("models")])
    }

    /// A network with one map of 2 x 4 x 6 cells, one of them odd.
    private func importBase() async throws -> ShrikeProcess.Result {
        var values = [Float](repeating: 0, count: 48)
        values[8] = 10
        let network = ONNXWriter(input: [1, 3, 64, 96], outputs: [.init("fine", [1, 2, 4, 6], values)])
        try folder.write(network.bytes(), to: "net.onnx")
        return try await shrike(
            [
                "base", "import", "--onnx", folder.path("net.onnx"), "--taps", "fine", "--name", "tiny", "--license",
                "MIT",
            ])
    }

    /// A scene folder whose normality head finds the odd cell and its neighbours.
    private func writeScene(_ name: String, base: String = "tiny:1", mean: Float = 0) throws {
        try folder.write(
            Data(
                #"""
                {"name": "\#(name)", "version": "7", "kind": "heads", "classes": [{"code": "odd", "threshold": 0.5}],
                 "persistence": {"hits": 1, "window": 1},
                 "heads": {"base": "\#(base)", "normality": {"tap": "fine", "class": "odd", "center": 0.5, "spread": 0.1}}}
                """#.utf8), to: "\(name)/scene.json")
        let factor = (0..<24).flatMap { _ -> [Float] in [1, 0, 1] }
        let means = [Float](repeating: mean, count: 48)
        let header =
            #"{"normality.factor":{"dtype":"F32","shape":[24,3],"data_offsets":[0,288]},"#
            + #""normality.mean":{"dtype":"F32","shape":[24,2],"data_offsets":[288,480]}}"#
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
        for values in [factor, means] { bytes += values.withUnsafeBytes { Data($0) } }
        try folder.write(bytes, to: "\(name)/heads.safetensors")
    }

    private func replay(_ scenes: [String], out: String) async throws -> ShrikeProcess.Result {
        try await shrike(
            ["replay", try await Footage.solarVideo, "--no-clips", "--to", "1", "--out", folder.path(out)]
                + scenes.flatMap { ["--scene", $0] })
    }

    @Test func `scenes on one base find together what each finds alone, and alerts name the base`() async throws {
        let made = try await importBase()
        #expect(made.ending == .exited(0), "\(made.errors)")
        let list = try await shrike(["base", "list", "--json"])
        let bases = try JSONValue(parsing: Array(list.output.joined().utf8))["bases"]?.arrayValue ?? []
        #expect(bases.count == 1 && bases[0]["reference"]?.stringValue == "tiny:1")
        let digest = try #require(bases[0]["digest"]?.stringValue)
        let shown = try await shrike(["base", "show", "tiny:1"])
        #expect(shown.ending == .exited(0), "\(shown.output) \(shown.errors)")
        #expect(shown.output.contains { $0.contains("fine  stride 16, 2 channels") }, "\(shown.output)")
        #expect(shown.output.contains { $0.contains("fp32: as where it was made") }, "\(shown.output)")

        try writeScene("left")
        try writeScene("right")
        for name in ["left", "right"] {
            #expect(try await replay([folder.path(name)], out: "out-" + name).ending == .exited(0))
        }
        let both = try await replay([folder.path("left"), folder.path("right")], out: "out-both")
        #expect(both.ending == .exited(0), "\(both.errors)")
        let alerts = try folder.text("out-both/alerts.ndjson").split(separator: "\n")
        #expect(!alerts.isEmpty && alerts.allSatisfy { $0.contains(digest) })
        for name in ["left", "right"] {
            let alone = try folder.text("out-\(name)/alerts.ndjson").split(separator: "\n")
            let together = alerts.filter { $0.contains(#""name":"\#(name)""#) }
            #expect(!alone.isEmpty && together.count == alone.count, "\(name): \(alone.count), \(together.count)")
        }
    }

    @Test func `a packed scene knows its base, and its golden results are checked at load`() async throws {
        #expect(try await importBase().ending == .exited(0))
        try writeScene("left")
        try await Footage.pictures(of: Footage.solarVideo, count: 1, in: folder, named: "golden")
        let packed = try await shrike(
            ["bundle", "pack", folder.path("left"), "--version", "1", "--golden", folder.path("golden/001.jpg")])
        #expect(packed.ending == .exited(0), "\(packed.errors)")
        let result = try await replay(["left:1"], out: "out")
        #expect(result.ending == .exited(0), "\(result.errors)")
        #expect(try folder.text("out/alerts.ndjson").contains(#""level":"l0""#))
    }

    @Test func `what cannot be a base, or rides on none, is refused in one line`() async throws {
        #expect(try await importBase().ending == .exited(0))
        try folder.write(Data("no weights".utf8), to: "weights.pth")
        try writeScene("lost", base: "gone:1")
        let refusals = [
            try await shrike(["base", "import", folder.path("weights.pth")]),
            try await shrike(["base", "import", folder.path("missing.whl")]),
            try await shrike(["base", "import", "--onnx", folder.path("net.onnx"), "--taps", "coarse"]),
            try await shrike(["base", "show", "gone:1"]),
            try await replay([folder.path("lost")], out: "out"),
        ]
        for refusal in refusals {
            #expect(refusal.ending == .exited(1))
            let lines = refusal.errors.filter { $0.hasPrefix("shrike: ") }
            #expect(lines.count == 1 && lines[0].wholeMatch(of: /shrike: .+: [^;]+; .+/) != nil, "\(refusal.errors)")
        }
        let usage = try await shrike(["base", "import", "--onnx", folder.path("net.onnx")])
        #expect(usage.ending == .exited(64))
    }
}
