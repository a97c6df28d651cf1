import Foundation
import Testing

/// Lets at most two tests run programs at the same time, so that times mean something on a small machine.
struct MachineShare: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Turnstile.shared.enter()
        do { try await function() } catch {
            await Turnstile.shared.leave()
            throw error
        }
        await Turnstile.shared.leave()
    }

    private actor Turnstile {
        static let shared = Turnstile()
        private var free = 2
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func enter() async {
            if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        }

        func leave() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }
}

extension Trait where Self == MachineShare {
    /// Runs programs; waits for its turn.
    static var machineShare: MachineShare { MachineShare() }
}
