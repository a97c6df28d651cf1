import Foundation
import TestKit
import Testing

@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct ConfigurationMistakesTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func run(_ text: String, environment: [String: String] = [:]) async throws -> ShrikeProcess.Result {
        let path = try folder.write(text, to: "gateway.yaml")
        return try await ShrikeProcess.run(["run", "--config", path], environment: environment)
    }

    @Test func `all mistakes are told at once, each with its key`() async throws {
        let result = try await run(
            """
            site: "a/b"
            colour: blue
            engine: {workers: many, choice: abacus}
            broker: {mode: external, port: 70000, certificate_file: only.pem}
            evidence: {jpeg_quality: 5}
            scenes: [{address: "builtin:thermal-solar", name: solar}]
            sources:
              - {id: one, address: a.mp4, scenes: [lunar], fps: 0}
              - {id: one, address: b.mp4, speed: 3}
            """)
        #expect(result.ending == .exited(1))
        let text = result.errors.joined(separator: "\n")
        #expect(text.hasPrefix("shrike: "))
        for key in [
            "site", "colour", "engine.workers", "engine.choice", "broker.url", "broker.port", "broker.certificate_file",
            "evidence.jpeg_quality", "sources[0].scenes", "sources[0].fps", "sources[1].id", "sources[1].speed",
        ] {
            #expect(text.contains(key), "\(key) is missing in:\n\(text)")
        }
    }

    @Test(arguments: ["site: [", "a: *nowhere", "\u{0}", "site: x\nsite: y", "- just\n- a list", "\"text\""])
    func `what is no configuration is refused in one message`(_ text: String) async throws {
        let result = try await run(text)
        #expect(result.ending == .exited(1))
        #expect(result.errors.count { $0.hasPrefix("shrike: ") } == 1, "\(result.errors)")
        #expect(result.errors.joined().contains("gateway.yaml"), "\(result.errors)")
    }

    @Test func `bytes that are no text are refused`() async throws {
        let path = try folder.write([0xFF, 0xFE, 0x00, 0x81] as [UInt8], to: "gateway.yaml")
        let result = try await ShrikeProcess.run(["run", "--config", path])
        #expect(result.ending == .exited(1))
        #expect(result.errors.count == 1)
    }

    @Test func `a wrong value in the environment names its key`() async throws {
        let result = try await run(
            "scenes: [{address: builtin:thermal-solar}]\nsources: [{id: a, address: a.mp4}]\n",
            environment: ["SHRIKE_HTTP_PORT": "-4"])
        #expect(result.ending == .exited(1))
        #expect(result.errors.joined().contains("http.port"))
    }

    @Test func `the effective configuration is itself a configuration`() async throws {
        let first = try folder.write(
            """
            site: field
            scenes: [{address: "builtin:thermal-solar", name: solar}]
            sources: [{id: north, address: "rtsp://user:planted@camera/stream", fps: 2.5}]
            """, to: "first.yaml")
        let result = try await ShrikeProcess.run(
            ["run", "--print-config", "--config", first], environment: ["SHRIKE_GATEWAY": "from-environment"])
        #expect(result.ending == .exited(0), "\(result.errors)")
        #expect(result.output.contains { $0.hasPrefix("gateway: \"from-environment\"") }, "\(result.output)")
        #expect(!result.output.joined().contains("planted"))
        let second = try folder.write(result.output.joined(separator: "\n"), to: "second.yaml")
        let again = try await ShrikeProcess.run(["run", "--print-config", "--config", second])
        #expect(again.ending == .exited(0), "\(again.errors)")
        #expect(again.output == result.output)
    }
}
