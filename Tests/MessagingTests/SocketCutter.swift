import Glibc

/// Breaks TCP connections of this process without a goodbye, as a lost network or a killed process would.
enum SocketCutter {
    /// - Returns: connections to the port that were broken.
    static func cut(toPort port: UInt16) -> Int {
        (CInt(3)..<1024).count { descriptor in
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            guard status == 0, peer.sin_family == sa_family_t(AF_INET), UInt16(bigEndian: peer.sin_port) == port
            else { return false }
            return shutdown(descriptor, CInt(SHUT_RDWR)) == 0
        }
    }
}
