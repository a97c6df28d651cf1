import ShrikeCore

/// Decides when a live source connects, has stalled, is frozen, and when it tries again. A value without clock, threads or
/// sockets: it is told what happens and when (on a monotonic clock) and answers with what to do.
struct LiveSupervisor {
    enum Action: Hashable {
        case connect
        /// Give up the present connection, whatever its thread does.
        case abandon
        case announce(SourceState)
    }

    private enum Phase: Hashable {
        case idle
        case connecting(since: MediaTime)
        case awaitingPicture(since: MediaTime)
        case up
        case waiting(until: MediaTime)
    }

    private let timing: LiveTiming
    private var backoff: Backoff
    private var phase = Phase.idle
    /// Openings since the last picture that gave none in time.
    private var hungOpenings = 0
    private var announced: SourceState?
    private var lastPicture = MediaTime.zero
    private var lastNew = MediaTime.zero
    private var interval: Double = 0
    private var isFrozen = false
    private var lastFrozenConnect: MediaTime?

    init(timing: LiveTiming, seed: UInt64) {
        self.timing = timing
        backoff = Backoff(first: timing.firstRetry, longest: timing.longestRetry, seed: seed)
    }

    mutating func start(at now: MediaTime) -> [Action] {
        phase = .connecting(since: now)
        lastNew = now
        return announce(.connecting) + [.connect]
    }

    mutating func connected(at now: MediaTime) -> [Action] {
        guard case .connecting = phase else { return [] }
        phase = .awaitingPicture(since: now)
        return []
    }

    mutating func picture(isNew: Bool, at now: MediaTime) -> [Action] {
        switch phase {
        case .idle, .waiting: return []
        case .up:
            let seconds = (now - lastPicture).seconds
            interval = interval == 0 ? seconds : interval * 0.9 + seconds * 0.1
        case .connecting, .awaitingPicture:
            phase = .up
            hungOpenings = 0
            interval = 0
            backoff.reset()
            // Time without a connection does not count towards a frozen picture.
            if !isFrozen { lastNew = now }
        }
        lastPicture = now
        if isNew {
            lastNew = now
            isFrozen = false
        }
        return isFrozen ? [] : announce(.up)
    }

    mutating func failed(_ failure: LiveFailure, at now: MediaTime) -> [Action] {
        switch phase {
        case .idle, .waiting: return []
        case .connecting, .awaitingPicture, .up: break
        }
        let delay = wait(from: now)
        return announce(failure.isRefusal ? .unauthorized : .retrying(reason: failure.reason, after: delay))
    }

    /// To be called a few times a second.
    mutating func tick(at now: MediaTime) -> [Action] {
        switch phase {
        case .idle: return []
        case .waiting(let until):
            guard now >= until else { return [] }
            phase = .connecting(since: now)
            return [.connect]
        case .connecting(let since):
            let limit = openingLimit
            guard now - since > limit else { return [] }
            hungOpenings += 1
            let delay = wait(from: now)
            let reason = "no answer within \(Int(limit.seconds)) s"
            return [.abandon] + announce(.retrying(reason: reason, after: delay))
        case .awaitingPicture(let since):
            guard now - since > max(timing.stallAfter, timing.readTimeout) else { return [] }
            _ = wait(from: now)
            return [.abandon] + announce(.stalled)
        case .up:
            return checkFlow(at: now)
        }
    }

    private mutating func checkFlow(at now: MediaTime) -> [Action] {
        let limit = max(timing.stallAfter, MediaTime(seconds: min(60, interval * 5)))
        if now - lastPicture > limit {
            _ = wait(from: now)
            return [.abandon] + announce(.stalled)
        }
        guard now - lastNew >= timing.frozenAfter else { return [] }
        isFrozen = true
        var actions = announce(.frozen)
        if now - (lastFrozenConnect ?? now - timing.frozenReconnectEvery) >= timing.frozenReconnectEvery {
            lastFrozenConnect = now
            phase = .connecting(since: now)
            actions += [.abandon, .connect]
        }
        return actions
    }

    /// A camera that comes back while it is being opened may leave that connection without an answer: the first is given up soon, later ones
    /// wait longer, up to what a slow camera can take.
    private var openingLimit: MediaTime {
        let longest = timing.connectTimeout + timing.readTimeout + MediaTime(milliseconds: 5000)
        return min(longest, timing.connectTimeout + MediaTime(milliseconds: 2000 * Int64(min(hungOpenings, 60))))
    }

    private mutating func wait(from now: MediaTime) -> MediaTime {
        let delay = backoff.next()
        phase = .waiting(until: now + delay)
        return delay
    }

    /// A state is told when it changes; a retry is told every time, with its delay.
    private mutating func announce(_ state: SourceState) -> [Action] {
        if case .retrying = state { announced = nil }
        guard state != announced else { return [] }
        announced = state
        return [.announce(state)]
    }
}
