import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct ReplayTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func replay(_ out: String, _ options: [String] = []) async throws -> ShrikeProcess.Result {
        try await ShrikeProcess.run(
            ["replay", try await Footage.solarVideo, "--scene", "builtin:thermal-solar", "--no-clips"]
                + ["--out", folder.path(out)] + options)
    }

    @Test(arguments: [["--workers", "2"], ["--speed", "4"], ["--workers", "5", "--speed", "max"]])
    func `replays of the same footage give the same bytes`(_ options: [String]) async throws {
        #expect(try await replay("one", ["--workers", "1"]).ending == .exited(0))
        #expect(try await replay("deeper/other", options).ending == .exited(0))
        let alerts = try folder.text("one/alerts.ndjson")
        #expect(alerts.split(separator: "\n").count >= 8)
        #expect(try folder.text("deeper/other/alerts.ndjson") == alerts)
        #expect(try folder.bytes("deeper/other/detections.json") == folder.bytes("one/detections.json"))
        #expect(
            folder.names(in: "one/evidence")
                == folder.names(in: "deeper/other/evidence").filter { $0.hasSuffix(".jpg") })
    }

    @Test func `the same recording in another folder gives the same bytes`() async throws {
        let video = URL(filePath: try await Footage.solarVideo)
        let telemetry = video.deletingPathExtension().appendingPathExtension("SRT")
        try folder.write(try Data(contentsOf: video), to: "moved/solar.mp4")
        try folder.write(try Data(contentsOf: telemetry), to: "moved/solar.SRT")
        #expect(try await replay("one").ending == .exited(0))
        let moved = try await ShrikeProcess.run(
            ["replay", folder.path("moved/solar.mp4"), "--scene", "builtin:thermal-solar", "--no-clips"]
                + ["--out", folder.path("two")])
        #expect(moved.ending == .exited(0))
        #expect(try folder.text("two/alerts.ndjson") == folder.text("one/alerts.ndjson"))
    }

    @Test func `a speed of two takes half the footage's time`() async throws {
        let begin = ContinuousClock.now
        #expect(try await replay("slow", ["--speed", "2"]).ending == .exited(0))
        #expect(ContinuousClock.now - begin >= .milliseconds(1900), "31 intervals of 1/8 s at double speed")
    }

    @Test(.enabled(if: BrokerHarness.isAvailable))
    func `a replay publishes below its run only`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/#")
        let result = try await replay("out", ["--broker", "mqtt://127.0.0.1:\(broker.port)", "--json"])
        #expect(result.ending == .exited(0))
        let log = try folder.text("out/alerts.ndjson").split(separator: "\n")
        #expect(await listener.wait { $0.count >= log.count })
        let messages = listener.messages
        #expect(messages.count == log.count)
        let run = try #require(try JSONValue(parsing: Array(result.output.joined().utf8))["run"]?.stringValue)
        #expect(messages.allSatisfy { $0.topic.hasPrefix("shrike/v1/local/local/replay/\(run)/alert/") })
        #expect(messages.allSatisfy { !$0.isRetained })
        let ids = try HeardAlerts(log.map(String.init)).ids
        #expect(try HeardAlerts(messages).ids == ids)
        #expect(folder.names(in: "out").contains(".publishing") == false)
        await listener.stop()
        await broker.kill()
    }

    @Test func `a baseline is equal to itself, and a run that finds less is worse`() async throws {
        #expect(try await replay("full").ending == .exited(0))
        let same = try await replay("same", ["--baseline", folder.path("full")])
        #expect(same.ending == .exited(0), "\(same.errors)")
        let less = try await replay("less", ["--baseline", folder.path("full"), "--to", "1.5"])
        #expect(less.ending == .exited(3), "\(less.output)")
        #expect(try folder.text("less/comparison.json").hasPrefix("{"))
        let none = try await replay("none", ["--baseline", folder.path("nothing-here")])
        #expect(none.ending == .exited(1))
        #expect(none.errors.count { $0.hasPrefix("shrike: ") } == 1)
    }

    @Test func `from and to cut the footage`() async throws {
        let cut = try await replay("cut", ["--from", "1", "--to", "00:03", "--json"])
        #expect(cut.ending == .exited(0), "\(cut.errors)")
        let times = try HeardAlerts(folder.text("cut/alerts.ndjson").split(separator: "\n").map(String.init))
            .documents.compactMap { $0["media_time_ms"]?.integerValue }
        #expect(!times.isEmpty)
        #expect(times.allSatisfy { (1000...3000).contains($0) }, "\(times)")
    }

    @Test func `json is one document on standard output`() async throws {
        let result = try await replay("out", ["--json"])
        #expect(result.output.count == 1)
        let document = try JSONValue(parsing: Array(result.output.joined().utf8), maximumBytes: 1 << 22)
        #expect(document["run"]?.stringValue?.hasPrefix("run-") == true)
        #expect(document["output_folder"]?.stringValue == folder.path("out"))
    }

    @Test func `an interrupt ends a replay with 130`() async throws {
        let running = try await ShrikeProcess(
            ["replay", try await Footage.solarVideo, "--scene", "builtin:thermal-solar", "--no-clips"]
                + ["--out", folder.path("out"), "--speed", "0.2"])
        #expect(
            await ShrikeProcess.holds(upTo: .seconds(120)) {
                folder.names(in: "out").contains(".run")
            })
        running.signal(SIGINT)
        #expect(await running.wait(upTo: .seconds(120)) == .exited(130))
        #expect(!folder.names(in: "out").contains("summary.json"), "a broken off run leaves no summary")
    }
}
