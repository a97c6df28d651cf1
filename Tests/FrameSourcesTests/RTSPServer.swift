import Foundation

/// A real RTSP server on loopback (gst-rtsp-server through Python), as a process that can be stopped and killed.
///
/// `/live` moves, `/still` shows one picture for ever.
final class RTSPServer {
    static let program = """
        import sys, gi
        gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')
        from gi.repository import Gst, GstRtspServer, GLib
        Gst.init(None)
        server = GstRtspServer.RTSPServer()
        server.set_address('127.0.0.1'); server.set_service(sys.argv[1])
        def add(path, pattern):
            factory = GstRtspServer.RTSPMediaFactory()
            factory.set_launch('( videotestsrc is-live=true pattern=%s ! video/x-raw,format=I420,width=160,height=120,'
                'framerate=20/1 ! jpegenc ! rtpjpegpay name=pay0 )' % pattern)
            factory.set_shared(True)
            if len(sys.argv) > 2:
                permissions = GstRtspServer.RTSPPermissions()
                permissions.add_permission_for_role('user', 'media.factory.access', True)
                permissions.add_permission_for_role('user', 'media.factory.construct', True)
                factory.set_permissions(permissions)
            server.get_mount_points().add_factory(path, factory)
        add('/live', 'snow')
        add('/still', 'smpte100')
        if len(sys.argv) > 2:
            auth = GstRtspServer.RTSPAuth()
            token = GstRtspServer.RTSPToken()
            token.set_string('media.factory.role', 'user')
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*sys.argv[2].split(':')), token)
            server.set_auth(auth)
        if server.attach(None) == 0: sys.exit(3)
        GLib.MainLoop().run()
        """

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
        process.arguments = ["-c", Self.program, "\(port)"] + (credentials.map { [$0] } ?? [])
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
