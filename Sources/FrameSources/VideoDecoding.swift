import Foundation
import Imaging
import ShrikeCore

/// The work of a video file's own thread: decode, count, date and hand over.
struct VideoDecoding: Sendable {
    var path: String
    var origin: String
    var options: SourceOptions
    var channel: EventChannel

    /// Delivers frames from index `first` to the end of the file or the time range.
    ///
    /// A decoder's process that dies is started again once for one place of the file; what lies behind a place where it dies
    /// twice, or hangs, is told as missing.
    func run(from first: Int64) {
        DecoderEnvironment.prepare()
        var (next, died) = (first, Int64(-1))
        do {
            while true {
                var delivered: Int64 = 0
                do {
                    let stream = try open()
                    try decode(stream, from: &next, seen: &delivered)
                } catch VideoFailure.lost(let loss) {
                    if loss == .unwanted { break }
                    if loss.isCrash, died != next {
                        died = next
                        continue
                    }
                    guard next > first else { throw unusable(loss.reason) }
                    _ = channel.send(
                        .skipped(
                            name: "\(path) from frame \(next)", reason: "\(loss.reason); the rest is not looked at"))
                    break
                }
                guard delivered > 0 || next > first || first > 0 || options.from != nil || channel.closed else {
                    throw SourceError(
                        "holds no picture that can be decoded", at: path,
                        remedy: "check the recording with another player")
                }
                break
            }
            channel.finish()
        } catch let error as SourceError {
            channel.finish(throwing: error)
        } catch {
            channel.finish(
                throwing: SourceError(
                    "decoder failed: \((error as? VideoFailure)?.reason ?? "\(error)")", at: path,
                    remedy: "check the recording"))
        }
    }

    private func unusable(_ reason: String) -> SourceError {
        SourceError(
            "cannot be opened as video: \(reason)", at: path,
            remedy: "check the recording; it may be damaged or hostile")
    }

    private func open() throws -> any VideoStream {
        // An absolute path can never be read as a protocol or a device.
        let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
        let opening = VideoOpening(
            address: absolute, processors: options.decoderProcessors, limits: options.pictureLimits,
            kept: options.readAhead + 4)
        let stream: any VideoStream
        do { stream = try opening.open(options.isolation) { [channel] in !channel.closed } } catch {
            if case .lost = error { throw error }
            throw SourceError(
                "cannot be opened as video", at: path,
                remedy: "the file is damaged or holds a codec that is not supported")
        }
        let properties = stream.properties
        if let refusal = options.pictureLimits.refusal(width: properties.width, height: properties.height) {
            throw SourceError("refused: \(refusal)", at: path, remedy: "scale the video down")
        }
        return stream
    }

    /// - Parameters:
    ///   - next: index of the first frame to deliver; afterwards of the one behind the last that was dealt with.
    ///   - seen: gets the number of pictures seen in the file.
    private func decode(_ stream: any VideoStream, from next: inout Int64, seen: inout Int64) throws {
        let properties = stream.properties
        var clock = MediaClock(framesPerSecond: properties.framesPerSecond)
        while !channel.closed, let position = try stream.grab() {
            let (index, time) = (seen, clock.advance(to: position))
            seen += 1
            if let to = options.to, time > to { return }
            if index >= next, time >= options.from ?? .zero {
                guard channel.send(try event(of: stream, index: index, time: time)) else { return }
            }
            next = max(next, index + 1)
        }
        reportShortfall(seen: seen, of: properties)
    }

    private func event(of stream: any VideoStream, index: Int64, time: MediaTime) throws(VideoFailure) -> SourceEvent {
        let pixels: PixelBuffer
        do { pixels = try stream.retrieve() } catch {
            switch error {
            case .lost: throw error
            case .refused(let reason): return .skipped(name: name(of: time), reason: reason)
            case .failed(let reason):
                return .skipped(name: name(of: time), reason: "picture could not be decoded: \(reason)")
            }
        }
        let capture = options.recordingStart.map {
            CaptureTime(time: $0.time.advanced(by: time), quality: $0.quality)
        }
        return .frame(Frame(index: index, mediaTime: time, captureTime: capture, origin: origin, pixels: pixels))
    }

    /// Tells where a file ends well before its own table of contents says; containers that only estimate a count get
    /// five percent.
    private func reportShortfall(seen: Int64, of properties: VideoReader.Properties) {
        guard !channel.closed, let promised = properties.frameCount, promised < 1 << 32, seen > 0,
            promised - seen > 2 + promised / 20
        else { return }
        _ = channel.send(
            .skipped(
                name: "\(path) from frame \(seen)",
                reason: "\(promised - seen) of \(promised) pictures are missing: the file is cut short or damaged"))
    }

    private func name(of time: MediaTime) -> String { "\(path) at \(time.milliseconds) ms" }
}
