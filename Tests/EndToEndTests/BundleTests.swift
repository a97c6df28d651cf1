import Foundation
import FoundationNetworking
import ShrikeCore
import TestKit
import Testing

/// Bundles as people use them: made, signed, carried, activated, followed by a running agent.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable && BrokerHarness.isAvailable))
struct BundleTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func openssl(_ arguments: [String]) async throws {
        let result = try await ShrikeProcess.run(arguments, program: "openssl")
        try #require(result.ending == .exited(0), "\(result.errors)")
    }

    /// Runs a command that must work, and gives its JSON answer.
    @discardableResult
    private func shrike(_ arguments: String...) async throws -> JSONValue {
        let result = try await ShrikeProcess.run(arguments + ["--json"])
        try #require(result.ending == .exited(0), "\(arguments): \(result.errors) \(result.output)")
        return try JSONValue(parsing: Array(result.output.joined(separator: "\n").utf8))
    }

    /// Runs a command that must be refused, and gives its one line.
    private func refusal(_ arguments: String...) async throws -> String {
        let result = try await ShrikeProcess.run(arguments)
        #expect(result.ending == .exited(1), "\(arguments)")
        #expect(result.errors.count <= 1, "one line: \(result.errors)")
        return (result.errors + result.output).joined(separator: "\n")
    }

    private var desk: String { folder.path("desk") }

    /// A scene folder that finds the hot cells of the generated flight.
    private func writeScene(threshold: Double) throws {
        try folder.write(
            """
            {"format": 1, "name": "roof", "kind": "thermal",
             "classes": [{"code": "hot_spot", "threshold": \(threshold)}, {"code": "hot_cell", "threshold": \(threshold)},
                         {"code": "hot_string", "threshold": \(threshold)}, {"code": "hot_module", "threshold": \(threshold)}],
             "thermal": {"scale": {"gain": 0.22, "offset": 18}}}
            """, to: "roof/scene.json")
    }

    private func pack(_ version: String, golden: [String] = []) async throws -> String {
        var arguments = ["bundle", "pack", folder.path("roof"), "--version", version, "--models", desk, "--json"]
        if !golden.isEmpty { arguments += ["--golden"] + golden }
        let result = try await ShrikeProcess.run(arguments)
        try #require(result.ending == .exited(0), "\(result.errors)")
        let answer = try JSONValue(parsing: Array(result.output.joined(separator: "\n").utf8))
        return try #require(answer["digest"]?.stringValue)
    }

    @Test func `a scene is packed, signed, carried on a stick and refused where it was changed`() async throws {
        try await Footage.pictures(of: try await Footage.solarVideo, count: 3, in: folder, named: "pictures")
        let pictures = folder.names(in: "pictures").map { folder.path("pictures/" + $0) }
        try writeScene(threshold: 0.3)
        let digest = try await pack("1", golden: pictures)
        try await openssl(["ecparam", "-name", "prime256v1", "-genkey", "-out", folder.path("plant.pem")])
        try await openssl(["ec", "-in", folder.path("plant.pem"), "-pubout", "-out", folder.path("plant.pub")])
        let trust = ["--key", folder.path("plant.pub")]

        let unsigned = try await ShrikeProcess.run(["bundle", "verify", "roof:1", "--models", desk] + trust)
        #expect(unsigned.ending == .exited(1))
        #expect(unsigned.output.contains { $0.contains("unsigned: there is no signature of \(digest)") })
        let replay =
            ["replay", folder.path("pictures"), "--scene", "roof:1", "--out", folder.path("out"), "--models", desk]
            + trust
        let refused = try await ShrikeProcess.run(replay)
        #expect(
            refused.ending == .exited(1) && refused.errors.last?.contains("unsigned: there is no signature") == true)
        try await shrike("bundle", "sign", "roof:1", "--with", folder.path("plant.pem"), "--models", desk)
        #expect(try await ShrikeProcess.run(replay).ending == .exited(0))
        let tar = folder.path("roof.tar")
        try await shrike("bundle", "push", "roof:1", tar, "--models", desk)

        let gateway = folder.path("gateway")
        let verdict = try await shrike("bundle", "verify", tar, "--models", gateway, "--key", folder.path("plant.pub"))
        #expect(verdict["accepted"]?.boolValue == true)
        #expect(verdict["signed_by"]?.arrayValue?.first?.stringValue == "plant.pub")
        #expect(verdict["golden"]?["pictures"]?.integerValue == 3)
        try await shrike(
            "bundle", "pull", tar, "--activate", "--models", gateway, "--key", folder.path("plant.pub"))
        let list = try await shrike("scene", "list", "--models", gateway)
        #expect(list["models"]?.arrayValue?.first?["state"]?.stringValue == "active")
        let shown = try await ShrikeProcess.run(["bundle", "show", "active:roof", "--models", gateway] + trust)
        #expect(shown.output.first?.hasPrefix("L2 roof:1") == true)
        #expect(shown.output.contains { $0.contains("signatures: plant.pub") })
        #expect(shown.output.contains { $0.contains("golden: 3 pictures") })

        var bytes = try folder.bytes("roof.tar")
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: "roof.tar")
        let text = try await refusal("bundle", "pull", tar, "--models", folder.path("other"))
        #expect(text.contains("changed") || text.contains("checksum"), "\(text)")
    }

    @Test func `a diff tells thresholds, and a version is one content`() async throws {
        try writeScene(threshold: 0.3)
        _ = try await pack("1")
        try writeScene(threshold: 0.4)
        _ = try await pack("2")
        let diff = try await ShrikeProcess.run(["bundle", "diff", "roof:1", "roof:2", "--models", desk])
        #expect(diff.output.contains { $0.contains("thresholds: hot_cell 0.3 -> 0.4") }, "\(diff.output)")
        #expect(diff.output.contains { $0.contains("files: scene.json changed") })
        let gateway = folder.path("gateway")
        try await shrike("bundle", "pull", "oci:\(desk):roof:1", "--models", gateway)
        _ = try await pack("1")
        let text = try await refusal("bundle", "pull", "oci:\(desk):roof:1", "--models", gateway)
        #expect(text.contains("roof:1 is sha256:") && text.contains("--replace"), "\(text)")
        try await shrike("bundle", "pull", "oci:\(desk):roof:1", "--replace", "--models", gateway)
    }

    private func versions(_ messages: [BrokerListener.Message]) -> [String] {
        messages.compactMap {
            try? JSONValue(parsing: Array($0.payload.utf8))["model"]?["version"]?.stringValue
        }
    }

    @Test func `a running agent follows the active version and keeps the old one where the new is bad`() async throws {
        try await Footage.pictures(of: try await Footage.solarVideo, count: 6, in: folder, named: "pictures")
        let pictures = folder.names(in: "pictures")
        func drop(_ number: Int) throws {
            try folder.write(folder.bytes("pictures/" + pictures[number]), to: "drop/\(number).jpg")
        }
        try writeScene(threshold: 0.3)
        let first = try await pack("1")
        try writeScene(threshold: 0.31)
        let second = try await pack("2")
        try await shrike("scene", "activate", "roof:1", "--models", desk)

        let (key, publicKey) = (folder.path("orders.pem"), folder.path("orders.pub"))
        try await openssl(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key])
        try await openssl(["ec", "-in", key, "-pubout", "-out", publicKey])
        let broker = try await BrokerHarness.started()
        let listener = try await BrokerListener(broker, topic: "shrike/v1/field/north/alert/#")
        let port = try LoopbackPort.free()
        var gateway = try Gateway(broker, sources: [("drop", "watch:" + folder.path("drop"))])
        gateway.scenes = ["active:roof"]
        gateway.sections = [
            "models: {store: \(desk)}", "http: {port: \(port)}",
            "commands: {enabled: true, key_file: \(publicKey)}",
        ]
        try FileManager.default.createDirectory(atPath: folder.path("drop"), withIntermediateDirectories: true)
        let running = try await gateway.start()
        try drop(0)
        #expect(await listener.wait(upTo: .seconds(60)) { !versions($0).isEmpty })
        #expect(Set(versions(listener.messages)) == ["1"])

        func order(_ name: String, _ digest: String) async throws -> String? {
            let result = try await ShrikeProcess.run(
                ["command", "model", "--name", name, "--digest", digest, "--sign-key", key, "--json", "--wait", "60"]
                    + ["--broker", "mqtt://127.0.0.1:\(broker.port)", "--site", "field", "--gateway", "north"])
            return try JSONValue(parsing: Array(try #require(result.output.last, "\(result.errors)").utf8))["outcome"]?
                .stringValue
        }
        #expect(try await order("roof", "sha256:" + String(repeating: "1", count: 64)) == "failed", "not in the store")
        #expect(try await order("belt", second) == "failed", "no scene of this name follows its active version")
        #expect(try await order("roof", second) == "done")
        #expect(await running.logs("scene roof is now version 2", upTo: .seconds(60)))
        try drop(1)
        #expect(await listener.wait(upTo: .seconds(60)) { versions($0).contains("2") })
        let digests = listener.messages.compactMap {
            try? JSONValue(parsing: Array($0.payload.utf8))["model"]?["digest"]?.stringValue
        }
        #expect(Set(digests) == [first, second])
        let address = try #require(URL(string: "http://127.0.0.1:\(port)/metrics"))
        let metrics = String(decoding: try await URLSession.shared.data(from: address).0, as: UTF8.self)
        for (version, digest, value) in [("1", first, 0), ("2", second, 1)] {
            let line = metrics.split(separator: "\n").first {
                $0.hasPrefix("shrike_model_info{level=\"l2\",name=\"roof\",version=\"\(version)\"")
                    && $0.contains(digest)
            }
            #expect(line?.hasSuffix(" \(value)") == true, "\(line ?? "no line")")
        }

        // A pointer to what is not there: told once, the second version looks on.
        let nowhere = "sha256:" + String(repeating: "0", count: 64)
        try folder.write(#"{"current":"\#(nowhere)"}"#, to: "desk/active/roof")
        #expect(await running.logs("\(nowhere) is not taken, \(second) looks on", upTo: .seconds(60)))
        try drop(2)
        let before = listener.messages.count
        #expect(await listener.wait(upTo: .seconds(60)) { $0.count > before })
        #expect(versions(listener.messages).last == "2")
        #expect(running.errors.count { $0.contains("is not taken") } == 1)

        // A hang-up with another address moves on without new sources.
        gateway.scenes = ["roof:1\n    name: roof"]
        try gateway.write()
        running.signal(SIGHUP)
        #expect(await running.logs("scene roof is now version 1", upTo: .seconds(60)))
        running.signal(SIGTERM)
        #expect(await running.wait(upTo: .seconds(20)) == .exited(0))
        await listener.stop()
        await broker.kill()
    }

    /// The pointer is the old or the new one wherever the process dies; `deploy/check-activation` dies at every system call.
    @Test func `kill -9 in the middle of an activation leaves exactly one valid version`() async throws {
        try writeScene(threshold: 0.3)
        let digests = [try await pack("1")]
        try writeScene(threshold: 0.31)
        let all = digests + [try await pack("2")]
        try await shrike("scene", "activate", "roof:1", "--models", desk)
        let begin = ContinuousClock.now
        try await shrike("scene", "activate", "roof:2", "--models", desk)
        let whole = ContinuousClock.now - begin
        for step in 0..<10 {
            let process = try await ShrikeProcess(["scene", "activate", "roof:\(step % 2 + 1)", "--models", desk])
            try await Task.sleep(for: whole * step / 10)
            await process.kill()
            let text = try folder.text("desk/active/roof")
            let pointer = try JSONValue(parsing: Array(text.utf8))
            #expect(all.contains(pointer["current"]?.stringValue ?? ""), "\(text)")
        }
        try await shrike("bundle", "verify", "active:roof", "--models", desk)
    }
}
