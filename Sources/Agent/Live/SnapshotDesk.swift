import Evidence
import Foundation
import Messaging
import ShrikeCore

/// Sends the next picture of a source to whoever ordered it.
final class SnapshotDesk: @unchecked Sendable {
    // Sendable: `wanted` is only touched under `lock`.
    private struct Request {
        var commandID: String
        var end: ContinuousClock.Instant
    }

    private static let longestWait = Duration.seconds(60)
    private static let requestsPerSource = 4

    private let lock = NSLock()
    private var wanted: [String: [Request]] = [:]
    private let session: MQTTSession?
    private let topics: Topics
    private let renderer = EvidenceRenderer()
    private let thread = BlockingThread(label: "snapshot")
    private static let side = 640

    init(session: MQTTSession?, topics: Topics) { (self.session, self.topics) = (session, topics) }

    /// - Returns: false where too many wait for this source already.
    func request(source: String, commandID: String) -> Bool {
        lock.withLock {
            var waiting = (wanted[source] ?? []).filter { $0.end > .now }
            defer { wanted[source] = waiting }
            guard waiting.count < Self.requestsPerSource else { return false }
            waiting.append(Request(commandID: commandID, end: .now + Self.longestWait))
            return true
        }
    }

    /// Sends the frame where somebody waits for one. Costs nothing otherwise.
    func offer(_ frame: Frame, source: String) async {
        let requests = lock.withLock { () -> [Request] in
            guard wanted[source] != nil else { return [] }
            return (wanted.removeValue(forKey: source) ?? []).filter { $0.end > .now }
        }
        guard !requests.isEmpty, let session, let topic = try? topics.snapshot(source: source),
            let jpeg = try? await thread.run({ [renderer] in try renderer.plain(frame.pixels, side: Self.side) }),
            jpeg.count <= Relay.thumbnailLimit
        else { return }
        for request in requests {
            try? session.publish(
                MQTTMessage(
                    topic: topic, payload: jpeg, contentType: "image/jpeg",
                    userProperties: [
                        .init("cmd_id", request.commandID), .init("frame_no", String(frame.index)),
                        .init("ts", (frame.captureTime?.time ?? ProcessClock.now()).rfc3339),
                    ])
            ) { _ in }
        }
    }
}
