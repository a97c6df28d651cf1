import Foundation
import ShrikeCore
import Synchronization
import Testing

@testable import FrameSources

/// A camera played by the test: a list of connections, each failing, giving some pictures, or hanging.
private final class ScriptedFeed: LiveFeed {
    enum Act {
        case fail(LiveFailure)
        case pictures([Int], every: Double)
        case hang(seconds: Double)
    }

    private let acts: [Act]
    private let position = Atomic(0)

    init(_ acts: [Act]) { self.acts = acts }

    func connect(timing: LiveTiming) throws(LiveFailure) -> any LiveConnection {
        let number = position.add(1, ordering: .relaxed).oldValue
        let act = number < acts.count ? acts[number] : .fail(LiveFailure("script is over"))
        if case .fail(let failure) = act { throw failure }
        return Connection(act)
    }

    private final class Connection: LiveConnection {
        private let act: Act
        private var count = 0

        init(_ act: Act) { self.act = act }

        func next() throws(LiveFailure) -> PixelBuffer {
            switch act {
            case .fail(let failure): throw failure
            case .hang(let seconds):
                Thread.sleep(forTimeInterval: seconds)
                throw LiveFailure("woke up")
            case .pictures(let numbers, let seconds):
                guard count < numbers.count else { throw LiveFailure("the stream ended") }
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

    private static func source(_ acts: [ScriptedFeed.Act], timing: LiveTiming = quick) -> LiveSource {
        let info = SourceInfo(id: "cam", kind: .camera, redactedAddress: "test", isLive: true, isMotion: true)
        let options = SourceOptions(live: timing)
        return LiveSource(feed: ScriptedFeed(acts), info: info, options: options)
    }

    @Test func keepsTheContractOfSources() async throws {
        try await SourceContract.check(frames: 5) {
            Self.source([.pictures(Array(0..<200), every: 0.005)])
        }
    }

    @Test func comesBackAfterFailuresAtTheStartAndInTheMiddle() async throws {
        let source = Self.source([
            .fail(LiveFailure("nobody there")), .fail(LiveFailure("no", isRefusal: true)),
            .pictures([1, 2], every: 0.05), .pictures([3, 4], every: 0.05),
        ])
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
        let source = Self.source([.hang(seconds: 60), .pictures([7], every: 0)], timing: timing)
        let start = ContinuousClock.now
        let log = await SourceLog.read(source, limit: 1)
        source.stop()
        #expect(log.frames.map(\.number) == [7])
        #expect(log.states.map(\.name).contains("stalled"))
        #expect(ContinuousClock.now - start < .seconds(45), "it did not wait for the hung connection")
    }

    @Test func anUnreadFrameIsReplacedAndCounted() async throws {
        let source = Self.source([.pictures(Array(0..<60), every: 0.02)])
        var log = SourceLog()
        while log.frames.count < 1, let event = try await source.next() { log.add(event) }
        log.dropped = 0
        try await Task.sleep(for: .milliseconds(2500))
        while log.frames.count < 2, let event = try await source.next() { log.add(event) }
        source.stop()
        #expect(log.frames.last?.number == 59, "the newest one")
        #expect(Int64(log.dropped) == 59 - log.indices[0] - 1)
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
