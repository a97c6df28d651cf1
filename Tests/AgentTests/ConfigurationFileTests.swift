import Foundation
import Testing

@testable import Agent

struct ConfigurationFileTests {
    private static let minimal = """
        scenes: [{address: "builtin:thermal-solar"}]
        sources: [{id: north, address: clip.mp4}]
        """

    private func parse(_ text: String, _ environment: [String: String] = [:]) throws -> GatewayConfiguration {
        try ConfigurationFile.parse(text, path: "gateway.yaml", environment: environment)
    }

    /// What is said about a configuration that is refused.
    private func refusal(_ text: String, _ environment: [String: String] = [:]) -> String {
        do {
            _ = try parse(text, environment)
            return ""
        } catch { return "\(error)" }
    }

    @Test func `two keys are enough, the rest has defaults`() throws {
        let configuration = try parse(Self.minimal)
        #expect(configuration.sources == [.init(id: "north", address: "clip.mp4")])
        #expect(configuration.scenes == [.init(name: "thermal-solar", address: "builtin:thermal-solar")])
        #expect(configuration.broker.mode == .embedded)
        #expect(configuration.http.host == "127.0.0.1")
    }

    @Test func `an address of a broker means an external one`() throws {
        let configuration = try parse(Self.minimal + "\nbroker: {url: \"mqtt://broker:1883\"}")
        #expect(configuration.broker.mode == .external)
        #expect(configuration.broker.url == "mqtt://broker:1883")
    }

    @Test(arguments: [
        ("http: {port: 65536}", "http.port"), ("http: {port: -1}", "http.port"), ("http: {port: 9.5}", "http.port"),
        ("http: {enabled: maybe}", "http.enabled"), ("log: {level: loud}", "log.level"),
        ("engine: {workers: 65}", "engine.workers"), ("engine: fast", "engine"), ("unknown: 1", "unknown"),
        ("evidence: {keep_days: -1}", "evidence.keep_days"), ("site: \"a/b\"", "site"), ("site: \"+\"", "site"),
        ("gateway: \"\"", "gateway"), ("gateway: .hidden", "gateway"), ("broker: {mode: external}", "broker.url"),
        ("broker: {key_file: k.pem}", "broker.certificate_file"),
        ("broker: {password: a, password_file: b}", "broker.password_file"),
    ])
    func `a wrong value is told with its key`(_ line: String, _ key: String) {
        let text = refusal(Self.minimal + "\n" + line)
        #expect(text.contains(key), "\(text)")
        #expect(text.contains("gateway.yaml"))
    }

    @Test func `mistakes in lists are told with their positions, all at once`() {
        let text = refusal(
            """
            scenes: [{name: solar}, {address: "b.onnx", name: solar}]
            sources:
              - {id: "a b", address: clip.mp4}
              - {id: same, address: clip.mp4, kind: balloon}
              - {id: same, scenes: [none]}
            """)
        for key in [
            "scenes[0].address", "two scenes are called 'solar'", "sources[0].id", "sources[1].kind", "sources[2].id",
            "sources[2].address", "sources[2].scenes", "these 7 keys",
        ] {
            #expect(text.contains(key), "\(key) is missing in:\n\(text)")
        }
    }

    @Test func `nothing to watch and nothing to look for are mistakes`() {
        let text = refusal("")
        #expect(text.contains("sources") && text.contains("scenes"), "\(text)")
    }

    @Test(arguments: ["a: [", "a: &x 1\nb: *x", "a: 1\na: 2", "- 1", "\t- x", String(repeating: "{a: ", count: 40)])
    func `text that is no plain mapping is refused`(_ text: String) {
        #expect(!refusal(text).isEmpty)
    }

    @Test func `quoted numbers are texts`() {
        #expect(refusal(Self.minimal + "\nhttp: {port: \"80\"}").contains("http.port"))
    }

    @Test func `the environment overrides the file, key by key`() throws {
        let configuration = try parse(
            Self.minimal + "\nhttp: {port: 80}\nsite: file",
            [
                "SHRIKE_HTTP_PORT": "0", "SHRIKE_SITE": "12", "SHRIKE_BROKER_PASSWORD": "hush",
                "SHRIKE_EVIDENCE_THUMBNAILS": "false", "SHRIKE_EVIDENCE_KEEP_DAYS": "1.5", "UNRELATED": "x",
            ])
        #expect(configuration.http.port == 0)
        #expect(configuration.site == "12", "texts stay texts")
        #expect(configuration.broker.password == "hush")
        #expect(!configuration.evidence.thumbnails)
        #expect(configuration.evidence.keepDays == 1.5)
    }

    @Test func `a wrong value in the environment is refused`() {
        #expect(refusal(Self.minimal, ["SHRIKE_HTTP_PORT": "eighty"]).contains("http.port"))
    }

    @Test func `every documented key can be set by its environment variable`() throws {
        let names = ConfigurationReference.keys.map(\.environmentName)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: /SHRIKE_[A-Z_]+/) != nil })
    }

    @Test func `the rendered configuration hides secrets and reads back as the same`() throws {
        let configuration = try parse(
            """
            site: field
            broker: {url: "mqtts://user:planted-a@broker:8883", username: user, password: planted-b}
            scenes: [{address: "builtin:thermal-solar", name: solar}]
            sources: [{id: north, address: "rtsp://user:planted-c@camera/s", fps: 2.5, scenes: [solar], kind: camera}]
            """)
        let text = ConfigurationFile.render(configuration)
        #expect(!text.contains("planted"))
        let again = try parse(text)
        #expect(ConfigurationFile.render(again) == text)
        #expect(again.sources[0].framesPerSecond == 2.5 && again.sources[0].kind == .camera)
    }
}
