import Foundation
import ShrikeCore

/// Asks a camera why the decoder could not open it: connects, sends one DESCRIBE without credentials (RFC 2326, 10.2) and
/// reads the status.
enum RTSPProbe {
    /// Blocks for at most about twice the time-out, and for as long as the name look-up takes.
    static func diagnose(_ address: RTSPAddress, timeout: MediaTime) -> LiveFailure {
        switch ask(address, timeout: timeout) {
        case .status(let code): verdict(status: code, hasCredentials: address.hasCredentials)
        case .unknownHost: LiveFailure("the host name is unknown")
        case .refused: LiveFailure("nothing listens on port \(address.port) of the camera")
        case .unreachable: LiveFailure("the camera's network is not reachable")
        case .silent: LiveFailure("the camera does not answer within \(timeout.milliseconds) ms")
        case .notRTSP: LiveFailure("port \(address.port) does not answer as an RTSP server")
        case .connected: LiveFailure("the camera accepts connections, but its stream cannot be opened")
        }
    }

    static func verdict(status: Int, hasCredentials: Bool) -> LiveFailure {
        switch status {
        case 401, 403:
            LiveFailure(
                "the camera " + (hasCredentials ? "refuses user name or password" : "asks for user name and password"),
                isRefusal: true)
        case 404: LiveFailure("the camera has no stream of this path (404)")
        case 200: LiveFailure("the camera answers, but offers no video that can be decoded")
        default: LiveFailure("the camera answers with RTSP status \(status)")
        }
    }

    /// Status of an RTSP response; nil where the text is none.
    static func status(in reply: [UInt8]) -> Int? {
        guard reply.starts(with: Array("RTSP/1.".utf8)) || reply.starts(with: Array("RTSP/2.".utf8)), reply.count >= 12
        else { return nil }
        let digits = reply[9..<12]
        guard reply[8] == 32, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private enum Answer {
        case status(Int)
        case unknownHost, refused, unreachable, silent, notRTSP, connected
    }

    private static func ask(_ address: RTSPAddress, timeout: MediaTime) -> Answer {
        let limit = Int32(clamping: timeout.milliseconds)
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let info = found else {
            return .unknownHost
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(
            info.pointee.ai_family, info.pointee.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            info.pointee.ai_protocol)
        guard descriptor >= 0 else { return .unreachable }
        defer { close(descriptor) }
        if connect(descriptor, info.pointee.ai_addr, info.pointee.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return errno == ECONNREFUSED ? .refused : .unreachable }
            guard wait(descriptor, for: POLLOUT, milliseconds: limit) else { return .silent }
            var failure: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
            guard failure == 0 else { return failure == ECONNREFUSED ? .refused : .unreachable }
        }
        // Behind TLS only the connection can be judged.
        guard !address.isEncrypted else { return .connected }
        let request = "DESCRIBE \(address.plain) RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
        let sent = Array(request.utf8).withUnsafeBytes { bytes in
            send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.utf8.count else { return .unreachable }
        guard wait(descriptor, for: POLLIN, milliseconds: limit) else { return .silent }
        var reply = [UInt8](repeating: 0, count: 1024)
        let count = reply.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0, let status = status(in: Array(reply.prefix(count))) else { return .notRTSP }
        return .status(status)
    }

    private static func wait(_ descriptor: Int32, for events: Int32, milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
        return poll(&wanted, 1, milliseconds) > 0
    }
}
