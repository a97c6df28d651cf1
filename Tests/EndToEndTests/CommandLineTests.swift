import Foundation
import ShrikeCore
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct CommandLineTests {
    @Test(arguments: [
        ["replay"], ["replay", "x.mp4"], ["no-such-command"], ["run"], ["replay", "x.mp4", "--scene"],
        ["replay", "x.mp4", "--scene", "builtin:thermal-solar", "--speed", "fast"],
        ["replay", "x.mp4", "--scene", "builtin:thermal-solar", "--from", "yesterday"],
        ["replay", "x.mp4", "--scene", "builtin:thermal-solar", "--workers", "-1"], ["generate", "clouds"],
        ["alerts", "--grade", "terrible"], ["bench", "--frames", "0"],
    ])
    func `wrong usage ends with 64 and says how it is meant`(_ arguments: [String]) async throws {
        let result = try await ShrikeProcess.run(arguments)
        #expect(result.ending == .exited(64))
        #expect(result.output == [])
        #expect(result.errors.first?.hasPrefix("Error: ") == true, "\(result.errors)")
        #expect(result.errors.contains { $0.contains("Usage: ") }, "\(result.errors)")
    }

    @Test(arguments: [
        ["replay", "/no/such/clip.mp4", "--scene", "builtin:thermal-solar"],
        ["replay", "/no/such/folder/*.jpg", "--scene", "builtin:thermal-solar"],
        ["replay", "/etc/hostname", "--scene", "builtin:thermal-solar"],
        ["replay", "/etc/hostname", "--scene", "builtin:moonlight"],
        ["replay", "/etc/hostname", "--scene", "/no/such/scene"], ["run", "--config", "/no/such/gateway.yaml"],
        ["alerts", "--broker", "gopher://somewhere"],
        ["evaluate", "--scene", "builtin:thermal-solar", "--data", "/no/such/data"],
    ])
    func `what cannot be done ends with 1 and one line of what, where and what to do`(
        _ arguments: [String]
    ) async throws {
        let folder = try TestFolder()
        let out = arguments[0] == "replay" ? ["--out", folder.path("out")] : []
        let result = try await ShrikeProcess.run(arguments + out)
        #expect(result.ending == .exited(1))
        #expect(result.output == [])
        #expect(result.errors.count == 1, "\(result.errors)")
        let pattern = /shrike: [^:;]+: [^;]+; .+/
        #expect(result.errors.first?.wholeMatch(of: pattern) != nil, "\(result.errors)")
    }

    @Test func `version and help go to standard output with 0`() async throws {
        let version = try await ShrikeProcess.run(["--version"])
        #expect(version.ending == .exited(0))
        #expect(version.output.first?.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        let help = try await ShrikeProcess.run(["help", "replay"])
        #expect(help.ending == .exited(0))
        #expect(help.output.contains { $0.contains("--baseline") })
    }

    @Test func `doctor answers in one JSON document`() async throws {
        let result = try await ShrikeProcess.run(["doctor", "--json"])
        #expect(result.output.count == 1)
        let document = try JSONValue(parsing: Array(result.output.joined().utf8))
        let isReady = try #require(document["ready"]?.boolValue as Bool?)
        #expect(result.ending == .exited(isReady ? 0 : 1))
        #expect(document["checks"]?.arrayValue?.isEmpty == false)
    }

    @Test func `generated footage is the same for the same seed`() async throws {
        let folder = try TestFolder()
        for name in ["one", "two"] {
            let result = try await ShrikeProcess.run(
                ["generate", "insulators", "--seconds", "1", "--fps", "4", "--seed", "7", "--out", folder.path(name)])
            #expect(result.ending == .exited(0), "\(result.errors)")
        }
        let names = folder.names(in: "one")
        #expect(names == folder.names(in: "two") && !names.isEmpty)
        for name in names { #expect(try folder.bytes("one/" + name) == folder.bytes("two/" + name), "\(name)") }
    }
}
