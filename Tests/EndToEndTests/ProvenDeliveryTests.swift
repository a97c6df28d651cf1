import Foundation
import ShrikeCore
import TestKit
import Testing

/// Nothing is missing, and a subscriber can tell from the messages alone.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct ProvenDeliveryTests {
    private func subscriber(_ broker: BrokerHarness, _ options: [String]) async throws -> ShrikeProcess {
        try await ShrikeProcess(["alerts", "--broker", "mqtt://127.0.0.1:\(broker.port)", "--json"] + options)
    }

    /// The account that stands in the last line.
    private func account(_ process: ShrikeProcess) throws -> JSONValue {
        let report = try JSONValue(parsing: Array(try #require(process.output.last).utf8))
        try #require(report["schema"]?.stringValue == "shrike.verification/1")
        return try #require(report["streams"]?.arrayValue?.first)
    }

    @Test func `what nobody heard is found missing by whoever kept account`() async throws {
        let broker = try await BrokerHarness.started()
        var gateway = try Gateway(broker, sources: [("one", try await Footage.solarVideo)])
        let ledger = gateway.folder.path("ledger")
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/#")
        let first = try await subscriber(broker, ["--verify", "--ledger", ledger, "--client-id", "desk"])
        #expect(await ShrikeProcess.holds(upTo: .seconds(30)) { broker.log.contains("desk 1 shrike/v1") })
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await listener.wait(upTo: .seconds(30)) { $0.contains { $0.topic.hasSuffix("/alert/general/one") } })
        // The broker has all of them; both listeners have them once nothing more has come for a while.
        var counts: [Int] = []
        #expect(
            await Patience.holds(within: .seconds(60), looking: .milliseconds(200)) {
                counts.append(listener.messages.count { $0.topic.contains("/alert/") })
                let last = counts.suffix(10)
                return last.count == 10 && Set(last).count == 1 && first.output.count >= counts[counts.count - 1]
            })
        let heard = counts.last ?? 0
        first.signal(SIGINT)
        #expect(await first.wait() == .exited(130))
        let before = try account(first)
        #expect(before["missing"]?.integerValue == 0 && before["received"]?.integerValue == Int64(heard))
        // The desk's session is thrown away at the broker, and alerts pass it by.
        await broker.kill()
        try? FileManager.default.removeItem(at: broker.folder.appending(path: "mosquitto.db"))
        try await broker.start()
        gateway.sources = [("two", try await Footage.solarVideo)]
        let running = try await gateway.start()
        #expect(await running.logs("all sources have ended", upTo: .seconds(120)))
        // The gateway says when it holds nothing any more.
        let positions = try await BrokerListener(broker, topic: "shrike/v1/field/north/position")
        #expect(await positions.wait(upTo: .seconds(120)) { $0.contains { isEmpty($0, after: Int64(heard)) } })
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(30)) == .exited(0))
        let second = try await subscriber(
            broker, ["--verify", "--ledger", ledger, "--client-id", "desk", "--idle", "5"])
        #expect(await second.wait() == .exited(3))
        let after = try account(second)
        #expect(after["missing"]?.integerValue ?? 0 >= 8)
        #expect(after["missing_ranges"]?.arrayValue?.first?.arrayValue?.first?.integerValue == Int64(heard) + 1)
        await listener.stop()
        await positions.stop()
        await broker.kill()
    }

    /// Whether a position says that all is delivered, beyond a number.
    private func isEmpty(_ message: BrokerListener.Message, after number: Int64) -> Bool {
        guard let position = try? JSONValue(parsing: Array(message.payload.utf8)),
            let last = position["last_seq"]?.integerValue, let oldest = position["oldest_seq"]?.integerValue,
            position["mono_ns"]?.integerValue ?? 0 > 0
        else { return false }
        return last > number && oldest == last + 1
    }

    /// Promise A5 in short: end to end, a broker that keeps nothing and is killed loses nothing.
    @Test(.timeLimit(.minutes(30)))
    func `end to end a forgetful broker loses nothing`() async throws {
        let broker = try await BrokerHarness()
        try await broker.start()
        var gateway = try Gateway(broker, sources: [("one", try await Footage.solarVideo)])
        gateway.broker += ["delivery: e2e", "consumer: desk"]
        // Nobody listens: the broker takes the alerts and forgets them.
        let running = try await gateway.start()
        #expect(await running.logs("all sources have ended", upTo: .seconds(60)))
        let decided = running.errors.count { $0.contains("alert_id=") }
        await broker.kill()
        try? FileManager.default.removeItem(at: broker.folder.appending(path: "mosquitto.db"))
        try await broker.start()
        let ledger = gateway.folder.path("ledger")
        let options = ["--verify", "--ack", "desk", "--ledger", ledger]
        let first = try await subscriber(broker, options)
        #expect(await ShrikeProcess.holds(upTo: .seconds(90)) { first.output.count >= decided })
        // Killed before it says goodbye: what it acknowledged stays acknowledged, the rest comes again.
        await first.kill()
        let shown = try HeardAlerts(first.output)
        #expect(Set(shown.ids).count == decided)
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(30)) == .exited(0))
        gateway.sources = [("two", try await Footage.solarVideo)]
        let again = try await gateway.start()
        #expect(await again.logs("all sources have ended", upTo: .seconds(60)))
        let second = try await subscriber(broker, options + ["--idle", "15"])
        #expect(await second.wait(upTo: .seconds(200)) == .exited(0))
        let account = try account(second)
        #expect(account["missing"]?.integerValue == 0 && account["outstanding"]?.integerValue == 0)
        #expect(account["last_seq"]?.integerValue == Int64(2 * decided))
        again.signal(SIGTERM)
        #expect(await again.wait(upTo: .seconds(30)) == .exited(0))
        await broker.kill()
    }

    @Test func `the record of a run is whole, and one changed byte is found`() async throws {
        let broker = try await BrokerHarness.started()
        let gateway = try Gateway(broker, sources: [("one", try await Footage.solarVideo)])
        let running = try await gateway.start(["--exit-when-done"])
        #expect(await running.wait() == .exited(0))
        let decided = running.errors.count { $0.contains("alert_id=") }
        let sound = try await ShrikeProcess.run(["journal", "verify", gateway.state])
        #expect(sound.ending == .exited(0), "\(sound.output) \(sound.errors)")
        let export = try await ShrikeProcess.run(["journal", "export", gateway.state])
        #expect(export.ending == .exited(0))
        let alerts = export.output.filter { $0.contains("\"kind\":\"alert\"") }
        #expect(alerts.count == decided && alerts.allSatisfy { $0.contains("\"frame_sha256\":") })
        #expect(export.output.contains { $0.contains("\"kind\":\"start\"") && $0.contains("\"thresholds\":") })
        let changed = export.output.map { $0.replacing("\"seq\":5,", with: "\"seq\":6,") }.joined(separator: "\n")
        let file = try gateway.folder.write(changed + "\n", to: "record")
        let broken = try await ShrikeProcess.run(["journal", "verify", file])
        #expect(broken.ending == .exited(3))
        let line = (export.output.firstIndex { $0.contains("\"seq\":5,") } ?? 0) + 1
        #expect(broken.output.first?.contains("line \(line)") == true, "\(broken.output)")
        let cutOff = try await ShrikeProcess.run(
            ["journal", "verify", gateway.state, "--head", String(repeating: "0", count: 64)])
        #expect(cutOff.ending == .exited(3))
        await broker.kill()
    }
}
