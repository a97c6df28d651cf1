/// Which items are under way, which wait for another try, and where to read on: the relay's whole memory, as a value.
///
/// Times are durations since any fixed moment.
struct RelayWindow: Sendable {
    struct Deferral: Hashable, Sendable {
        var retryAt: Duration
        var failures: Int
    }

    let limit: Int
    /// Refused items that are waited for; with so many, nothing new is read.
    let deferredLimit: Int
    /// Everything up to here was read; what is not under way or deferred is done.
    private(set) var readThrough: UInt64 = 0
    private(set) var inFlight: [UInt64: RelayItem] = [:]
    private(set) var deferred: [UInt64: Deferral] = [:]
    /// Taken by the broker, still to be deleted from the queue.
    private(set) var toDelete: Set<UInt64> = []

    init(limit: Int = 20, deferredLimit: Int = 1000) { (self.limit, self.deferredLimit) = (limit, deferredLimit) }

    /// How many new items may be read now.
    var room: Int {
        deferred.count >= deferredLimit || toDelete.count > limit ? 0 : max(0, limit - inFlight.count)
    }

    /// Items read from the queue after ``readThrough``; returns those to be sent.
    mutating func read(_ items: [RelayItem]) -> [RelayItem] {
        var fresh: [RelayItem] = []
        for item in items {
            readThrough = max(readThrough, item.sequence)
            guard inFlight[item.sequence] == nil, deferred[item.sequence] == nil, !toDelete.contains(item.sequence)
            else { continue }
            inFlight[item.sequence] = item
            fresh.append(item)
        }
        return fresh
    }

    /// Deferred items whose time has come, as many as there is room for; lowest numbers first.
    func due(at now: Duration) -> [UInt64] {
        Array(
            deferred.filter { $0.value.retryAt <= now }.keys.sorted().prefix(max(0, limit - inFlight.count)))
    }

    /// A deferred item that was read again is under way; nil (no longer in the queue) forgets it.
    mutating func retry(_ sequence: UInt64, _ item: RelayItem?) {
        guard let item, deferred[sequence] != nil else {
            deferred[sequence] = nil
            return
        }
        inFlight[sequence] = item
    }

    /// The broker took it.
    mutating func accepted(_ sequence: UInt64) -> RelayItem? {
        deferred[sequence] = nil
        guard let item = inFlight.removeValue(forKey: sequence) else { return nil }
        toDelete.insert(sequence)
        return item
    }

    /// The broker refused it: another try after 1 s, doubling to 60 s.
    mutating func refused(_ sequence: UInt64, at now: Duration) -> (RelayItem, Duration)? {
        guard let item = inFlight.removeValue(forKey: sequence) else { return nil }
        let failures = (deferred[sequence]?.failures ?? 0) + 1
        let delay = min(Duration.seconds(1 << min(failures - 1, 6)), .seconds(60))
        deferred[sequence] = Deferral(retryAt: now + delay, failures: failures)
        return (item, delay)
    }

    /// Nobody knows whether it arrived, or it was never handed over: it is read again.
    mutating func lost(_ sequence: UInt64) {
        guard inFlight.removeValue(forKey: sequence) != nil, deferred[sequence] == nil, sequence > 0 else { return }
        readThrough = min(readThrough, sequence - 1)
    }

    mutating func deleted(_ sequences: some Sequence<UInt64>) { toDelete.subtract(sequences) }
}
