import Foundation

/// The threads on which sources block, counted so that a process can wait for them before it exits: a thread that is
/// still inside OpenCV while `exit()` runs static destructors brings the process down.
public enum SourceThreads {
    private static let count = Counter()

    /// Threads that have not ended yet.
    public static var running: Int { count.value }

    /// Waits until every thread has ended, at most `seconds`; true where all have.
    ///
    /// Blocks: call it at the end of the process, after ``FrameSource/stop()`` on every source.
    public static func waitUntilEnded(seconds: Double) -> Bool { count.waitForZero(seconds: seconds) }

    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        count.add(1)
        let thread = Thread {
            body()
            count.add(-1)
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }

    private final class Counter: @unchecked Sendable {
        // Sendable: `number` is only touched under `condition`.
        private let condition = NSCondition()
        private var number = 0

        var value: Int {
            condition.lock()
            defer { condition.unlock() }
            return number
        }

        func add(_ change: Int) {
            condition.lock()
            number += change
            condition.broadcast()
            condition.unlock()
        }

        func waitForZero(seconds: Double) -> Bool {
            let end = Date(timeIntervalSinceNow: seconds)
            condition.lock()
            defer { condition.unlock() }
            while number > 0 { if !condition.wait(until: end) { return number == 0 } }
            return true
        }
    }
}
