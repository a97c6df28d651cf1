import Foundation
import Testing

@testable import Agent

@Suite struct WatchdogTests {
    @Test func onlyWorkThatTakesTooLongHangs() {
        let board = ProgressBoard()
        let first = board.begin("analyze", source: "a")
        _ = board.begin("decide", source: "b")
        #expect(board.stuck(longerThan: .seconds(3600)).isEmpty)
        #expect(board.stuck(longerThan: .zero).map(\.source) == ["a", "b"], "longest first")
        board.excuse(source: "b", true)
        #expect(board.stuck(longerThan: .zero).map(\.stage) == ["analyze"], "b waits for a disk")
        board.end(first)
        #expect(board.stuck(longerThan: .zero).isEmpty && board.completedCount == 1)
        board.excuse(source: "b", false)
        #expect(board.stuck(longerThan: .zero).count == 1)
    }

    @Test func withoutASocketNothingIsSent() {
        #expect(!ServiceNotifier(environment: [:]).send("READY=1"))
        #expect(!ServiceNotifier(environment: ["NOTIFY_SOCKET": "relative"]).send("READY=1"))
        #expect(!ServiceNotifier(environment: ["NOTIFY_SOCKET": "/none/there"]).send("READY=1"))
        let long = "/" + String(repeating: "x", count: 200)
        #expect(!ServiceNotifier(environment: ["NOTIFY_SOCKET": long]).send("READY=1"))
    }

    @Test func theWatchdogOfAnotherProcessIsNotOurs() {
        #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": "3000000"]).watchdog == .seconds(3))
        #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]).watchdog == nil)
        #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": "x"]).watchdog == nil)
    }
}
