import Glibc

/// TCP ports on 127.0.0.1.
public enum LoopbackPort {
    /// A port nobody listens on right now.
    public static func free() throws -> UInt16 {
        let port = withSocket { descriptor -> UInt16? in
            var address = address(0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
                }
            }
            return status == 0 ? UInt16(bigEndian: address.sin_port) : nil
        }
        guard let port else { throw BrokerHarness.Failure(description: "no free loopback port") }
        return port
    }

    /// Whether somebody listens there.
    public static func accepts(_ port: UInt16) -> Bool {
        withSocket { connect($0, to: port) } ?? false
    }

    /// Connects a socket.
    public static func connect(_ descriptor: CInt, to port: UInt16) -> Bool {
        var address = address(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                Glibc.connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A socket that listens on a port of its own; -1 and 0 where there is none.
    public static func listening() -> (descriptor: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0
                    ? getsockname(descriptor, generic, &length) : -1
            }
        }
        return status == 0 ? (descriptor, UInt16(bigEndian: address.sin_port)) : (-1, 0)
    }

    private static func withSocket<T>(_ body: (CInt) -> T?) -> T? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return body(descriptor)
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        return address
    }
}
