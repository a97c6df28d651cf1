import Agent
import Foundation

/// What a person types during a replay, acted upon.
final class KeyInput: @unchecked Sendable {
    // Sendable: `reader` is only touched under `lock`.
    private let lock = NSLock()
    private var reader = KeyReader()
    private let playback: Playback

    init(_ playback: Playback) { self.playback = playback }

    func take(_ byte: UInt8) {
        let isPaused = playback.status.isPaused
        switch lock.withLock({ reader.take(byte, isPaused: isPaused) }) {
        case .playback(let command): playback.handle(command)
        // As Ctrl-C: see `Interruption`.
        case .quit: kill(getpid(), SIGINT)
        case nil: break
        }
    }
}
