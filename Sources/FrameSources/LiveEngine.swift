import Foundation
import Imaging
import ShrikeCore

/// Runs the supervisor's decisions: one thread that looks at the clock, one per connection that reads pictures.
///
/// A connection that is given up ends within a tenth of a second where its decoder has a process of its own. In this process a
/// thread that hangs in the decoder beyond all time-outs is left behind, at most three of them; it ends when the call it
/// hangs in returns, and what it brings then is thrown away.
final class LiveEngine: @unchecked Sendable {
    // Sendable: the variables are only touched under `lock`.
    private let lock = NSLock()
    private let feed: any LiveFeed
    private let options: SourceOptions
    private let channel: EventChannel
    private let id: String
    private var supervisor: LiveSupervisor
    private var novelty = PictureNovelty()
    private var session = 0
    private var threads = 0
    private var origin = ""
    private var index: Int64 = 0
    private var lastTime = MediaTime(microseconds: -1)
    private var begin = MediaTime.zero

    private static let mostThreads = 4

    init(feed: any LiveFeed, id: String, options: SourceOptions, channel: EventChannel) {
        (self.feed, self.id, self.options, self.channel) = (feed, id, options, channel)
        let seed = id.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        supervisor = LiveSupervisor(timing: options.live, seed: seed)
    }

    /// The ticking thread's work, until the consumer closes the channel.
    func run() {
        lock.withLock {
            begin = Self.now
            origin = "\(id)@\(options.clock().time.rfc3339)"
            perform(supervisor.start(at: begin))
        }
        while !channel.closed {
            channel.pause(seconds: 0.1)
            lock.withLock { perform(supervisor.tick(at: Self.now)) }
        }
        lock.withLock { session += 1 }
        channel.finish()
    }

    private static var now: MediaTime { MediaTime(seconds: ProcessInfo.processInfo.systemUptime) }

    /// Called under the lock.
    private func perform(_ actions: [LiveSupervisor.Action]) {
        for action in actions {
            switch action {
            case .announce(let state): _ = channel.send(.state(state))
            case .abandon: session += 1
            case .connect: connect()
            }
        }
    }

    /// Called under the lock.
    private func connect() {
        guard !channel.closed else { return }
        guard threads < Self.mostThreads else {
            let failure = LiveFailure("\(threads - 1) earlier connections hang in the decoder")
            return perform(supervisor.failed(failure, at: Self.now))
        }
        session += 1
        threads += 1
        let number = session
        SourceThreads.start("shrike-live") { [self] in
            read(as: number)
            lock.withLock { threads -= 1 }
        }
    }

    /// The work of one connection's thread.
    private func read(as number: Int) {
        do {
            let connection = try feed.connect(timing: options.live) { [weak self] in self?.isCurrent(number) ?? false }
            whileCurrent(number) { perform(supervisor.connected(at: Self.now)) }
            while isCurrent(number) {
                let pixels = try connection.next()
                deliver(pixels, hash: PictureNovelty.hash(of: pixels), captured: options.clock(), as: number)
            }
        } catch {
            whileCurrent(number) {
                session += 1
                perform(supervisor.failed(error, at: Self.now))
            }
        }
    }

    private func deliver(_ pixels: PixelBuffer, hash: UInt64, captured: CaptureTime, as number: Int) {
        whileCurrent(number) {
            let now = Self.now
            perform(supervisor.picture(isNew: novelty.isNew(hash), at: now))
            lastTime = max(now - begin, lastTime + MediaTime(microseconds: 1))
            let frame = Frame(index: index, mediaTime: lastTime, captureTime: captured, origin: origin, pixels: pixels)
            index += 1
            _ = channel.send(.frame(frame))
        }
    }

    private func isCurrent(_ number: Int) -> Bool { lock.withLock { number == session } && !channel.closed }

    private func whileCurrent(_ number: Int, _ body: () -> Void) {
        lock.withLock { if number == session { body() } }
    }
}
