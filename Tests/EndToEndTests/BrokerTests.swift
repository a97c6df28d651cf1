import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct BrokerTests {
    @Test func `alerts decided while there is no broker arrive once it starts`() async throws {
        let broker = try await BrokerHarness.started()
        // The listener's session waits at the broker; the agent starts while there is none.
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        await broker.stop()
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        let running = try await gateway.start()
        #expect(await running.logs("all sources have ended", upTo: .seconds(60)))
        let decided = running.errors.count { $0.contains("alert_id=") }
        #expect(decided >= 8)
        #expect(running.errors.contains { $0.contains("broker cannot be reached") })
        try await broker.start()
        #expect(await listener.wait(upTo: .seconds(40)) { $0.count >= decided })
        #expect(try HeardAlerts(listener.messages).sequences == HeardAlerts.numbers(decided))
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(10)) == .exited(0))
        await listener.stop()
        await broker.kill()
    }

    @Test func `alerts wait through restarts of the agent until there is a broker`() async throws {
        let broker = try await BrokerHarness()
        try await broker.start()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        await broker.stop()
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        let lonely = try await gateway.start()
        #expect(await lonely.logs("all sources have ended", upTo: .seconds(60)))
        let decided = lonely.errors.count { $0.contains("alert_id=") }
        await lonely.kill()
        try await broker.start()
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await listener.wait { $0.count >= decided })
        let heard = try HeardAlerts(listener.messages)
        #expect(heard.sequences == HeardAlerts.numbers(decided))
        await listener.stop()
        await broker.kill()
    }

    @Test func `refused credentials are said clearly and tried again until they are right`() async throws {
        let broker = try await BrokerHarness.started(.init(passwords: ["shrike": "planted-secret-1", "ear": "heard"]))
        let listener = try await BrokerListener(
            broker, topic: "shrike/v1/+/+/alert/#", options: ["-u", "ear", "-P", "heard"])
        var gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        gateway.broker += ["username: shrike", "password: planted-secret-0"]
        let refused = try await gateway.start()
        #expect(await refused.logs("all sources have ended", upTo: .seconds(60)))
        let decided = refused.errors.count { $0.contains("alert_id=") }
        let tries = { broker.log.split(separator: "\n").count { $0.contains("disconnected, not authorised") } }
        #expect(await ShrikeProcess.holds(upTo: .seconds(30)) { tries() >= 3 }, "it keeps trying")
        let complaints = refused.errors.filter { $0.contains("refused") }
        #expect(complaints.count == 1, "\(complaints)")
        #expect(complaints.allSatisfy { $0.contains(" error ") && $0.contains("; check user, password") })
        #expect(refused.ending == nil)
        #expect(!refused.errors.contains { $0.contains("planted-secret") })
        refused.signal(SIGTERM)
        #expect(await refused.wait(upTo: .seconds(10)) == .exited(0))
        #expect(listener.messages == [])
        gateway.broker.removeLast()
        gateway.broker.append("password_file: " + (try gateway.folder.write("planted-secret-1\n", to: "password")))
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await listener.wait { $0.count >= decided })
        #expect(try HeardAlerts(listener.messages).sequences == HeardAlerts.numbers(decided))
        await listener.stop()
        await broker.kill()
    }

    @Test func `a follower survives the broker's death and shows each alert once`() async throws {
        let broker = try await BrokerHarness.started()
        let follower = try await ShrikeProcess(
            ["alerts", "--broker", "mqtt://127.0.0.1:\(broker.port)", "--json", "--client-id", "desk"])
        #expect(await ShrikeProcess.holds(upTo: .seconds(10)) { broker.log.contains("desk 1 shrike/v1") })
        var gateway = try Gateway(broker, sources: [("one", try await Footage.solarVideo)])
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await ShrikeProcess.holds(upTo: .seconds(10)) { follower.output.count >= 8 })
        let before = follower.output.count
        await broker.kill()
        gateway.sources = [("two", try await Footage.solarVideo)]
        let running = try await gateway.start(["--exit-when-done"])
        try await Task.sleep(for: .milliseconds(700))
        try await broker.start()
        #expect(await running.wait(upTo: .seconds(60)) == .exited(0))
        // Footage that was through before the broker was back leaves its alerts to the next start.
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await ShrikeProcess.holds(upTo: .seconds(40)) { follower.output.count >= 2 * before })
        let heard = try HeardAlerts(follower.output)
        #expect(Set(heard.ids).count == heard.ids.count)
        #expect(heard.ids.count == 2 * before)
        follower.signal(SIGINT)
        #expect(await follower.wait(upTo: .seconds(10)) == .exited(130))
        await broker.kill()
    }
}
