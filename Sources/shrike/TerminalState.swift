import Foundation

/// How the terminal was before keys were read from it.
enum TerminalState {
    // Written once, before the handlers below are installed, and read only after that.
    nonisolated(unsafe) private static var before: termios?

    static var kept: termios? { before }

    /// Keeps the state, and restores it also where a fault or a signal that nothing else handles ends the process.
    static func keep(_ state: termios) {
        before = state
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGHUP, SIGQUIT] {
            var action = sigaction()
            // `tcsetattr`, `signal` and `raise` are safe in a signal handler (POSIX.1-2017, 2.4.3).
            action.__sigaction_handler.sa_handler = { number in
                TerminalState.restore()
                signal(number, SIG_DFL)
                raise(number)
            }
            sigaction(number, &action, nil)
        }
    }

    static func restore() {
        guard var state = before else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &state)
    }
}
