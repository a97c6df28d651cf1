import Foundation
import ShrikeCore
import TestKit
import Testing

/// Orders over MQTT to a running agent.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct OrderTests {
    private func order(
        _ arguments: [String], _ broker: BrokerHarness, gateway: String = "north"
    ) async throws -> ShrikeProcess.Result {
        try await ShrikeProcess.run(
            ["command"] + arguments
                + ["--broker", "mqtt://127.0.0.1:\(broker.port)", "--site", "field", "--gateway", gateway, "--json"]
                + ["--wait", "60"])
    }

    private func outcome(_ result: ShrikeProcess.Result) throws -> String? {
        try JSONValue(parsing: Array(try #require(result.output.last, "\(result.errors)").utf8))["outcome"]?.stringValue
    }

    @Test(.timeLimit(.minutes(30)))
    func `orders are carried out once, dangerous ones only when signed`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/field/north/alert/#")
        var gateway = try Gateway(broker, sources: [])
        let drop = gateway.folder.path("drop")
        try FileManager.default.createDirectory(atPath: drop, withIntermediateDirectories: true)
        gateway.sources = [("drop", "watch:" + drop), ("flight", try await Footage.solarVideo)]
        let (key, publicKey) = (gateway.folder.path("key.pem"), gateway.folder.path("public.pem"))
        for arguments in [
            ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
            ["ec", "-in", key, "-pubout", "-out", publicKey],
        ] {
            #expect(try await ShrikeProcess.run(arguments, program: "openssl").ending == .exited(0))
        }
        gateway.sections = ["http: {enabled: false}", "commands: {enabled: true, key_file: \(publicKey)}"]
        let running = try await gateway.start()
        #expect(await listener.wait(upTo: .seconds(60)) { $0.contains { $0.topic.hasSuffix("/flight") } })
        let heard = try HeardAlerts(listener.messages.prefix(1).map(\.self))
        let seen = try await order(["acknowledge", "--alert-id", try #require(heard.ids.first), "--by", "ann"], broker)
        #expect(try outcome(seen) == "done" && seen.ending == .exited(0))
        let unknown = try await order(["acknowledge", "--alert-id", String(repeating: "0", count: 32)], broker)
        #expect(try outcome(unknown) == "failed" && unknown.ending == .exited(3))
        let unsigned = try await order(["mute", "--minutes", "5"], broker)
        #expect(try outcome(unsigned) == "refused" && unsigned.ending == .exited(3))
        let signed = try await order(["mute", "--minutes", "5", "--source", "drop", "--sign-key", key], broker)
        #expect(try outcome(signed) == "done")
        #expect(await running.logs("all sources have ended", upTo: .seconds(1)) == false)
        // Pictures of a muted source are inspected and recorded, and nothing is sent.
        try await Footage.pictures(of: try await Footage.solarVideo, count: 6, in: gateway.folder, named: "drop")
        #expect(
            await ShrikeProcess.holds(upTo: .seconds(60)) {
                let export = try? await ShrikeProcess.run(["journal", "export", gateway.state])
                return export?.output.contains { $0.contains("\"kind\":\"muted\"") } ?? false
            })
        #expect(!listener.messages.contains { $0.topic.hasSuffix("/drop") })
        let off = try await order(["source", "--id", "drop", "--off", "--sign-key", key], broker)
        #expect(try outcome(off) == "done")
        let picture = try await order(["snapshot", "--source", "drop"], broker)
        #expect(try outcome(picture) == "failed", "the source is off")
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(30)) == .exited(0))
        let record = try await ShrikeProcess.run(["journal", "export", gateway.state]).output
        #expect(record.count { $0.contains("\"kind\":\"command\"") } == 5)
        #expect(record.contains { $0.contains("\"by\":\"ann\"") })
        await listener.stop()
        await broker.kill()
    }

    @Test func `an agent that takes no orders answers none`() async throws {
        let broker = try await BrokerHarness.started()
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        let running = try await gateway.start()
        #expect(await running.logs("alert_id=", upTo: .seconds(60)))
        let silent = try await ShrikeProcess.run(
            ["command", "snapshot", "--source", "flight", "--broker", "mqtt://127.0.0.1:\(broker.port)"]
                + ["--site", "field", "--gateway", "north", "--wait", "2"])
        #expect(silent.ending == .exited(1))
        #expect(silent.errors.last?.contains("commands.enabled") == true)
        await running.kill()
        await broker.kill()
    }

    @Test func `systemd is told that the agent is ready, alive and stopping`() async throws {
        let gateway = try Gateway(broker: ["mode: off"], sources: [("flight", try await Footage.solarVideo)])
        let socket = gateway.folder.path("notify")
        let script = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            print("listening", flush=True)
            while True:
                print(s.recv(4096).decode().replace(chr(10), " "), flush=True)
            """
        let ear = try await ShrikeProcess(["-c", script, socket], program: "python3")
        #expect(await ShrikeProcess.holds(upTo: .seconds(20)) { ear.output.contains("listening") })
        let running = try await gateway.start(environment: ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "3000000"])
        #expect(await ShrikeProcess.holds(upTo: .seconds(60)) { ear.output.contains { $0.hasPrefix("READY=1") } })
        #expect(await ShrikeProcess.holds(upTo: .seconds(60)) { ear.output.count { $0 == "WATCHDOG=1" } >= 2 })
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(30)) == .exited(0))
        #expect(await ShrikeProcess.holds(upTo: .seconds(10)) { ear.output.contains("STOPPING=1") })
        await ear.kill()
    }
}
