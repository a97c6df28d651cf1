import Foundation
import TestKit
import Testing

/// The short form of `deploy/torture`; the long form is for a machine of its own.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct TortureTests {
    private static var command: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "deploy/torture/run").path
    }

    /// Kills, power cuts, random damage, bombs, malformed orders, a hostile broker, cameras that stall and refuse.
    @Test(.timeLimit(.minutes(30)), arguments: ["A1", "A3", "B4", "D2", "D4", "D5", "E2"])
    func `a promise is held in its short form`(_ promise: String) async throws {
        let result = try await ShrikeProcess.run(
            ["short", promise], program: Self.command, environment: ["SHRIKE_BINARY": ShrikeProcess.program],
            upTo: .seconds(540))
        let line = try #require(result.output.last, "\(result.errors)")
        if line.contains("skipped") { try Test.cancel("\(line)") }
        #expect(result.ending == .exited(0) && line.hasPrefix("\(promise)  held"), "\(line)")
    }
}
