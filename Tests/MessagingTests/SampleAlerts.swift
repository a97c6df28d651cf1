import Foundation
import Messaging
import ShrikeCore

extension Alert {
    static func sample(_ number: Int, className: String = "hot_cell", grade: Grade = .serious) -> Alert {
        let hex = String(number, radix: 16)
        let id = String(repeating: "0", count: 32 - hex.count) + hex
        return Alert(
            defectID: id, alertID: id, sequence: UInt64(number), site: "s", gateway: "g",
            source: SourceInfo(id: "cam", kind: .camera, redactedAddress: "rtsp://cam/1", isLive: true, isMotion: true),
            time: Timestamp(microseconds: 1_700_000_000_000_000), timeQuality: .ntp, monotonicNanoseconds: 1,
            bootID: "boot",
            mediaTime: MediaTime(milliseconds: 40), frameIndex: 1, className: className, grade: grade,
            basis: GradeBasis(ruleID: "r", standard: "s", edition: "e", inputs: ["deltaKelvin": 21.5]), score: 0.9,
            box: Box(x: 10, y: 10, width: 20, height: 20), imageWidth: 640, imageHeight: 512,
            lineage: Lineage(
                scene: ModelIdentity(
                    level: .l2, name: "solar", version: "1", digest: "sha256:" + String(repeating: "0", count: 64))),
            state: .new, trackID: 1, firstSeen: .zero, count: 3,
            thermal: ThermalReading(hotCelsius: 71.25, deltaKelvin: 21.5, contrastSigma: 9), zones: ["row-1"])
    }
}

extension RelayItem {
    static func sample(_ number: Int, grade: Grade = .serious) -> RelayItem {
        let alert = Alert.sample(number, grade: grade)
        return RelayItem(
            sequence: alert.sequence, alertID: alert.alertID, topic: "shrike/v1/s/g/alert/\(grade.rawValue)/cam",
            payload: alert.json.canonicalText, attempts: 0)
    }
}

/// A queue in memory that keeps what was done to it.
final class MemoryQueue: RelayQueue, @unchecked Sendable {
    // Proof: everything that changes is only touched under `lock`.
    private let lock = NSLock()
    private var items: [UInt64: RelayItem] = [:]
    private var listeners: [AsyncStream<Void>.Continuation] = []
    private var failures = 0
    private var highest: UInt64 = 0

    init(_ items: [RelayItem] = []) { for item in items { self.items[item.sequence] = item } }

    func add(_ new: [RelayItem]) {
        let all = lock.withLock {
            for item in new { items[item.sequence] = item }
            highest = max(highest, new.map(\.sequence).filter { $0 < RelayItem.firstAnnouncement }.max() ?? 0)
            return listeners
        }
        for listener in all { listener.yield() }
    }

    /// The next so many calls fail.
    func fail(times: Int) { lock.withLock { failures = times } }

    var depth: Int { lock.withLock { items.count } }
    var remaining: [RelayItem] { lock.withLock { items.values.sorted { $0.sequence < $1.sequence } } }

    var wakeups: AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        lock.withLock { listeners.append(continuation) }
        return stream
    }

    func pending(in range: ClosedRange<UInt64>, limit: Int) async throws -> [RelayItem] {
        try locked {
            Array($0.values.filter { range.contains($0.sequence) }.sorted { $0.sequence < $1.sequence }.prefix(limit))
        }
    }

    func acknowledge(_ sequences: SequenceSet) async throws {
        try locked { items in items = items.filter { !sequences.contains($0.key) } }
    }

    func position() async throws -> StreamPosition {
        lock.withLock {
            let alerts = items.keys.filter { $0 < RelayItem.firstAnnouncement }
            highest = max(highest, alerts.max() ?? 0)
            return StreamPosition(
                stream: String(repeating: "5", count: 32), last: highest, oldest: alerts.min() ?? highest + 1)
        }
    }

    func markAttempted(_ sequences: [UInt64]) async throws {
        try locked { items in for s in sequences { items[s]?.attempts += 1 } }
    }

    func acknowledge(_ sequences: [UInt64]) async throws {
        try locked { items in for s in sequences { items[s] = nil } }
    }

    private func locked<T>(_ body: (inout [UInt64: RelayItem]) -> T) throws -> T {
        try lock.withLock {
            guard failures == 0 else {
                failures -= 1
                throw QueueFailure()
            }
            return body(&items)
        }
    }

    struct QueueFailure: Error {}
}
