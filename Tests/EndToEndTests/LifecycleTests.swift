import Foundation
import FoundationNetworking
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct LifecycleTests {
    private func get(_ path: String, port: UInt16) async throws -> (status: Int, text: String) {
        let address = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        let (data, response) = try await URLSession.shared.data(from: address)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    private func isOnline(_ messages: [BrokerListener.Message]) -> Bool? {
        messages.last { $0.topic.hasSuffix("/status") }
            .flatMap { try? JSONValue(parsing: Array($0.payload.utf8))["online"]?.boolValue }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal in the middle of footage ends the agent in time, offline and with nothing lost`(
        _ signal: Int32
    ) async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/field/north/#")
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        let running = try await gateway.start()
        #expect(await running.logs("alert_id="))
        running.signal(signal)
        #expect(await running.wait(upTo: .seconds(5)) == .exited(0))
        #expect(await listener.wait { isOnline($0) == false })
        let late = try await BrokerListener(broker, topic: "shrike/v1/+/+/status")
        #expect(await late.wait { $0.contains { $0.isRetained } && isOnline($0) == false }, "it is retained")
        #expect(try await gateway.runUntilDone() == .exited(0))
        let heard = try HeardAlerts(listener.messages.filter { $0.topic.contains("/alert/") })
        #expect(Set(heard.sequences).sorted() == HeardAlerts.numbers(Set(heard.ids).count))
        #expect(heard.unmarkedDuplicates == [])
        await listener.stop()
        await late.stop()
        await broker.kill()
    }

    @Test func `the will says offline when the agent dies`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/field/north/status")
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        let running = try await gateway.start()
        #expect(await listener.wait(upTo: .seconds(20)) { isOnline($0) == true })
        await running.kill()
        // The will waits ten seconds for the agent to come back.
        #expect(await listener.wait(upTo: .seconds(25)) { isOnline($0) == false })
        await listener.stop()
        await broker.kill()
    }

    @Test func `a hang-up takes a right change and refuses a wrong one`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/field/north/alert/#")
        var gateway = try Gateway(broker, sources: [("first", try await Footage.solarVideo)])
        let running = try await gateway.start()
        #expect(await running.logs("all sources have ended", upTo: .seconds(60)))
        gateway.sources = [("second", try await Footage.solarVideo)]
        try gateway.write()
        running.signal(SIGHUP)
        #expect(await running.logs("configuration read again"))
        #expect(await listener.wait(upTo: .seconds(30)) { $0.count { $0.topic.hasSuffix("/second") } >= 8 })
        gateway.scenes = ["builtin:moonlight"]
        try gateway.write()
        running.signal(SIGHUP)
        #expect(await running.logs("configuration not taken"))
        try gateway.folder.write("sources: 5", to: "gateway.yaml")
        running.signal(SIGHUP)
        #expect(
            await ShrikeProcess.holds(upTo: .seconds(10)) {
                running.errors.count { $0.contains("configuration not taken") } == 2
            })
        (gateway.scenes, gateway.sources) = (["builtin:thermal-solar"], [("third", try await Footage.solarVideo)])
        try gateway.write()
        running.signal(SIGHUP)
        #expect(await listener.wait(upTo: .seconds(30)) { $0.count { $0.topic.hasSuffix("/third") } >= 8 })
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(10)) == .exited(0))
        await listener.stop()
        await broker.kill()
    }

    @Test func `metrics and health tell stages, drops, outbox, models and sources`() async throws {
        let broker = try await BrokerHarness.started()
        let port = try await BrokerHarness().port
        var gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        gateway.sources.append(("drop", "watch:" + gateway.folder.path("drop")))
        try gateway.folder.write("no picture", to: "drop/broken.jpg")
        gateway.sections = ["http: {port: \(port)}"]
        let running = try await gateway.start()
        #expect(await running.logs("source is ended", upTo: .seconds(60)))
        #expect(await running.logs("skipped broken.jpg", upTo: .seconds(20)))
        let metrics = try await get("/metrics", port: port)
        #expect(metrics.status == 200)
        for name in [
            "shrike_stage_seconds_bucket{stage=\"detect\",le=", "shrike_stage_seconds_count{stage=\"decide\"}",
            "shrike_frames_analyzed_total{source=\"flight\"} 32", "shrike_outbox_depth ",
            "shrike_frames_dropped_total{source=\"drop\",reason=\"unreadable\"} 1",
            "shrike_outbox_oldest_age_seconds ", "shrike_model_info{level=\"l2\",name=\"thermal-solar\"",
            "shrike_source_state{source=\"flight\",state=\"ended\"} 1", "shrike_broker_connected 1",
            "shrike_alerts_total{source=\"flight\",class=\"hot_cell\",grade=\"general\",state=\"new\"}",
        ] {
            #expect(metrics.text.contains("\n" + name), "\(name) is missing in\n\(metrics.text)")
        }
        let health = try await get("/healthz", port: port)
        #expect(health.status == 200)
        let document = try JSONValue(parsing: Array(health.text.utf8))
        #expect(document["sources"]?["flight"]?["state"]?.stringValue == "ended")
        #expect(document["sources"]?["flight"]?["frames"]?.integerValue == 32)
        #expect(try await get("/nothing-here", port: port).status == 404)
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(10)) == .exited(0))
        await broker.kill()
    }

    @Test func `no planted secret leaves the agent`() async throws {
        let broker = try await BrokerHarness.started(.init(passwords: ["shrike": "planted-broker", "ear": "heard"]))
        let listener = try await BrokerListener(broker, topic: "shrike/#", options: ["-u", "ear", "-P", "heard"])
        let port = try await BrokerHarness().port
        var gateway = try Gateway(
            broker,
            sources: [
                ("flight", try await Footage.solarVideo),
                ("camera", "rtsp://inspector:planted-camera@127.0.0.1:1/stream"),
            ])
        gateway.broker += ["username: shrike", "password: planted-broker"]
        gateway.sections = ["http: {port: \(port)}", "log: {level: trace}"]
        let running = try await gateway.start()
        #expect(await running.logs("source is retrying", upTo: .seconds(30)))
        #expect(await listener.wait(upTo: .seconds(60)) { $0.count { $0.topic.contains("/alert/") } >= 8 })
        #expect(await listener.wait { $0.contains { $0.topic.hasSuffix("/source/camera/state") } })
        let metrics = try await get("/metrics", port: port).text
        let health = try await get("/healthz", port: port).text
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(10)) == .exited(0))
        let printed = try await ShrikeProcess.run(["run", "--print-config", "--config", gateway.path])
        let shown = [
            "log": running.errors.joined(separator: "\n"), "output": running.output.joined(separator: "\n"),
            "metrics": metrics, "health": health, "--print-config": printed.output.joined(separator: "\n"),
            "MQTT": listener.messages.map { $0.topic + $0.payload }.joined(separator: "\n"),
        ]
        for (place, text) in shown { #expect(!text.contains("planted"), "in \(place)") }
        #expect(printed.output.contains { $0.contains("(hidden)") })
        await listener.stop()
        await broker.kill()
    }
}
