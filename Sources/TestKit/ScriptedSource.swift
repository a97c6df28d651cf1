import Foundation
public import ShrikeCore

/// A source that gives what a test wrote down.
public final class ScriptedSource: FrameSource, @unchecked Sendable {
    // Proof: `remaining` and `givenValue` are only touched under `lock`.
    public enum Step: Sendable {
        case event(SourceEvent)
        case failure(SourceError)
    }

    public let info: SourceInfo
    private let lock = NSLock()
    private var remaining: ArraySlice<Step>
    private var givenValue = 0

    public init(_ steps: [Step], info: SourceInfo) { (remaining, self.info) = (steps[...], info) }

    /// So many black frames of 64 x 48 pixels, ten a second.
    public convenience init(frames count: Int, info: SourceInfo) {
        self.init((0..<count).map { .event(.frame(Self.frame($0))) }, info: info)
    }

    public static func frame(_ index: Int) -> Frame {
        let pixels = PixelBuffer(
            copying: [UInt8](repeating: 0, count: 64 * 48), width: 64, height: 48, format: .gray8)
        return Frame(
            index: Int64(index), mediaTime: MediaTime(milliseconds: Int64(index) * 100), origin: "script",
            pixels: pixels)
    }

    /// Steps taken from it so far.
    public var given: Int { lock.withLock { givenValue } }

    public func next() async throws -> SourceEvent? {
        let step = lock.withLock { () -> Step? in
            guard let step = remaining.popFirst() else { return nil }
            givenValue += 1
            return step
        }
        switch step {
        case .event(let event): return event
        case .failure(let error): throw error
        case nil: return nil
        }
    }

    public func stop() { lock.withLock { remaining = [] } }
}
