import Foundation

/// Shows the steps of a longer piece of work on standard error: a line that is rewritten on a terminal, one line a step
/// elsewhere.
final class StepMeter: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var step = ""
    private var percent = -1
    private let isTerminal = Console.errorIsTerminal

    /// - Parameter share: of the step, 0 to 1.
    func show(_ name: String, share: Double) {
        lock.withLock {
            let now = Int(min(1, max(0, share)) * 100)
            guard name != step || isTerminal && now != percent else { return }
            (step, percent) = (name, now)
            Console.status(isTerminal ? "\r\u{1B}[K\(name) \(now) %" : name + "\n")
        }
    }

    func finish() {
        lock.withLock {
            if isTerminal, !step.isEmpty { Console.status("\r\u{1B}[K") }
            step = ""
        }
    }
}
