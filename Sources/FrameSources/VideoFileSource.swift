public import ShrikeCore

/// A recorded video: H.264, H.265 or Motion JPEG in MP4, MKV, AVI or a transport stream.
///
/// Decoded on a thread of its own a few frames ahead, never dropping one; pixels are 8-bit BGR in recycled memory. Frame
/// indices count every picture of the file. Media time is the container's where it rises, else index over frame rate.
/// What a damaged part costs is told as `skipped` events; the source goes on where the decoder can.
public final class VideoFileSource: RecordedFrameSource {
    public let info: SourceInfo
    public let origin: String
    private let start: StartPoint
    private let channel: EventChannel
    private let decoding: VideoDecoding

    /// Looks at the file, without decoding. Blocks for as long as two mebibytes take to read.
    public init(path: String, options: SourceOptions = SourceOptions()) throws(SourceError) {
        guard let kind = FilePeek.kind(of: path) else { throw FilePeek.missing(path) }
        guard kind == .file else {
            throw SourceError("is a folder, not a video", at: path, remedy: "name a file in it")
        }
        let header = try FilePeek.prefix(of: path, count: VideoContainer.headerLength)
        guard !header.isEmpty else {
            throw SourceError("is empty", at: path, remedy: "copy the recording again")
        }
        guard VideoContainer(header: header) != nil else {
            throw SourceError(
                "is no video of a supported kind", at: path, remedy: "supported are MP4, MKV, AVI and TS files")
        }
        do { origin = try FileIdentity.ofFile(at: path) } catch { throw FilePeek.unreadable(path) }
        info = SourceInfo(
            id: options.id.map(SourceID.topicSafe) ?? SourceID.ofPath(path), kind: options.kind ?? .file,
            redactedAddress: path, isLive: false, isMotion: true)
        start = StartPoint(options.startAfter)
        channel = EventChannel(.backPressure(capacity: max(1, options.readAhead)))
        decoding = VideoDecoding(path: path, origin: origin, options: options, channel: channel)
    }

    deinit { channel.close() }

    public func resume(after cursor: FrameCursor) { start.set(cursor) }

    public func next() async throws -> SourceEvent? {
        if start.begin() {
            if let first = start.firstIndex(for: origin) {
                SourceThreads.start("shrike-video") { [decoding] in decoding.run(from: first) }
            } else {
                channel.finish()
            }
        }
        return try await channel.next()
    }

    public func stop() { channel.close() }
}
