import ShrikeCore
import Testing

@testable import FrameSources

struct LiveSupervisorTests {
    private var supervisor = LiveSupervisor(timing: LiveTiming(), seed: 1)

    private static func at(_ seconds: Double) -> MediaTime { MediaTime(seconds: seconds) }

    /// Runs the clock in steps of 100 ms and collects what is to be done.
    private mutating func tick(from: Double, to: Double, picture: Bool? = nil) -> [LiveSupervisor.Action] {
        var actions: [LiveSupervisor.Action] = []
        for step in Int(from * 10)..<Int(to * 10) {
            let now = MediaTime(milliseconds: Int64(step) * 100)
            if let picture { actions += supervisor.picture(isNew: picture, at: now) }
            actions += supervisor.tick(at: now)
        }
        return actions
    }

    @Test mutating func connectsAndTellsOnceThatItIsUp() {
        #expect(supervisor.start(at: .zero) == [.announce(.connecting), .connect])
        #expect(supervisor.connected(at: Self.at(1)) == [])
        #expect(supervisor.picture(isNew: true, at: Self.at(1.1)) == [.announce(.up)])
        #expect(supervisor.picture(isNew: true, at: Self.at(1.2)) == [])
    }

    @Test mutating func triesForEverWithGrowingDelaysAlsoWhenItNeverConnected() {
        _ = supervisor.start(at: .zero)
        var now = 0.0
        var delays: [Double] = []
        for _ in 0..<40 {
            let actions = supervisor.failed(LiveFailure("nobody there"), at: Self.at(now))
            guard case .announce(.retrying("nobody there", let delay)) = actions.first else {
                Issue.record("no retry told: \(actions)")
                return
            }
            delays.append(delay.seconds)
            #expect(supervisor.tick(at: Self.at(now) + delay - MediaTime(milliseconds: 1)) == [])
            #expect(supervisor.tick(at: Self.at(now) + delay) == [.connect])
            now += delay.seconds
        }
        #expect((0.8...1.2).contains(delays[0]))
        #expect(delays.allSatisfy { $0 <= 60 } && delays.suffix(8).allSatisfy { $0 >= 48 })
    }

    @Test mutating func anOpeningThatHangsIsGivenUpSoonThenLater() {
        _ = supervisor.start(at: .zero)
        _ = tick(from: 0, to: 1, picture: true)
        var opened: [Double] = []
        var limits: [Double] = []
        for step in 10..<1200 {
            for action in supervisor.tick(at: MediaTime(milliseconds: Int64(step) * 100)) {
                if action == .connect { opened.append(Double(step) / 10) }
                if action == .abandon, let since = opened.last { limits.append(Double(step) / 10 - since) }
            }
        }
        #expect(limits.prefix(6).map { $0.rounded() } == [5, 7, 9, 11, 13, 15])
        #expect(limits.dropFirst(6).allSatisfy { $0.rounded() == 15 })
        // What took long to come makes the next opening no longer.
        _ = supervisor.picture(isNew: true, at: Self.at(120))
        _ = tick(from: 120, to: 128)
        #expect(tick(from: 128, to: 130).contains(.abandon))
    }

    @Test mutating func refusedCredentialsAreToldApart() {
        _ = supervisor.start(at: .zero)
        #expect(supervisor.failed(LiveFailure("no", isRefusal: true), at: .zero) == [.announce(.unauthorized)])
        #expect(tick(from: 0, to: 2) == [.connect])
        #expect(supervisor.failed(LiveFailure("no", isRefusal: true), at: Self.at(2)) == [])
    }

    @Test mutating func aSilentStreamStallsAndIsConnectedAnew() {
        _ = supervisor.start(at: .zero)
        _ = supervisor.connected(at: .zero)
        _ = tick(from: 0, to: 2, picture: true)
        let actions = tick(from: 2, to: 8)
        #expect(actions == [.abandon, .announce(.stalled), .connect])
        #expect(supervisor.picture(isNew: true, at: Self.at(8)) == [.announce(.up)])
    }

    @Test mutating func aSlowCameraIsGivenFiveIntervals() {
        _ = supervisor.start(at: .zero)
        for n in 0..<20 { _ = supervisor.picture(isNew: true, at: Self.at(Double(n) * 2)) }
        #expect(tick(from: 38, to: 47) == [])
        #expect(tick(from: 47, to: 48.5) == [.abandon, .announce(.stalled)])
    }

    @Test mutating func aConnectionThatHangsIsAbandoned() {
        _ = supervisor.start(at: .zero)
        let actions = tick(from: 0, to: 16)
        #expect(actions.first == .abandon)
        guard case .announce(.retrying) = actions.dropFirst().first else {
            Issue.record("no retry told: \(actions)")
            return
        }
    }

    @Test mutating func repeatedPicturesAreFrozenAndReconnectedOnceAMinute() {
        _ = supervisor.start(at: .zero)
        _ = tick(from: 0, to: 1, picture: true)
        let actions = tick(from: 1, to: 100, picture: false)
        #expect(
            actions == [.announce(.frozen), .abandon, .connect, .abandon, .connect],
            "told once, connected anew at about 31 s and 91 s")
        #expect(supervisor.picture(isNew: true, at: Self.at(100)) == [.announce(.up)])
    }
}
