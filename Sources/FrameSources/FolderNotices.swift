import Foundation

/// The kernel's notices about one folder (inotify(7)); silent on file systems that give none.
final class FolderNotices: @unchecked Sendable {
    // Sendable: the descriptor is constant; one thread reads from it.
    enum Notice: Equatable {
        case beingWritten(String)
        case closed(String)
    }

    private let descriptor: Int32

    init(folder: String) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if descriptor >= 0 {
            inotify_add_watch(descriptor, folder, UInt32(IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO))
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Waits up to `milliseconds` and returns what happened.
    func wait(milliseconds: Int32) -> [Notice] {
        guard descriptor >= 0 else {
            poll(nil, 0, milliseconds)
            return []
        }
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, milliseconds) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return count > 0 ? Self.parse(buffer.prefix(count)) : []
    }

    /// Reads `struct inotify_event`: watch (4 bytes), mask (4), cookie (4), length of the name (4), name padded with zeros.
    static func parse(_ bytes: ArraySlice<UInt8>) -> [Notice] {
        var notices: [Notice] = []
        var rest = bytes
        while rest.count >= 16 {
            let field = { (offset: Int) in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(rest[rest.startIndex + offset + $1]) << (8 * UInt32($1)) }
            }
            let mask = field(4)
            let length = Int(field(12))
            guard rest.count - 16 >= length else { break }
            let name = String(decoding: rest.dropFirst(16).prefix(length).prefix { $0 != 0 }, as: UTF8.self)
            rest = rest.dropFirst(16 + length)
            if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 {
                notices.append(.closed(name))
            } else if mask & UInt32(IN_CREATE | IN_MODIFY) != 0 {
                notices.append(.beingWritten(name))
            }
        }
        return notices
    }
}
