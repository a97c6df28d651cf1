import Foundation
import ShrikeCore
import TestKit
import Testing

@testable import FrameSources

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: RTSPServer.isPossible, "python3-gi with gir1.2-gst-rtsp-server-1.0 is not installed"))
struct RTSPSourceTests {
    private static let timing = LiveTiming(
        connectTimeout: MediaTime(milliseconds: 4000), readTimeout: MediaTime(milliseconds: 4000),
        stallAfter: MediaTime(milliseconds: 1500), firstRetry: MediaTime(milliseconds: 300),
        longestRetry: MediaTime(milliseconds: 1000))

    private static func source(_ address: String, timing: LiveTiming = timing) throws -> LiveSource {
        try LiveSource.rtsp(address, options: SourceOptions(live: timing))
    }

    /// Reads until a state with this name; returns the states on the way.
    private static func states(of source: LiveSource, until name: String) async throws -> [String] {
        var names: [String] = []
        while names.last != name, let event = try await source.next() {
            if case .state(let state) = event { names.append(state.name) }
        }
        return names
    }

    @Test func aServerThatComesLateIsFoundAndKeepsTheContract() async throws {
        let server = RTSPServer()
        let early = try Self.source(server.address("live"))
        #expect(try await Self.states(of: early, until: "retrying") == ["connecting", "retrying"])
        try server.start()
        #expect(await SourceLog.read(early, limit: 5).frames.count == 5)
        early.stop()
        try await SourceContract.check(frames: 10) { try Self.source(server.address("live")) }
    }

    @Test func aStalledServerIsNoticedAndItsReturnToo() async throws {
        let server = RTSPServer()
        try server.start()
        let source = try Self.source(server.address("live"))
        #expect(await SourceLog.read(source, limit: 3).frames.count == 3)
        let start = ContinuousClock.now
        server.freeze()
        #expect(try await Self.states(of: source, until: "stalled").last == "stalled")
        #expect(ContinuousClock.now - start < .seconds(6) * Patience.stretch)
        server.thaw()
        #expect(await SourceLog.read(source, limit: 3).frames.count == 3)
        server.kill()
        let lost = try await Self.states(of: source, until: "retrying")
        #expect(lost.last == "retrying")
        try server.start()
        #expect(await SourceLog.read(source, limit: 3).frames.count == 3)
        source.stop()
    }

    @Test func refusedCredentialsAreToldApartAndNeverShown() async throws {
        let server = RTSPServer(credentials: "shrike:s3cret")
        try server.start()
        let right = try Self.source(server.address("live", user: "shrike:s3cret@"))
        #expect(await SourceLog.read(right, limit: 2).frames.count == 2)
        right.stop()
        let wrong = try Self.source(server.address("live", user: "shrike:hunter2@"))
        #expect(try await Self.states(of: wrong, until: "auth").last == "auth")
        wrong.stop()
        #expect(!"\(wrong.info)".contains("hunter2") && !"\(wrong.info)".contains("shrike:"))
        let error = #expect(throws: SourceError.self) { try LiveSource.rtsp("rtsp://u:hunter2@h:0/x") }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func aMissingStreamIsNamed() async throws {
        let server = RTSPServer()
        try server.start()
        let live = try Self.source(server.address("live"))
        #expect(await SourceLog.read(live, limit: 1).frames.count == 1)
        live.stop()
        let source = try Self.source(server.address("nowhere"))
        var reasons: [String] = []
        while reasons.isEmpty, let event = try await source.next() {
            if case .state(.retrying(let reason, _)) = event { reasons.append(reason) }
        }
        source.stop()
        #expect(reasons.first?.contains("404") == true)
    }

    @Test func aFrozenPictureIsNoticed() async throws {
        let server = RTSPServer()
        try server.start()
        var timing = Self.timing
        timing.frozenAfter = MediaTime(milliseconds: 2000)
        let source = try Self.source(server.address("still"), timing: timing)
        #expect(try await Self.states(of: source, until: "frozen").suffix(2) == ["up", "frozen"])
        source.stop()
    }
}
