import Testing

@testable import Agent

struct PermitsTests {
    private actor Meter {
        private(set) var inside = 0
        private(set) var most = 0
        private(set) var passed = 0

        func enter() {
            inside += 1
            most = max(most, inside)
        }

        func leave() {
            inside -= 1
            passed += 1
        }
    }

    @Test(arguments: [1, 3]) func `never more than the given number are inside, and all get in`(_ count: Int) async {
        let permits = Permits(count)
        let meter = Meter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await permits.acquire()
                    await meter.enter()
                    await Task.yield()
                    await meter.leave()
                    permits.release()
                }
            }
        }
        #expect(await meter.most <= count)
        #expect(await meter.passed == 50)
    }

    @Test func `a release before the acquisition counts`() async {
        let permits = Permits(0)
        permits.release()
        await permits.acquire()
    }
}
