import Foundation
import Glibc
import TestKit

/// A TCP proxy on loopback that counts what comes from the server and can cut every connection after so many bytes.
final class CuttingProxy: @unchecked Sendable {
    // Sendable: all that changes is only touched under `lock`.
    let port: UInt16
    private let target: UInt16
    private let listener: CInt
    private let lock = NSLock()
    private var received = 0
    private var cuts = 0
    private var budget: [Int] = []
    private var open: Set<CInt> = []
    private var isClosed = false

    /// - Parameter cutAfter: bytes from the server after which all connections break, one cut a number.
    init(to target: UInt16, cutAfter: [Int] = []) {
        self.target = target
        budget = cutAfter
        (listener, port) = LoopbackPort.listening()
        let thread = Thread { [self] in accept() }
        thread.start()
    }

    /// Bytes that came from the server, headers included.
    var bytes: Int { lock.withLock { received } }
    /// Cuts so far.
    var cutCount: Int { lock.withLock { cuts } }

    func close() {
        lock.withLock { isClosed = true }
        shutdown(listener, CInt(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
            guard LoopbackPort.connect(server, to: target) else {
                Glibc.close(client)
                Glibc.close(server)
                continue
            }
            lock.withLock { open.formUnion([client, server]) }
            let ends = DispatchGroup()
            for (from, to, counts) in [(client, server, false), (server, client, true)] {
                ends.enter()
                let thread = Thread { [self] in
                    pump(from, to, counts: counts)
                    ends.leave()
                }
                thread.start()
            }
            ends.notify(queue: .global()) { [self] in
                lock.withLock { open.subtract([client, server]) }
                Glibc.close(client)
                Glibc.close(server)
            }
        }
    }

    private func pump(_ from: CInt, _ to: CInt, counts: Bool) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            var got = recv(from, &buffer, buffer.count, 0)
            guard got > 0 else { break }
            var isCut = false
            if counts { (got, isCut) = lock.withLock { account(got) } }
            var sent = 0
            while sent < got {
                let count = send(to, Array(buffer[sent..<got]), got - sent, CInt(MSG_NOSIGNAL))
                guard count > 0 else { break }
                sent += count
            }
            if isCut { break }
        }
        shutdown(from, CInt(SHUT_RDWR))
        shutdown(to, CInt(SHUT_RDWR))
    }

    /// How many of these bytes still go through.
    private func account(_ got: Int) -> (Int, Bool) {
        guard let left = budget.first else {
            received += got
            return (got, false)
        }
        guard got >= left else {
            budget[0] = left - got
            received += got
            return (got, false)
        }
        budget.removeFirst()
        received += left
        cuts += 1
        return (left, true)
    }
}
