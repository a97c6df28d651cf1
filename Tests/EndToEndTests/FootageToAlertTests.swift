import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct FootageToAlertTests {
    @Test func `each alert of a clip reaches our subscriber and a foreign one`() async throws {
        let port = try await BrokerHarness().port
        let video = try await Footage.solarVideo
        var gateway = try Gateway(broker: ["mode: embedded", "port: \(port)"], sources: [])
        try FileManager.default.createDirectory(atPath: gateway.folder.path("drop"), withIntermediateDirectories: true)
        gateway.sources = [("drop", "watch:" + gateway.folder.path("drop"))]
        // Both subscribe while nothing happens, and stay subscribed when the gateway starts again with the clip.
        let idle = try await gateway.start()
        #expect(await idle.logs("connected to"))
        let ours = try await ShrikeProcess([
            "alerts", "--broker", "mqtt://127.0.0.1:\(port)", "--json", "--client-id", "ours",
        ])
        let foreign = try await ShrikeProcess(
            ["-V", "5", "-p", "\(port)", "-q", "1", "-c", "-x", "3600", "-i", "foreign", "-F", "%t\t%p"]
                + ["-t", "shrike/v1/field/north/alert/#"], program: "mosquitto_sub")
        let pictures = try await ShrikeProcess(
            ["-V", "5", "-p", "\(port)", "-q", "1", "-c", "-x", "3600", "-i", "pictures", "-F", "%t\t%x"]
                + ["-t", "shrike/v1/field/north/evidence/#"], program: "mosquitto_sub")
        #expect(await ours.logs("north is online"))
        try await Task.sleep(for: .seconds(1))
        idle.signal(SIGTERM)
        #expect(await idle.wait(upTo: .seconds(10)) == .exited(0))
        gateway.sources = [("flight", video)]
        let running = try await gateway.start()
        #expect(await running.logs("all sources have ended", upTo: .seconds(60)))
        let decided = running.errors.count { $0.contains("alert_id=") }
        #expect(decided >= 4)
        #expect(
            await ShrikeProcess.holds(upTo: .seconds(20)) {
                ours.output.count >= decided && foreign.output.count >= decided
            })
        let heard = try HeardAlerts(foreign.output.map { String($0.split(separator: "\t", maxSplits: 1)[1]) })
        #expect(Set(heard.ids) == Set(try HeardAlerts(ours.output).ids))
        #expect(Set(heard.ids).count == decided && ours.output.count == decided)
        for line in foreign.output {
            #expect(line.hasPrefix("shrike/v1/field/north/alert/"))
        }
        #expect(try await heard.wrongPictures(in: gateway.folder.path("state/evidence")) == [])
        let new = Set(
            heard.documents.filter { $0["state"]?.stringValue == "new" }.compactMap { $0["alert_id"]?.stringValue })
        let arrived = await ShrikeProcess.holds(upTo: .seconds(10)) { pictures.output.count >= new.count }
        #expect(arrived)
        let topics = pictures.output.map { String($0.split(separator: "\t")[0]) }
        #expect(Set(topics) == Set(new.map { "shrike/v1/field/north/evidence/\($0)/thumb" }))
        #expect(pictures.output.allSatisfy { $0.contains("\tffd8ff") }, "a JPEG begins with FF D8 FF")
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(10)) == .exited(0))
        await ours.kill()
        await foreign.kill()
        await pictures.kill()
    }

    @Test func `every published alert is valid by the committed schema`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await listener.wait { $0.count >= 8 })
        let messages = listener.messages
        await listener.stop()
        await broker.kill()
        guard let mistakes = try await SchemaCheck.mistakes(in: messages.map(\.payload)) else {
            try Test.cancel("needs the package python3-jsonschema")
        }
        #expect(mistakes == [])
        #expect(messages.allSatisfy { !$0.isRetained })
    }

    @Test func `a follower with filters and a count hears only what it asked for and ends`() async throws {
        let broker = try await BrokerHarness.started()
        let url = "mqtt://127.0.0.1:\(broker.port)"
        let cells = try await ShrikeProcess(
            ["alerts", "--broker", url, "--json", "--class", "hot_cell", "--count", "2"])
        let others = try await ShrikeProcess(["alerts", "--broker", url, "--json", "--site", "elsewhere"])
        #expect(
            await ShrikeProcess.holds(upTo: .seconds(20)) {
                broker.log.split(separator: "\n").count { $0.contains("shrike-alerts-") && $0.contains("shrike/v1") }
                    >= 2
            })
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        #expect(try await gateway.runUntilDone() == .exited(0))
        #expect(await cells.wait(upTo: .seconds(20)) == .exited(0))
        let heard = try HeardAlerts(cells.output)
        #expect(heard.documents.count == 2)
        #expect(heard.documents.allSatisfy { $0["class"]?.stringValue == "hot_cell" })
        others.signal(SIGINT)
        #expect(await others.wait(upTo: .seconds(10)) == .exited(130))
        #expect(others.output == [])
        await broker.kill()
    }
}
