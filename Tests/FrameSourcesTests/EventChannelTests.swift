import Foundation
import ShrikeCore
import Testing

@testable import FrameSources

@Suite(.timeLimit(.minutes(20)))
struct EventChannelTests {
    @Test func givesQueuedEventsThenTheErrorOnceThenTheEnd() async throws {
        let channel = EventChannel(.backPressure(capacity: 4))
        #expect(channel.send(.dropped(count: 1)))
        channel.finish(throwing: SourceError("broke", at: "here", remedy: "mend"))
        #expect(!channel.send(.dropped(count: 2)))
        guard case .dropped(count: 1) = try await channel.next() else {
            Issue.record("queued event lost")
            return
        }
        await #expect(throws: SourceError.self) { try await channel.next() }
        guard case nil = try await channel.next() else {
            Issue.record("more than one end")
            return
        }
    }

    @Test func theProducerWaitsForRoomUntilTheConsumerLeaves() async throws {
        let channel = EventChannel(.backPressure(capacity: 1))
        let before = SourceThreads.running
        SourceThreads.start("producer") { while channel.send(.dropped(count: 1)) {} }
        try await Task.sleep(for: .milliseconds(50))
        channel.close()
        for _ in 0..<100 where SourceThreads.running > before { try await Task.sleep(for: .milliseconds(20)) }
        guard case nil = try await channel.next() else {
            Issue.record("events after close")
            return
        }
    }

    @Test func aCancelledReaderGetsTheEndAndTheNextOneTheEvent() async throws {
        let channel = EventChannel(.newestFrame)
        let reader = Task { try await channel.next() }
        try await Task.sleep(for: .milliseconds(20))
        reader.cancel()
        guard case nil = try await reader.value else {
            Issue.record("cancelled reader got an event")
            return
        }
        #expect(channel.send(.state(.up)))
        guard case .state(.up) = try await channel.next() else {
            Issue.record("event lost")
            return
        }
    }

    @Test func statesDoNotPileUp() async throws {
        let channel = EventChannel(.newestFrame)
        for _ in 0..<1000 { #expect(channel.send(.state(.stalled))) }
        channel.finish()
        var count = 0
        while try await channel.next() != nil { count += 1 }
        #expect(count < 20)
    }
}
