import Foundation
import ShrikeCore
import Synchronization
import TestKit
import Testing

@testable import FrameSources

/// A camera played by the test: a list of connections, each failing, giving some pictures, or hanging.
///
/// Nothing in it depends on when the test reads: a busy machine may let a reader wait for a minute.
private final class ScriptedFeed: LiveFeed {
    enum Act {
        case fail(LiveFailure)
        /// A minute of silence, or an error, follows the last picture.
        case pictures([Int], every: Double = 0, thenSilence: Bool = false)
        case hang(seconds: Double)
    }

    private let acts: [Act]
    private let position = Atomic(0)
    private let allowed: Atomic<Int>
    private let asked = Atomic(0)

    /// - Parameter allowed: no more pictures than these are given before ``allowAll()``.
    init(_ acts: [Act], allowed: Int = .max) {
        self.acts = acts
        self.allowed = Atomic(allowed)
    }

    /// How often a picture was asked for: all but the last were delivered.
    var askedFor: Int { asked.load(ordering: .acquiring) }

    func allowAll() { allowed.store(.max, ordering: .releasing) }

    func connect(
        timing: LiveTiming, isWanted: @escaping @Sendable () -> Bool
    ) throws(LiveFailure) -> any LiveConnection {
        let number = position.add(1, ordering: .relaxed).oldValue
        let act = number < acts.count ? acts[number] : .fail(LiveFailure("script is over"))
        if case .fail(let failure) = act { throw failure }
        return Connection(act, of: self)
    }

    private func waitForTurn() {
        let number = asked.add(1, ordering: .acquiringAndReleasing).newValue
        while number > allowed.load(ordering: .acquiring) { Thread.sleep(forTimeInterval: 0.005) }
    }

    private final class Connection: LiveConnection {
        private let act: Act
        private let feed: ScriptedFeed
        private var count = 0

        init(_ act: Act, of feed: ScriptedFeed) { (self.act, self.feed) = (act, feed) }

        func next() throws(LiveFailure) -> PixelBuffer {
            switch act {
            case .fail(let failure): throw failure
            case .hang(let seconds):
                Thread.sleep(forTimeInterval: seconds)
                throw LiveFailure("woke up")
            case .pictures(let numbers, let seconds, let thenSilence):
                feed.waitForTurn()
                guard count < numbers.count else {
                    if thenSilence { Thread.sleep(forTimeInterval: 60) }
                    throw LiveFailure("the stream ended")
                }
                Thread.sleep(forTimeInterval: seconds)
                count += 1
                let row = (0..<64).map { UInt8(numbers[count - 1] >> ($0 / 8) & 1 == 1 ? 220 : 20) }
                return PixelBuffer(copying: row + row, width: 64, height: 2, format: .gray8)
            }
        }
    }
}

@Suite(.timeLimit(.minutes(20)))
struct LiveSourceTests {
    private static let quick = LiveTiming(
        stallAfter: MediaTime(milliseconds: 400), firstRetry: MediaTime(milliseconds: 50),
        longestRetry: MediaTime(milliseconds: 200))

    /// Silence is no stall.
    private static let patient = LiveTiming(
        stallAfter: MediaTime(milliseconds: 3_600_000), firstRetry: MediaTime(milliseconds: 50),
        longestRetry: MediaTime(milliseconds: 200))

    private static func source(_ feed: ScriptedFeed, timing: LiveTiming = quick) -> LiveSource {
        let info = SourceInfo(id: "cam", kind: .camera, redactedAddress: "test", isLive: true, isMotion: true)
        return LiveSource(feed: feed, info: info, options: SourceOptions(live: timing))
    }

    @Test func keepsTheContractOfSources() async throws {
        try await SourceContract.check(frames: 5) {
            Self.source(ScriptedFeed([.pictures(Array(0..<100_000), every: 0.005)]), timing: Self.patient)
        }
    }

    @Test func comesBackAfterFailuresAtTheStartAndInTheMiddle() async throws {
        let feed = ScriptedFeed([
            .fail(LiveFailure("nobody there")), .fail(LiveFailure("no", isRefusal: true)),
            .pictures([1, 2], every: 0.05), .pictures([3, 4], every: 0.05, thenSilence: true),
        ])
        let source = Self.source(feed, timing: Self.patient)
        var log = SourceLog()
        while log.frames.last?.number != 4, let event = try await source.next() { log.add(event) }
        source.stop()
        // A busy machine may miss one of the first three; the last one always arrives.
        #expect(log.frames.map { Int64($0.number) - 1 } == log.indices)
        #expect(log.indices.last == 3 && log.frames.count + log.dropped == 4)
        #expect(log.states.map(\.name) == ["connecting", "retrying", "auth", "up", "retrying", "up"])
    }

    @Test func aHangingConnectionIsReplacedWhileItStillHangs() async throws {
        let timing = LiveTiming(
            connectTimeout: .zero, readTimeout: .zero, stallAfter: MediaTime(milliseconds: 300),
            firstRetry: MediaTime(milliseconds: 50))
        let source = Self.source(
            ScriptedFeed([.hang(seconds: 3600), .pictures([7], thenSilence: true)]), timing: timing)
        let start = ContinuousClock.now
        let log = await SourceLog.read(source, limit: 1)
        source.stop()
        #expect(log.frames.map(\.number) == [7])
        #expect(log.states.map(\.name).contains("stalled"))
        #expect(ContinuousClock.now - start < .seconds(1800), "it did not wait for the hung connection")
    }

    @Test func anUnreadFrameIsReplacedAndCounted() async throws {
        let feed = ScriptedFeed([.pictures(Array(0..<60), thenSilence: true)], allowed: 1)
        let source = Self.source(feed, timing: Self.patient)
        var log = SourceLog()
        while log.frames.count < 1, let event = try await source.next() { log.add(event) }
        #expect(log.frames.last?.number == 0 && log.dropped == 0)
        feed.allowAll()
        #expect(await Patience.holds(within: .seconds(20)) { feed.askedFor == 61 })
        while log.frames.count < 2, let event = try await source.next() { log.add(event) }
        source.stop()
        #expect(log.frames.last?.number == 59, "the newest one")
        #expect(log.dropped == 58)
    }

    @Test func anAbsentCameraIsWaitedFor() async throws {
        let source = LiveSource.camera(250, options: SourceOptions(live: Self.quick))
        var names: [String] = []
        while names.filter({ $0 == "retrying" }).count < 2, let event = try await source.next() {
            if case .state(let state) = event { names.append(state.name) }
        }
        source.stop()
        #expect(names == ["connecting", "retrying", "retrying"])
    }
}
