import ShrikeCore
import TestKit
import Testing

@testable import Agent

struct FramePacerTests {
    /// Positions of the frames that are analysed, of `count` at ten a second.
    private func admitted(_ pacer: FramePacer, from first: Int = 0, of count: Int) async -> [Int] {
        var pacer = pacer
        var positions: [Int] = []
        for i in first..<count where await pacer.admits(ScriptedSource.frame(i)) { positions.append(i) }
        return positions
    }

    @Test func `without a limit every frame is analysed`() async {
        #expect(await admitted(FramePacer(), of: 7) == Array(0..<7))
    }

    @Test func `a limit equal to the rate passes every frame`() async {
        #expect(await admitted(FramePacer(framesPerSecond: 10), of: 7) == Array(0..<7))
    }

    @Test func `a limit thins by media time`() async {
        #expect(await admitted(FramePacer(framesPerSecond: 5), of: 7) == [0, 2, 4, 6])
        #expect(await admitted(FramePacer(framesPerSecond: 3), of: 10) == [0, 4, 8])
    }

    @Test func `a resumed run admits the frames an undisturbed one would have`() async {
        var pacer = FramePacer(framesPerSecond: 5)
        pacer.resume(at: ScriptedSource.frame(2))
        #expect(await admitted(pacer, from: 3, of: 9) == [4, 6, 8])
    }

    @Test func `time that runs backward is a new recording, not a reason to wait`() async {
        var pacer = FramePacer(framesPerSecond: 1)
        #expect(await pacer.admits(ScriptedSource.frame(50)))
        #expect(await pacer.admits(ScriptedSource.frame(0)))
    }

    @Test func `a speed spreads frames over the clock`() async {
        let begin = ContinuousClock.now
        #expect(await admitted(FramePacer(speed: 2), of: 7) == Array(0..<7))
        #expect(ContinuousClock.now - begin >= .milliseconds(295), "six intervals of 100 ms at double speed")
    }
}
