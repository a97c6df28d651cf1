import Foundation

/// A real RTSP server on loopback (gst-rtsp-server through Python), as a process that can be stopped and killed.
///
/// `/live` moves, `/still` shows one picture for ever.
final class RTSPServer {
    private static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/torture/camera.py").path

    static let python = "/usr/bin/python3"

    static let isPossible: Bool = {
        let check = Process()
        check.executableURL = URL(filePath: python)
        check.arguments = [
            "-c",
            "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
                + "Gst.init(None); assert Gst.ElementFactory.find('rtpjpegpay') and Gst.ElementFactory.find('jpegenc')",
        ]
        check.standardError = FileHandle.nullDevice
        do { try check.run() } catch { return false }
        check.waitUntilExit()
        return check.terminationStatus == 0
    }()

    let port: Int
    private let credentials: String?
    private var process: Process?

    /// - Parameter credentials: `user:password` that every client must give.
    init(credentials: String? = nil) {
        port = Int.random(in: 20_000..<32_000)
        self.credentials = credentials
    }

    deinit { kill() }

    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.python)
        process.arguments = [Self.program, "\(port)", "160", "120", "20"] + (credentials.map { [$0] } ?? [])
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    func address(_ path: String, user: String = "") -> String { "rtsp://\(user)127.0.0.1:\(port)/\(path)" }

    func freeze() { signal(SIGSTOP) }

    func thaw() { signal(SIGCONT) }

    func kill() {
        signal(SIGKILL)
        process?.waitUntilExit()
        process = nil
    }

    private func signal(_ number: Int32) {
        if let process, process.isRunning { Foundation.kill(process.processIdentifier, number) }
    }
}
