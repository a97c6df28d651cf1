import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import FrameSources

/// What every frame source promises, checked on each implementation.
enum SourceContract {
    /// - Parameters:
    ///   - make: a fresh source over the same footage.
    ///   - secrets: texts that must not appear anywhere.
    static func check(
        frames wanted: Int, secrets: [String] = [], make: () throws -> any FrameSource
    ) async throws {
        try await checkOrder(of: make(), frames: wanted, secrets: secrets)
        try await checkStopping(make(), make())
    }

    private static func checkOrder(of source: any FrameSource, frames wanted: Int, secrets: [String]) async throws {
        let info = source.info
        #expect(SourceID.topicSafe(info.id) == info.id, "the name is safe in topics")
        var seen: [Frame] = []
        while seen.count < wanted, let event = try await source.next() {
            #expect(!secrets.contains { "\(event) \(info)".contains($0) }, "no secret is shown")
            if case .frame(let frame) = event { seen.append(frame) }
        }
        #expect(seen.count == wanted)
        for (before, after) in zip(seen, seen.dropFirst()) where before.origin == after.origin {
            #expect(before.index < after.index, "indices rise")
            #expect(before.mediaTime < after.mediaTime, "media times rise")
        }
        #expect(seen.allSatisfy { !$0.origin.isEmpty && $0.index >= 0 && $0.mediaTime >= .zero && $0.width > 0 })
        source.stop()
        #expect(try await isOver(source), "nothing follows stop()")
        #expect(try await isOver(source))
    }

    private static func checkStopping(_ unread: any FrameSource, _ cancelled: any FrameSource) async throws {
        unread.stop()
        #expect(try await isOver(unread), "a source can be stopped before it began")
        let task = Task { try await drain(cancelled) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        let start = ContinuousClock.now
        cancelled.stop()
        try await task.value
        #expect(
            ContinuousClock.now - start < .seconds(5) * Patience.stretch, "a waiting next() returns soon after stop()")
    }

    private static func isOver(_ source: any FrameSource) async throws -> Bool {
        if case nil = try await source.next() { true } else { false }
    }

    private static func drain(_ source: any FrameSource) async throws {
        while try await source.next() != nil {}
    }
}
