import Imaging
import ShrikeCore

/// Decodes in a process of its own.
final class IsolatedVideo: VideoStream {
    let properties: VideoReader.Properties
    private let process: DecoderProcess
    private let memory: SharedMemoryPool
    private let opening: VideoOpening
    private let patience: Double

    init(
        _ opening: VideoOpening, _ isolation: DecoderIsolation, isWanted: @escaping @Sendable () -> Bool
    ) throws(VideoFailure) {
        (self.opening, memory) = (opening, SharedMemoryPool(capacity: opening.kept))
        // The decoder's own limit acts first, where it does.
        patience = Self.patience(isolation, opening.readMilliseconds)
        let reply: DecoderMessage
        do {
            process = try DecoderProcess.started(isolation, isWanted: isWanted)
            reply = try process.ask(
                DecoderMessage(
                    .open, Int64(opening.connectMilliseconds), Int64(opening.readMilliseconds),
                    Int64(opening.processors ?? -1), opening.isOnNetwork ? 1 : 0, Int64(isolation.memory),
                    text: opening.address),
                seconds: Self.patience(isolation, opening.connectMilliseconds))
        } catch { throw .lost(error) }
        guard reply.reply == .done else { throw .failed(reply.reason) }
        let rate = Double(bitPattern: UInt64(bitPattern: reply.numbers[1]))
        properties = VideoReader.Properties(
            framesPerSecond: rate.isFinite && rate > 0 && rate < 10_000 ? rate : 0, width: reply[1], height: reply[2],
            frameCount: (1..<1 << 40).contains(reply[3]) ? reply.numbers[4] : nil, codec: reply.reason)
    }

    private static func patience(_ isolation: DecoderIsolation, _ milliseconds: Int) -> Double {
        max(isolation.patience, Double(milliseconds) / 1000 + 1)
    }

    func grab() throws(VideoFailure) -> MediaTime? {
        let reply = try ask(DecoderMessage(.grab))
        switch reply.reply {
        case .done:
            // Not `abs`, which traps on the lowest number of all.
            return reply.numbers[1].magnitude < 1 << 50 ? MediaTime(microseconds: reply.numbers[1]) : .zero
        case .ended: return nil
        default: throw .failed(reply.reason)
        }
    }

    func retrieve() throws(VideoFailure) -> PixelBuffer {
        var (width, height) = (properties.width, properties.height)
        // Twice: a video may change its size on the way.
        for _ in 0..<2 {
            if let refusal = opening.limits.refusal(width: width, height: height) { throw .refused(refusal) }
            guard let piece = memory.take(width * height * PixelFormat.bgr8.bytesPerPixel) else {
                throw .failed("no memory for a picture of \(width) x \(height)")
            }
            do { try process.share(piece, isReadOnly: false) } catch { throw .lost(error) }
            let reply = try ask(DecoderMessage(.retrieve, Int64(piece.number)))
            (width, height) = (reply[0], reply[1])
            switch reply.reply {
            case .done:
                guard let format = PixelFormat(wireNumber: reply[2]), (1...65_535).contains(width),
                    (1...65_535).contains(height), width * height * format.bytesPerPixel <= piece.count
                else { throw .lost(process.lost(.unintelligible)) }
                return memory.pixels(piece, width: width, height: height, format: format)
            case .small: continue
            default:
                memory.give(piece)
                throw .failed(reply.reason)
            }
        }
        throw .lost(process.lost(.unintelligible))
    }

    private func ask(_ message: DecoderMessage) throws(VideoFailure) -> DecoderMessage {
        do { return try process.ask(message, seconds: patience) } catch { throw .lost(error) }
    }
}
