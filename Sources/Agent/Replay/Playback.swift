import Foundation
public import ShrikeCore

/// A replay with a person at the controls: holds frames back until they are due, and shows alerts when the clock reaches them.
public final class Playback: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    public enum Command: Hashable, Sendable {
        case pause
        case step
        /// Seconds of footage, negative for back.
        case seek(Double)
    }

    private let lock = NSLock()
    private var clock: PlaybackClock
    /// Alerts of the footage under way, and how many of them were shown.
    private var alerts: [Alert] = []
    private var shown = 0
    private let show: @Sendable ([Alert]) -> Void

    /// - Parameters:
    ///   - speed: media seconds per second; nil for as fast as it goes.
    ///   - show: gets alerts when they are due, and again after a seek back over them.
    public init(speed: Double?, show: @escaping @Sendable ([Alert]) -> Void) {
        clock = PlaybackClock(speed: speed)
        self.show = show
    }

    /// Media time shown now, and whether it stands still.
    public var status: (position: MediaTime, isPaused: Bool) {
        lock.withLock { (MediaTime(seconds: clock.position(now: Self.now)), clock.isPaused) }
    }

    public func handle(_ command: Command) {
        lock.withLock {
            let now = Self.now
            switch command {
            case .pause: clock.togglePause(now: now)
            case .step: clock.step(now: now)
            case .seek(let seconds):
                clock.seek(by: seconds, now: now)
                let position = clock.position(now: now)
                if seconds < 0 { shown = alerts.firstIndex { $0.mediaTime.seconds > position } ?? alerts.count }
            }
        }
        showDue()
    }

    /// Other footage begins: what is left of the one before is shown.
    func begin() {
        let rest = lock.withLock {
            defer { (alerts, shown) = ([], 0) }
            clock.begin()
            return Array(alerts[shown...])
        }
        if !rest.isEmpty { show(rest) }
    }

    /// Alerts that were decided.
    func hear(_ new: [Alert]) {
        lock.withLock { alerts += new }
        showDue()
    }

    /// Returns when the frame is due, or the task is cancelled.
    func waits(for time: MediaTime) async {
        while let delay = lock.withLock({ clock.delay(of: time.seconds, now: Self.now) }) {
            showDue()
            guard (try? await Task.sleep(for: .seconds(delay))) != nil else { return }
        }
    }

    private func showDue() {
        let due = lock.withLock {
            let position = clock.position(now: Self.now)
            let from = shown
            while shown < alerts.count, alerts[shown].mediaTime.seconds <= position + 1e-6 { shown += 1 }
            return Array(alerts[from..<shown])
        }
        if !due.isEmpty { show(due) }
    }

    private static var now: Double { Double(ProcessClock.monotonicNanoseconds()) / 1e9 }
}
