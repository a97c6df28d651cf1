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
    func run(from first: Int64) {
        DecoderEnvironment.prepare()
        do {
            var reader = try open()
            let delivered = try decode(&reader, from: first)
            guard delivered > 0 || first > 0 || options.from != nil || channel.closed else {
                throw SourceError(
                    "holds no picture that can be decoded", at: path, remedy: "check the recording with another player")
            }
            channel.finish()
        } catch let error as SourceError {
            channel.finish(throwing: error)
        } catch {
            channel.finish(
                throwing: SourceError("decoder failed: \(error)", at: path, remedy: "check the recording"))
        }
    }

    private func open() throws(SourceError) -> VideoReader {
        // An absolute path can never be read as a protocol or a device.
        let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
        let reader: VideoReader
        do {
            reader = try DecoderProcessors.limited(to: options.decoderProcessors) { () throws(ImagingError) in
                try VideoReader(absolute)
            }
        } catch {
            throw SourceError(
                "cannot be opened as video", at: path,
                remedy: "the file is damaged or holds a codec that is not supported")
        }
        let properties = reader.properties
        if let refusal = options.pictureLimits.refusal(width: properties.width, height: properties.height) {
            throw SourceError("refused: \(refusal)", at: path, remedy: "scale the video down")
        }
        return reader
    }

    /// Returns the number of pictures seen in the file.
    private func decode(_ reader: inout VideoReader, from first: Int64) throws -> Int64 {
        let properties = reader.properties
        let pool = ImagePool(capacity: options.readAhead + 4)
        var clock = MediaClock(framesPerSecond: properties.framesPerSecond)
        var index: Int64 = 0
        while !channel.closed, try reader.grab() {
            let time = clock.advance(to: reader.position)
            if let to = options.to, time > to { return index + 1 }
            if index >= first, time >= options.from ?? .zero {
                guard channel.send(event(of: &reader, pool: pool, index: index, time: time)) else { return index + 1 }
            }
            index += 1
        }
        reportShortfall(seen: index, of: properties)
        return index
    }

    private func event(of reader: inout VideoReader, pool: ImagePool, index: Int64, time: MediaTime) -> SourceEvent {
        do {
            var image = try pool.take()
            try reader.retrieve(into: &image)
            if let refusal = options.pictureLimits.refusal(width: image.width, height: image.height) {
                return .skipped(name: name(of: time), reason: refusal)
            }
            let capture = options.recordingStart.map {
                CaptureTime(time: $0.time.advanced(by: time), quality: $0.quality)
            }
            return .frame(
                Frame(
                    index: index, mediaTime: time, captureTime: capture, origin: origin,
                    pixels: try pool.freeze(image)))
        } catch {
            return .skipped(name: name(of: time), reason: "picture could not be decoded: \(error)")
        }
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
