import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct CrashTests {
    /// Kills in all, in as many passes over the footage as that takes.
    private static let kills = 30

    @Test(.timeLimit(.minutes(20)))
    func `thirty kills at random moments lose nothing and repeat nothing unmarked`() async throws {
        let video = try await Footage.solarVideo
        let expected = try await undisturbedIDs(of: video)
        #expect(expected.count >= 8)
        var random = SeededRandom(seed: 30)
        var remaining = Self.kills
        while remaining > 0 {
            let broker = try await BrokerHarness.started()
            let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
            let gateway = try Gateway(broker, sources: [("flight", video)])
            var isDone = false
            // At most ten kills a pass, so that a slow machine gets on as well.
            var killsOfPass = 0
            while !isDone {
                let running = try await gateway.start(["--exit-when-done"])
                if remaining > 0, killsOfPass < 10 {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...1200, using: &random)))
                    if running.ending == nil {
                        await running.kill()
                        (remaining, killsOfPass) = (remaining - 1, killsOfPass + 1)
                        continue
                    }
                }
                #expect(await running.wait() == .exited(0))
                isDone = true
            }
            #expect(await listener.wait { Set((try? HeardAlerts($0).ids) ?? []).isSuperset(of: expected) })
            let heard = try HeardAlerts(listener.messages)
            #expect(Set(heard.ids) == expected)
            #expect(Set(heard.sequences).sorted() == HeardAlerts.numbers(expected.count))
            #expect(heard.unmarkedDuplicates == [])
            #expect(try await heard.wrongPictures(in: gateway.folder.path("state/evidence")) == [])
            await listener.stop()
            await broker.kill()
        }
    }

    @Test func `a second start on finished footage sends nothing`() async throws {
        let broker = try await BrokerHarness.started()
        let gateway = try Gateway(broker, sources: [("flight", try await Footage.solarVideo)])
        #expect(try await gateway.runUntilDone() == .exited(0))
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        #expect(try await gateway.runUntilDone() == .exited(0))
        try await Task.sleep(for: .milliseconds(300))
        #expect(listener.messages == [])
        await listener.stop()
        await broker.kill()
    }

    private func undisturbedIDs(of video: String) async throws -> Set<String> {
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/+/+/alert/#")
        let gateway = try Gateway(broker, sources: [("flight", video)])
        let running = try await gateway.start(["--exit-when-done"])
        #expect(await running.wait() == .exited(0))
        let decided = running.errors.count { $0.contains("alert_id=") }
        #expect(await listener.wait { $0.count >= decided })
        let heard = try HeardAlerts(listener.messages)
        #expect(heard.sequences == HeardAlerts.numbers(decided), "undisturbed, each comes once and in order")
        await listener.stop()
        await broker.kill()
        return Set(heard.ids)
    }
}
