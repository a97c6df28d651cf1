import ShrikeCore

/// Which items are under way, which wait for another try or for a receipt, and where to read on: the relay's whole memory,
/// as a value.
///
/// Items are read in lanes: announcements, then alerts decided since the connection was made, then the backlog from before.
/// Each lane keeps its order; a long backlog leaves room for what is decided now. Times are durations since any fixed moment.
struct RelayWindow: Sendable {
    struct Deferral: Hashable, Sendable {
        var retryAt: Duration
        var failures: Int
    }

    struct Lane: Hashable, Sendable {
        var range: ClosedRange<UInt64>
        /// Everything up to here was read; what is not under way, deferred or awaiting is done.
        var readThrough: UInt64
        /// Items of the lane under way at most.
        var share: Int

        init(_ range: ClosedRange<UInt64>, share: Int) {
            (self.range, self.share) = (range, share)
            readThrough = range.lowerBound - 1
        }

        /// Numbers not read yet; nil where all were.
        var unread: ClosedRange<UInt64>? {
            readThrough < range.upperBound ? (readThrough + 1)...range.upperBound : nil
        }
    }

    let limit: Int
    /// Refused items that are waited for; with so many, nothing new is read.
    let deferredLimit: Int
    /// Items of a lane that the broker took and no consumer receipted yet, at most; nil where the broker's word is enough.
    let awaitingLimit: Int?
    private(set) var lanes: [Lane]
    private(set) var inFlight: [UInt64: RelayItem] = [:]
    private(set) var deferred: [UInt64: Deferral] = [:]
    /// Delivered, still to be deleted from the queue.
    private(set) var toDelete: Set<UInt64> = []
    /// Taken by the broker, not yet receipted; of an announcement, the numbers it speaks of.
    private(set) var awaiting: [UInt64: SequenceSet?] = [:]
    private var receipted = SequenceSet()
    private var lastProgress: Duration = .zero
    private var patience: Duration

    /// Slots that a backlog leaves to alerts decided now.
    private static let liveSlots = 4
    private static let leastPatience = Duration.seconds(2)
    private static let firstPatience = Duration.seconds(10)
    private static let longestPatience = Duration.seconds(60)

    init(limit: Int = 20, deferredLimit: Int = 1000, awaitingLimit: Int? = nil) {
        (self.limit, self.deferredLimit, self.awaitingLimit) = (limit, deferredLimit, awaitingLimit)
        lanes = [
            Lane(RelayItem.firstAnnouncement...UInt64(Int64.max), share: limit),
            Lane(1...(RelayItem.firstAnnouncement - 1), share: limit),
        ]
        patience = Self.firstPatience
    }

    /// Begins to read anew after a connection was made: what is there already is backlog, what comes is not.
    mutating func split(after last: UInt64) {
        let announcements = Lane(RelayItem.firstAnnouncement...UInt64(Int64.max), share: limit)
        let live = Lane((last + 1)...(RelayItem.firstAnnouncement - 1), share: limit)
        lanes = [announcements, live]
        if last > 0 { lanes.append(Lane(1...last, share: max(1, limit - Self.liveSlots))) }
    }

    /// How far the backlog was read.
    var readThrough: UInt64 { lanes[lanes.count - 1].readThrough }

    /// How many new items of the backlog may be read now.
    var room: Int { room(in: lanes.count - 1) }

    /// How many new items of a lane may be read now.
    func room(in lane: Int) -> Int {
        guard deferred.count < deferredLimit, toDelete.count <= limit, lanes[lane].unread != nil else { return 0 }
        let range = lanes[lane].range
        if let awaitingLimit, awaiting.keys.count(where: range.contains) >= awaitingLimit { return 0 }
        let own = inFlight.keys.count(where: range.contains)
        return max(0, min(limit - inFlight.count, lanes[lane].share - own))
    }

    /// Items read from the queue behind what a lane had read; returns those to be sent.
    mutating func read(_ items: [RelayItem]) -> [RelayItem] {
        var fresh: [RelayItem] = []
        for item in items {
            if let lane = lanes.firstIndex(where: { $0.range.contains(item.sequence) }) {
                lanes[lane].readThrough = max(lanes[lane].readThrough, item.sequence)
            }
            guard inFlight[item.sequence] == nil, deferred[item.sequence] == nil, awaiting[item.sequence] == nil,
                !toDelete.contains(item.sequence)
            else { continue }
            inFlight[item.sequence] = item
            fresh.append(item)
        }
        return fresh
    }

    /// Nothing is left of a lane that ends; an open one goes on.
    mutating func exhausted(_ lane: Int) {
        guard lanes[lane].range.upperBound < RelayItem.firstAnnouncement - 1 else { return }
        lanes[lane].readThrough = lanes[lane].range.upperBound
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
    mutating func accepted(_ sequence: UInt64, at now: Duration = .zero) -> RelayItem? {
        deferred[sequence] = nil
        guard let item = inFlight.removeValue(forKey: sequence) else { return nil }
        let spokenOf = item.isAnnouncement ? Self.sequences(of: item) : nil
        if awaitingLimit == nil || isReceipted(sequence, spokenOf) {
            toDelete.insert(sequence)
        } else {
            if awaiting.isEmpty { lastProgress = now }
            awaiting[sequence] = .some(spokenOf)
        }
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
        readAgain(sequence)
    }

    mutating func deleted(_ sequences: some Sequence<UInt64>) { toDelete.subtract(sequences) }

    /// A consumer has these. A receipt for nothing that is awaited says that the consumer is there again, and has not got what
    /// was sent before: that is read again, but not more often than every two seconds.
    ///
    /// - Returns: how many items are read again.
    @discardableResult
    mutating func receipted(_ sequences: SequenceSet, at now: Duration) -> Int {
        receipted.formUnion(sequences)
        let done = awaiting.filter { isReceipted($0.key, $0.value) }.keys
        for sequence in done {
            awaiting[sequence] = nil
            // Alerts leave the queue with the receipt itself.
            if sequence >= RelayItem.firstAnnouncement { toDelete.insert(sequence) }
        }
        for sequence in deferred.keys where receipted.contains(sequence) { deferred[sequence] = nil }
        if !done.isEmpty { (lastProgress, patience) = (now, Self.firstPatience) }
        return done.isEmpty && now - lastProgress >= Self.leastPatience ? forgetAwaiting(at: now) : 0
    }

    /// What no receipt came for in time is read again; each time in vain the patience doubles.
    ///
    /// - Returns: how many items.
    mutating func expireAwaiting(at now: Duration) -> Int {
        guard !awaiting.isEmpty, now - lastProgress >= patience else { return 0 }
        patience = min(patience * 2, Self.longestPatience)
        return forgetAwaiting(at: now)
    }

    /// The broker may have lost what it took: everything without receipt is read again.
    @discardableResult
    mutating func forgetAwaiting(at now: Duration) -> Int {
        let sequences = awaiting.keys
        awaiting = [:]
        lastProgress = now
        for sequence in sequences { readAgain(sequence) }
        return sequences.count
    }

    private mutating func readAgain(_ sequence: UInt64) {
        guard let lane = lanes.firstIndex(where: { $0.range.contains(sequence) }) else { return }
        lanes[lane].readThrough = min(lanes[lane].readThrough, sequence - 1)
    }

    private func isReceipted(_ sequence: UInt64, _ spokenOf: SequenceSet?) -> Bool {
        guard sequence >= RelayItem.firstAnnouncement else { return receipted.contains(sequence) }
        guard let spokenOf else { return true }
        return spokenOf.ranges.allSatisfy { receipted.missing(in: $0).isEmpty }
    }

    private static func sequences(of announcement: RelayItem) -> SequenceSet? {
        (try? JSONValue(parsing: Array(announcement.payload.utf8))).flatMap { SequenceGap.read($0)?.sequences }
    }
}
