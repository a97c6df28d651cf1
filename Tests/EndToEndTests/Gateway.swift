import Foundation
import ShrikeCore
import TestKit

/// A configuration of `shrike run` in a folder of a test's own.
struct Gateway {
    let folder: TestFolder
    /// Lines below `broker:`.
    var broker: [String]
    var scenes = ["builtin:thermal-solar"]
    var sources: [(id: String, address: String)]
    /// Whole sections, such as `http: {enabled: false}`.
    var sections = ["http: {enabled: false}"]
    var state: String

    /// Alerts go to the broker of a test.
    init(_ broker: BrokerHarness, sources: [(id: String, address: String)]) throws {
        try self.init(broker: ["url: mqtt://127.0.0.1:\(broker.port)"], sources: sources)
    }

    init(broker: [String], sources: [(id: String, address: String)]) throws {
        folder = try TestFolder()
        (self.broker, self.sources) = (broker, sources)
        state = folder.path("state")
    }

    var path: String { folder.path("gateway.yaml") }

    var text: String {
        var lines = ["site: field", "gateway: north", "state: \(state)", "broker:"]
        lines += broker.map { "  \($0)" }
        lines += ["scenes:"] + scenes.map { "  - address: \($0)" }
        lines.append("sources:")
        for source in sources { lines += ["  - id: \(source.id)", "    address: \(source.address)"] }
        return (lines + sections).joined(separator: "\n") + "\n"
    }

    func write() throws { try folder.write(text, to: "gateway.yaml") }

    /// Starts the agent with this configuration as it is now.
    func start(_ options: [String] = [], environment: [String: String] = [:]) async throws -> ShrikeProcess {
        try write()
        return try await ShrikeProcess(["run", "--config", path] + options, environment: environment)
    }

    /// Runs the agent until its sources have ended and the broker has everything.
    func runUntilDone() async throws -> ShrikeProcess.Ending {
        try await start(["--exit-when-done"]).wait()
    }
}
