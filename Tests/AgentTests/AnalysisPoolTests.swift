import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import Agent

struct AnalysisPoolTests {
    /// Notes the frames it sees; the first waits until it is let go.
    private final class Gatekeeper: Detector {
        private let seen: Notes
        init(_ seen: Notes) { self.seen = seen }

        func detect(_ frame: Frame) throws -> [Detection] {
            if frame.index == 0 {
                seen.begun.signal()
                seen.gate.wait()
            }
            seen.add(frame.index)
            return []
        }
    }

    private final class Notes: @unchecked Sendable {
        // Proof: `values` is only touched under `lock`.
        private let lock = NSLock()
        private var values: [Int64] = []
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))

        func add(_ value: Int64) { lock.withLock { values.append(value) } }
        var order: [Int64] { lock.withLock { values } }
    }

    private func order(of queued: [(Int, Urgency)], waiting: Duration = .zero, then late: [(Int, Urgency)] = [])
        async throws -> [Int64]
    {
        let notes = Notes()
        let identity = ModelIdentity(level: .l2, name: "roof", version: "1", digest: "sha256:00")
        let scene = LoadedScene(
            definition: SceneDefinition(name: "roof", version: "1", kind: .detector, classes: []),
            lineage: Lineage(scene: identity)
        ) { Gatekeeper(notes) }
        let pool = AnalysisPool(workers: 1, scenes: [scene])
        func queue(_ number: Int, _ urgency: Urgency) -> AnalysisTicket {
            pool.analyze(ScriptedSource.frame(number), scenes: [0], urgency: urgency)
        }
        var tickets = [queue(0, .normal)]
        try await BlockingThread(label: "first").run { notes.begun.wait() }
        tickets += queued.map { queue($0.0, $0.1) }
        try await Task.sleep(for: waiting)
        tickets += late.map { queue($0.0, $0.1) }
        notes.gate.signal()
        for ticket in tickets { _ = await ticket.value }
        try await BlockingThread(label: "pool-stop").run { pool.stop() }
        return notes.order
    }

    @Test func `frames of one urgency are analysed in the order in which they came`() async throws {
        #expect(try await order(of: (1...6).map { ($0, .normal) }) == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test func `urgent frames pass others`() async throws {
        let queued: [(Int, Urgency)] = [(1, .low), (2, .normal), (3, .high), (4, .normal), (5, .high)]
        #expect(try await order(of: queued) == [0, 3, 5, 2, 4, 1])
    }

    @Test func `none waits for ever, what waited long enough goes before urgent ones`() async throws {
        #expect(try await order(of: [(1, .normal)], waiting: .seconds(1), then: [(2, .high)]) == [0, 1, 2])
    }
}
