import Foundation
import TestKit
import Testing

/// `shrike replay --speed` at a terminal, which is a pseudo-terminal of Python's.
@Suite(.machineShare, .enabled(if: ShrikeProcess.isAvailable))
struct PlaybackTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Types `(seconds, keys)` after the first output, then prints what came with its times, the end and whether the terminal's
    /// state is as before.
    private static let typist = """
        import json, os, pty, select, signal, sys, termios, time
        script, command = json.loads(sys.argv[1]), sys.argv[2:]
        main, terminal = pty.openpty()
        before = termios.tcgetattr(terminal)
        child = os.fork()
        if child == 0:
            os.setsid()
            import fcntl
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2): os.dup2(terminal, fd)
            os.execv(command[0], command)
        start, heard, status = None, [], None
        deadline = time.time() + 60
        while time.time() < deadline:
            ready, _, _ = select.select([main], [], [], 0.02)
            if ready:
                text = os.read(main, 65536).decode("utf-8", "replace")
                if start is None and "frames/" in text: start = time.time()
                heard.append((0 if start is None else time.time() - start, text))
            while start is not None and script and time.time() - start >= script[0][0]:
                keys = script.pop(0)[1]
                if keys.startswith("SIG"): os.kill(child, getattr(signal, keys))
                else: os.write(main, keys.encode())
            done, code = os.waitpid(child, os.WNOHANG)
            if done:
                status = os.waitstatus_to_exitcode(code)
                break
        else:
            os.kill(child, signal.SIGKILL)
        print(json.dumps({"heard": heard, "status": status, "restored": termios.tcgetattr(terminal) == before}))
        """

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

    private func type(_ script: [(Double, String)], speed: String = "1") async throws -> Session {
        let keys = script.map { "[\($0.0), \(String(reflecting: $0.1))]" }.joined(separator: ",")
            .replacingOccurrences(of: "\\u{1B}", with: "\\u001b")
        let result = try await ShrikeProcess.run(
            ["-c", Self.typist, "[\(keys)]", ShrikeProcess.program, "replay", try await Footage.solarVideo]
                + [
                    "--scene", "builtin:thermal-solar", "--clips", "none", "--speed", speed, "--out",
                    folder.path("out"),
                ],
            program: "python3")
        #expect(result.ending == .exited(0), "\(result.errors)")
        return try JSONDecoder().decode(Session.self, from: Data(result.output.joined().utf8))
    }

    @Test func `alerts are shown as they come, and the terminal is as before at the end`() async throws {
        let session = try await type([])
        #expect(session.status == 0)
        #expect(session.restored)
        #expect(session.alerts.count == (try folder.text("out/alerts.ndjson")).split(separator: "\n").count)
        let times = session.heard.filter { $0.text.contains("score ") }.map(\.time)
        #expect((times.last ?? 0) - (times.first ?? 0) > 1.5, "spread over the footage's time")
    }

    @Test func `a pause holds the footage until it is lifted`() async throws {
        let session = try await type([(0.5, " "), (4.5, " ")])
        #expect(session.status == 0)
        #expect(session.text.contains("paused"))
        #expect((session.heard.last?.time ?? 0) > 6)
    }

    @Test func `seeking forward saves time, back shows the alerts again, and the results stay the same`() async throws {
        let plain = try await type([])
        let alerts = try folder.bytes("out/alerts.ndjson")
        let forward = try await type([(0.3, "\u{1B}[C")])
        #expect((forward.heard.last?.time ?? 99) < (plain.heard.last?.time ?? 0) - 1)
        #expect(try folder.bytes("out/alerts.ndjson") == alerts)
        let back = try await type([(2.5, "\u{1B}[D")])
        #expect(back.alerts.count > plain.alerts.count)
        #expect(try folder.bytes("out/alerts.ndjson") == alerts)
    }

    @Test(arguments: [("q", 130), ("SIGINT", 130), ("SIGTERM", 130), ("SIGHUP", -1), ("SIGQUIT", -3), ("SIGSEGV", -11)])
    func `the terminal is as before however a replay ends`(_ keys: String, _ status: Int32) async throws {
        let session = try await type([(0.5, keys)], speed: "0.5")
        #expect(session.status == status)
        #expect(session.restored)
    }

    @Test func `a step while paused analyses one frame`() async throws {
        let session = try await type([(0.4, " "), (0.8, "."), (1.2, "."), (1.6, "q")], speed: "0.2")
        #expect(session.status == 130)
        #expect(session.restored)
        #expect(session.text.contains("continues"))
    }
}
