import ShrikeCore

/// A live connection through OpenCV and FFmpeg.
final class VideoConnection: LiveConnection {
    private let stream: any VideoStream

    init(_ stream: any VideoStream) { self.stream = stream }

    func next() throws(LiveFailure) -> PixelBuffer {
        do {
            guard try stream.grab() != nil else { throw LiveFailure("the stream ended") }
            return try stream.retrieve()
        } catch let failure as VideoFailure {
            if case .failed = failure { throw LiveFailure("picture could not be decoded") }
            throw LiveFailure(failure.reason)
        } catch let failure as LiveFailure {
            throw failure
        } catch {
            throw LiveFailure("\(error)")
        }
    }
}
