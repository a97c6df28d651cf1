import Agent
import Foundation

/// Reads single keys from the terminal for as long as work runs; the terminal is as before afterwards, however the work ends.
enum TerminalControls {
    /// Whether a person sits at this terminal and the process may read from it.
    static var areUsable: Bool { isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// - Parameter keys: gets every key, on a thread of its own.
    static func during<R>(_ keys: @escaping @Sendable (UInt8) -> Void, _ work: () async throws -> R) async rethrows -> R
    {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return try await work() }
        TerminalState.keep(before)
        enterKeyMode()
        // Stopped with Ctrl-Z and brought back: the shell has set the terminal to its own ways.
        let back = DispatchSource.makeSignalSource(signal: SIGCONT, queue: .global())
        back.setEventHandler { enterKeyMode() }
        back.resume()
        let isDone = Flag()
        let thread = Thread {
            while !isDone.isSet {
                var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                guard poll(&descriptor, 1, 50) > 0 else { continue }
                var byte: UInt8 = 0
                guard read(STDIN_FILENO, &byte, 1) == 1 else { return }
                keys(byte)
            }
        }
        thread.name = "keys"
        thread.start()
        defer {
            isDone.set()
            back.cancel()
            TerminalState.restore()
        }
        return try await work()
    }

    /// Keys come one by one and unseen; Ctrl-C and Ctrl-Z keep their meaning.
    private static func enterKeyMode() {
        guard var mode = TerminalState.kept else { return }
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &mode)
    }

    private final class Flag: @unchecked Sendable {
        // Sendable: `value` is only touched under `lock`.
        private let lock = NSLock()
        private var value = false

        var isSet: Bool { lock.withLock { value } }

        func set() { lock.withLock { value = true } }
    }
}
