import Foundation
import Messaging
import ShrikeCore

/// The ledgers of all streams that a subscriber follows, with the file they are kept in between two runs.
final class StreamProof: @unchecked Sendable {
    // Sendable: everything that changes is only touched under `lock`.
    /// Site, gateway and, of a replay, its run.
    struct Stream: Hashable, Comparable {
        var site: String
        var gateway: String
        var run: String?

        var name: String { "\(site)/\(gateway)\(run.map { "/replay/\($0)" } ?? "")" }

        static func < (a: Stream, b: Stream) -> Bool { a.name < b.name }
    }

    private static let maximumFileBytes = 256 << 20
    /// Receipts go out after so many alerts, and whenever a moment passed.
    private static let receiptBatch = 50

    private let lock = NSLock()
    private let path: String?
    private var ledgers: [Stream: AlertLedger] = [:]
    private var unreceipted: [Stream: Int] = [:]
    private var greeted: Set<Stream> = []
    private var lastNews = ContinuousClock.now

    /// - Parameter path: file of an earlier run, which goes on; nil keeps nothing.
    /// - Throws: ``AgentError`` where the file is there and is no ledger.
    init(path: String?) throws(AgentError) {
        self.path = path
        guard let path, FileManager.default.fileExists(atPath: path) else { return }
        guard let data = FileManager.default.contents(atPath: path),
            let document = try? JSONValue(parsing: data, maximumBytes: Self.maximumFileBytes),
            document["schema"]?.stringValue == "shrike.ledger/1", let streams = document["streams"]?.arrayValue
        else {
            throw AgentError(
                "ledger cannot be read", at: path,
                remedy: "name the file of an earlier run, or one that does not exist yet")
        }
        for entry in streams {
            guard let site = entry["site"]?.stringValue, let gateway = entry["gateway"]?.stringValue,
                let ledger = entry["ledger"].flatMap({ AlertLedger(json: $0) })
            else { continue }
            ledgers[Stream(site: site, gateway: gateway, run: entry["run"]?.stringValue)] = ledger
        }
    }

    func isNew(_ alert: ReceivedAlert) -> Bool {
        lock.withLock {
            var ledger = ledgers[Self.stream(alert)] ?? AlertLedger()
            return ledger.take(alert: alert.sequence, stream: alert.stream, oldest: alert.oldest) == .new
        }
    }

    func take(_ alert: ReceivedAlert) {
        lock.withLock {
            lastNews = .now
            let stream = Self.stream(alert)
            _ = ledgers[stream, default: AlertLedger()].take(
                alert: alert.sequence, stream: alert.stream, oldest: alert.oldest, isResend: alert.isResend)
            unreceipted[stream, default: 0] += 1
        }
    }

    /// Takes an announcement or a position.
    ///
    /// - Returns: the numbers that an announcement says were dropped; nil for anything else.
    func take(_ address: TopicAddress, _ document: JSONValue) -> SequenceSet? {
        let stream = Stream(site: address.site, gateway: address.gateway, run: address.run)
        return lock.withLock {
            if let position = StreamPosition(document) {
                ledgers[stream, default: AlertLedger()].take(position)
                // A first receipt tells the gateway that somebody is there.
                if greeted.insert(stream).inserted { unreceipted[stream, default: 0] += 1 }
                return nil
            }
            guard let gap = SequenceGap.read(document) else { return nil }
            lastNews = .now
            ledgers[stream, default: AlertLedger()].take(gap: gap.sequences, stream: gap.stream)
            unreceipted[stream, default: 0] += 1
            return gap.sequences
        }
    }

    /// How long nothing new came.
    var quiet: Duration { lock.withLock { ContinuousClock.now - lastNews } }

    /// Receipts for what came since the last ones, kept in the file before they are given out.
    ///
    /// - Parameter force: also where only a few came.
    func receipts(consumer: String, force: Bool) throws(AgentError) -> [(stream: Stream, receipt: DeliveryReceipt)] {
        let due = lock.withLock { () -> [(Stream, DeliveryReceipt)] in
            let streams = unreceipted.filter { $0.key.run == nil && (force || $0.value >= Self.receiptBatch) }.keys
            return streams.compactMap { stream in
                unreceipted[stream] = nil
                return ledgers[stream].map { (stream, $0.receipt(consumer: consumer)) }
            }
        }
        if !due.isEmpty { try save() }
        return due.map { (stream: $0.0, receipt: $0.1) }
    }

    func save() throws(AgentError) {
        guard let path else { return }
        let document = lock.withLock {
            JSONValue.object([
                "schema": .string("shrike.ledger/1"),
                "streams": .array(
                    ledgers.sorted { $0.key < $1.key }.map { stream, ledger in
                        .object(compacting: [
                            "site": .string(stream.site), "gateway": .string(stream.gateway),
                            "run": stream.run.map { .string($0) }, "ledger": ledger.json,
                        ])
                    }),
            ])
        }
        do {
            try Data(document.canonicalText.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw AgentError("ledger cannot be written", at: path, remedy: "check the folder's rights and the disk")
        }
    }

    /// What can be proved now.
    func report(malformed: Int) -> VerificationReport {
        lock.withLock {
            VerificationReport(
                streams: ledgers.sorted { $0.key < $1.key }.map { stream, ledger in
                    VerificationReport.Stream(
                        name: stream.name, base: ledger.base ?? 0, highest: ledger.highest,
                        received: ledger.received.count, announced: ledger.announced.count,
                        missing: ledger.missing, outstanding: ledger.outstanding.count,
                        duplicates: ledger.duplicates, unmarkedDuplicates: ledger.unmarkedDuplicates,
                        restarts: ledger.restarts)
                }, malformed: malformed)
        }
    }

    private static func stream(_ alert: ReceivedAlert) -> Stream {
        Stream(site: alert.site, gateway: alert.gateway, run: alert.run)
    }
}
