import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct BadInputTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func replay(_ footage: [String], scene: String = "builtin:thermal-solar") async throws
        -> ShrikeProcess.Result
    {
        try await ShrikeProcess.run(
            ["replay"] + footage + ["--scene", scene, "--no-clips", "--out", folder.path("out")])
    }

    /// One line of what, where and what to do, and status 1.
    private func expectOneLine(_ result: ShrikeProcess.Result, naming place: String) {
        #expect(result.ending == .exited(1))
        #expect(result.errors.count == 1, "\(result.errors)")
        #expect(result.errors.first?.wholeMatch(of: /shrike: [^:;]+: [^;]+; .+/) != nil, "\(result.errors)")
        #expect(result.errors.first?.contains(place) == true, "\(result.errors)")
    }

    @Test func `an empty folder is one clear line`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
        expectOneLine(try await replay([folder.path("empty")]), naming: "empty")
    }

    @Test(arguments: ["broken.mp4", "broken.jpg", "broken.tiff", "nothing.mp4", "nothing.png"])
    func `a file of noise is one clear line`(_ name: String) async throws {
        var random = SeededRandom(seed: 5)
        let count = name.hasPrefix("nothing") ? 0 : 20_000
        try folder.write((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, to: name)
        expectOneLine(try await replay([folder.path(name)]), naming: name)
    }

    @Test func `footage that fails does not stop footage that works`() async throws {
        try folder.write("no video".utf8, to: "broken.mp4")
        let result = try await replay([folder.path("broken.mp4"), try await Footage.solarVideo])
        #expect(result.ending == .exited(1))
        #expect(result.errors.contains { $0.hasPrefix("shrike: not replayed: ") && $0.contains("broken.mp4") })
        #expect(try folder.text("out/alerts.ndjson").split(separator: "\n").count >= 8)
    }

    @Test func `text in place of a network is one clear line`() async throws {
        try folder.write("weights: none", to: "network.onnx")
        expectOneLine(
            try await replay([try await Footage.solarVideo], scene: folder.path("network.onnx")), naming: "network.onnx"
        )
    }

    @Test func `a network cut short is one clear line`() async throws {
        let whole = try Data(contentsOf: Self.package.appending(path: "fixtures/networks/yolov8.onnx"))
        try folder.write(whole.prefix(whole.count / 2), to: "half.onnx")
        expectOneLine(
            try await replay([try await Footage.solarVideo], scene: folder.path("half.onnx")), naming: "half.onnx")
    }

    @Test func `a network with outputs of no known layout is one clear line`() async throws {
        let network = Self.package.appending(path: "fixtures/networks/unknown.onnx").path
        try #require(FileManager.default.fileExists(atPath: network))
        expectOneLine(try await replay([try await Footage.solarVideo], scene: network), naming: "unknown.onnx")
    }

    @Test(arguments: ["{", "[]", "{\"schema\":\"shrike.scene/1\",\"thresholds\":7}"])
    func `a scene that cannot be read is one clear line`(_ text: String) async throws {
        try folder.write(text, to: "scene/scene.json")
        let result = try await replay([try await Footage.solarVideo], scene: folder.path("scene"))
        #expect(result.ending == .exited(1))
        #expect(result.errors.first?.hasPrefix("shrike: ") == true)
        #expect(result.errors.count { $0.hasPrefix("shrike: ") } == 1)
    }

    @Test(.enabled(if: BrokerHarness.isAvailable))
    func `other sources go on when one cannot be opened`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        try folder.write("no video".utf8, to: "broken.mp4")
        let gateway = try Gateway(
            broker,
            sources: [
                ("gone", "/no/such/clip.mp4"), ("broken", folder.path("broken.mp4")),
                ("flight", try await Footage.solarVideo),
            ])
        let running = try await gateway.start(["--exit-when-done"])
        #expect(await running.wait() == .exited(0))
        for name in ["gone", "broken"] {
            #expect(running.errors.count { $0.contains(" error ") && $0.contains("source=\(name)") } == 1)
        }
        #expect(await listener.wait { $0.count >= 8 })
        #expect(listener.messages.allSatisfy { $0.topic.hasSuffix("/flight") })
        await listener.stop()
        await broker.kill()
    }

    @Test(.enabled(if: BrokerHarness.isAvailable && geteuid() == 0, "mounting a small disk needs root"))
    func `on a full disk alerts wait, and all arrive once there is room`() async throws {
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        let mounted = try await ShrikeProcess.run(
            ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], program: "mount")
        if mounted.ending != .exited(0) { try Test.cancel("cannot mount a small disk here") }
        do {
            try await fillAndFree(disk)
        } catch {
            _ = try await ShrikeProcess.run(["-l", disk], program: "umount")
            throw error
        }
        _ = try await ShrikeProcess.run(["-l", disk], program: "umount")
    }

    private func fillAndFree(_ disk: String) async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        var gateway = try Gateway(broker, sources: [("drop", "watch:" + folder.path("drop"))])
        gateway.state = disk + "/state"
        gateway.sections.append("evidence: {reserve_bytes: 0}")
        try FileManager.default.createDirectory(atPath: folder.path("drop"), withIntermediateDirectories: true)
        try await Footage.pictures(of: try await Footage.solarVideo, count: 6, in: folder, named: "made")
        let running = try await gateway.start()
        #expect(await running.logs("connected to"))
        _ = try await ShrikeProcess.run(["if=/dev/zero", "of=\(disk)/filler", "bs=1k"], program: "dd")
        for name in folder.names(in: "made") { try folder.write(folder.bytes("made/" + name), to: "drop/" + name) }
        #expect(await running.logs("alerts wait for the disk", upTo: .seconds(30)), "\(running.errors)")
        #expect(running.errors.contains { $0.contains("no space left") && $0.contains("; free space") })
        #expect(running.ending == nil)
        try FileManager.default.removeItem(atPath: disk + "/filler")
        let replay = try await replay([folder.path("made")])
        let expected = try folder.text("out/alerts.ndjson").split(separator: "\n").count { $0.contains("\"new\"") }
        #expect(replay.ending == .exited(0) && expected > 0)
        #expect(
            await listener.wait(upTo: .seconds(40)) {
                $0.count { $0.payload.contains("\"state\":\"new\"") } >= expected
            })
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(10)) == .exited(0))
        let heard = try HeardAlerts(listener.messages)
        #expect(Set(heard.sequences).sorted() == HeardAlerts.numbers(Set(heard.ids).count))
        await listener.stop()
        await broker.kill()
    }

    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
