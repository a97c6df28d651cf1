import Foundation
import ShrikeCore
import TestKit
import Testing

/// `shrike replay --speed` at a terminal, which is a pseudo-terminal of Python's.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct PlaybackTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Types keys, each when its text was heard so many times, then prints what came with its times since the start, the end and
    /// whether the terminal's state is as before. Nothing depends on how fast the machine is.
    private static let typist = """
        import json, os, pty, select, signal, sys, termios, time
        script, command = json.loads(sys.argv[1]), sys.argv[2:]
        main, terminal = pty.openpty()
        before = termios.tcgetattr(terminal)
        start, heard, status = time.time(), [], None
        child = os.fork()
        if child == 0:
            os.setsid()
            import fcntl
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2): os.dup2(terminal, fd)
            os.execv(command[0], command)
        while time.time() < start + 400:
            done, code = os.waitpid(child, os.WNOHANG)
            while select.select([main], [], [], 0.02)[0]:
                heard.append((time.time() - start, os.read(main, 65536).decode("utf-8", "replace")))
            text = "".join(piece for _, piece in heard)
            while not done and script and text.count(script[0]["text"]) >= script[0]["count"]:
                keys = script.pop(0)["keys"]
                if keys.startswith("SIG"): os.kill(child, getattr(signal, keys))
                else: os.write(main, keys.encode())
            if done:
                status = os.waitstatus_to_exitcode(code)
                break
        else:
            os.kill(child, signal.SIGKILL)
        print(json.dumps({"heard": heard, "status": status, "restored": termios.tcgetattr(terminal) == before}))
        """

    /// Keys that are typed when a text was heard so many times.
    private struct Keys: Encodable {
        var keys: String
        var text: String
        var count = 1

        /// As soon as frames are analysed.
        static func atOnce(_ keys: String) -> Keys { Keys(keys: keys, text: "frames/") }
    }

    private struct Session: Decodable {
        struct Output: Decodable {
            var time: Double
            var text: String

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                (time, text) = (try list.decode(Double.self), try list.decode(String.self))
            }
        }

        var heard: [Output]
        var status: Int32?
        var restored: Bool

        var text: String { heard.map(\.text).joined() }
        /// Alert lines, in the order they were shown.
        var alerts: [String] {
            text.split(whereSeparator: { "\r\n".contains($0) }).map(String.init).filter { $0.contains("score ") }
        }
    }

    private func type(_ script: [Keys], speed: String = "1") async throws -> Session {
        let result = try await ShrikeProcess.run(
            [
                "-c", Self.typist, String(decoding: try JSONEncoder().encode(script), as: UTF8.self),
                ShrikeProcess.program, "replay", try await Footage.solarVideo, "--scene", "builtin:thermal-solar",
                "--clips", "none", "--speed", speed, "--out", folder.path("out"),
            ], program: "python3", upTo: .seconds(450))
        #expect(result.ending == .exited(0), "\(result.errors)")
        return try JSONDecoder().decode(Session.self, from: Data(result.output.joined().utf8))
    }

    @Test func `alerts are shown not before their time, and the terminal is as before at the end`() async throws {
        let session = try await type([])
        #expect(session.status == 0)
        #expect(session.restored)
        let log = try folder.text("out/alerts.ndjson").split(separator: "\n").map(String.init)
        #expect(session.alerts.count == log.count)
        let due = try HeardAlerts(log).documents.compactMap { $0["media_time_ms"]?.integerValue }.sorted()
        let shown = session.heard.flatMap { output in
            Array(repeating: output.time, count: output.text.components(separatedBy: "score ").count - 1)
        }
        #expect(zip(shown, due).allSatisfy { $0 >= Double($1) / 1000 }, "\(shown) \(due)")
    }

    @Test func `a pause holds the footage until it is lifted`() async throws {
        let session = try await type([.atOnce(" "), Keys(keys: " ", text: "paused", count: 8)])
        #expect(session.status == 0)
        // `0:00 paused`: where it stood, which is one place.
        let places = Set(session.text.components(separatedBy: " paused").dropLast().map { $0.suffix(4) })
        #expect(places.count == 1, "\(places)")
    }

    @Test func `seeking forward saves time, back shows the alerts again, and the results stay the same`() async throws {
        let plain = try await type([])
        let alerts = try folder.bytes("out/alerts.ndjson")
        // At this speed the four seconds take 200.
        let forward = try await type([.atOnce("\u{1B}[C")], speed: "0.02")
        #expect(forward.status == 0)
        #expect((forward.heard.last?.time ?? 999) < 199)
        #expect(try folder.bytes("out/alerts.ndjson") == alerts)
        let back = try await type([Keys(keys: "\u{1B}[D", text: "score ", count: 3)], speed: "0.5")
        #expect(back.status == 0)
        #expect(back.alerts.count > plain.alerts.count)
        #expect(try folder.bytes("out/alerts.ndjson") == alerts)
    }

    @Test(arguments: [("q", 130), ("SIGINT", 130), ("SIGTERM", 130), ("SIGHUP", -1), ("SIGQUIT", -3), ("SIGSEGV", -11)])
    func `the terminal is as before however a replay ends`(_ keys: String, _ status: Int32) async throws {
        let session = try await type([.atOnce(keys)], speed: "0.02")
        #expect(session.status == status)
        #expect(session.restored)
    }

    @Test func `steps while paused analyse a frame each`() async throws {
        let session = try await type(
            [
                .atOnce(" "), Keys(keys: ".", text: "paused", count: 2), Keys(keys: ".", text: "paused", count: 6),
                Keys(keys: "q", text: "paused", count: 10),
            ], speed: "0.02")
        #expect(session.status == 130)
        #expect(session.restored)
        #expect(session.text.contains("continues"))
    }
}
