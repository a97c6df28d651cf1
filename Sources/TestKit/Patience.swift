/// How long a test waits for something to become true.
///
/// Limits are meant for an idle machine. They are stretched for a busy one, and counted in looks rather than by the clock:
/// suites that compute may hold every thread of the pool for a while, and that time must not count against a test that
/// only waits. What never becomes true still ends the wait.
public enum Patience {
    /// How much slower than an idle machine the tests may run.
    public static let stretch = 6

    /// Waits until the condition holds.
    ///
    /// - Returns: false where it did not within the limit.
    public static func holds(
        within limit: Duration, looking interval: Duration = .milliseconds(20), _ condition: () async -> Bool
    ) async -> Bool {
        let looks = max(1, Int(limit / interval) * stretch)
        for _ in 0..<looks {
            if await condition() { return true }
            try? await Task.sleep(for: interval)
            if Task.isCancelled { break }
        }
        return await condition()
    }
}
