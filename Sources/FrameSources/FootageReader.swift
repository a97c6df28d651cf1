import Imaging
public import ShrikeCore

/// Reads a video file picture by picture for those who look again, e.g. to cut clips. Calls block; for one thread.
public final class FootageReader {
    private let path: String
    private let stream: any VideoStream

    /// - Parameter isolation: nil decodes in this process.
    /// - Throws: `SourceError` where the file cannot be opened as video.
    public init(_ path: String, isolation: DecoderIsolation?) throws(SourceError) {
        self.path = path
        do {
            stream = try VideoOpening(address: path).open(isolation) { true }
        } catch { throw Self.failure(error, path) }
    }

    /// 0 where the container does not say.
    public var framesPerSecond: Double { stream.properties.framesPerSecond }
    /// Nil where the container does not say.
    public var frameCount: Int64? { stream.properties.frameCount }

    /// Goes to the next picture; false at the end.
    public func grab() throws(SourceError) -> Bool {
        do { return try stream.grab() != nil } catch { throw Self.failure(error, path) }
    }

    /// The picture that was gone to, as 8-bit BGR.
    public func pixels() throws(SourceError) -> PixelBuffer {
        do { return try stream.retrieve() } catch { throw Self.failure(error, path) }
    }

    private static func failure(_ failure: VideoFailure, _ path: String) -> SourceError {
        SourceError("cannot be read as video: \(failure.reason)", at: path, remedy: "check the recording")
    }
}
