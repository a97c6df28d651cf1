import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct WatchedFolderTests {
    /// Pictures that each show a defect, whatever their order.
    private func pictures(in folder: TestFolder) async throws -> [[UInt8]] {
        try await Footage.pictures(of: try await Footage.solarVideo, count: 8, in: folder, named: "made")
        return try folder.names(in: "made").map { try folder.bytes("made/" + $0) }
    }

    /// Names of the files that gave new alerts, once for each file and defect.
    private func files(_ heard: HeardAlerts) -> [String: Int] {
        var ids: Set<String> = []
        var files: [String: Int] = [:]
        for document in heard.documents where document["state"]?.stringValue == "new" {
            guard let id = document["alert_id"]?.stringValue, ids.insert(id).inserted else { continue }
            files[document["source"]?["origin"]?.stringValue ?? "?", default: 0] += 1
        }
        return files
    }

    @Test func `each picture of a drop folder is processed once across kills`() async throws {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        var gateway = try Gateway(broker, sources: [])
        let folder = gateway.folder
        let pictures = try await pictures(in: folder)
        try folder.write(pictures[0], to: "drop/early.jpg")
        gateway.sources = [("drop", "watch:" + folder.path("drop"))]
        gateway.sections.append("log: {level: debug}")
        var random = SeededRandom(seed: 7)
        for (number, picture) in pictures.dropFirst().enumerated() {
            let running = try await gateway.start()
            // Written slowly: half, then the rest, at times with the agent's death between.
            let half = picture.count / 2
            try folder.write(picture.prefix(half), to: "drop/slow-\(number).jpg")
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...1500, using: &random)))
            if number % 2 == 0 { await running.kill() }
            let file = try FileHandle(forWritingTo: folder.url.appending(path: "drop/slow-\(number).jpg"))
            try file.seekToEnd()
            try file.write(contentsOf: picture.suffix(from: half))
            try file.close()
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...1500, using: &random)))
            await running.kill()
        }
        let last = try await gateway.start()
        // What a replay of the same pictures finds, file by file.
        let expected = try await ShrikeProcess.run(
            ["replay", folder.path("drop"), "--scene", "builtin:thermal-solar", "--out", folder.path("out")])
        #expect(expected.ending == .exited(0), "\(expected.errors)")
        let log = try HeardAlerts(folder.text("out/alerts.ndjson").split(separator: "\n").map(String.init))
        #expect(!log.documents.isEmpty)
        let wanted = log.documents.count
        #expect(await listener.wait(upTo: .seconds(30)) { Set((try? HeardAlerts($0).ids) ?? []).count >= wanted })
        // Long enough for one too many to show.
        try await Task.sleep(for: .seconds(2))
        last.signal(SIGTERM)
        #expect(await last.wait(upTo: .seconds(10)) == .exited(0))
        let heard = try HeardAlerts(listener.messages)
        #expect(files(heard).values.sorted() == files(log).values.sorted(), "\(files(heard)) \(files(log))")
        #expect(Set(heard.sequences).sorted() == HeardAlerts.numbers(Set(heard.ids).count))
        #expect(heard.unmarkedDuplicates == [])
        let listened = listener.messages.count
        // Once more with nothing new: nothing is processed again.
        let idle = try await gateway.start()
        #expect(await idle.logs("connected to"))
        try await Task.sleep(for: .seconds(2))
        #expect(!idle.errors.contains { $0.contains("alert_id=") })
        await idle.kill()
        #expect(listener.messages.count == listened)
        await listener.stop()
        await broker.kill()
    }
}
