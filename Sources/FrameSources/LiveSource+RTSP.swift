import Imaging
public import ShrikeCore

extension LiveSource {
    /// A network camera, over TCP.
    ///
    /// - Throws: `SourceError` where the text is no RTSP address; a camera that does not answer is waited for instead.
    public static func rtsp(_ address: String, options: SourceOptions = SourceOptions()) throws(SourceError)
        -> LiveSource
    {
        let redacted = RedactedAddress.redact(address)
        guard let parsed = RTSPAddress(address) else {
            throw SourceError(
                "is no RTSP address", at: redacted,
                remedy: "write rtsp://user:password@host:554/path, with @ / ? # of a password percent-encoded")
        }
        DecoderEnvironment.prepare()
        let name = redacted.firstRange(of: "://").map { String(redacted[$0.upperBound...]) } ?? redacted
        let info = SourceInfo(
            id: SourceID.topicSafe(options.id ?? name), kind: options.kind ?? .camera, redactedAddress: redacted,
            isLive: true, isMotion: true)
        return LiveSource(
            feed: RTSPFeed(
                address: address, parsed: parsed, processors: options.decoderProcessors, isolation: options.isolation),
            info: info, options: options)
    }

    /// Local camera number `number` (`/dev/video<number>`); one that is absent is waited for.
    public static func camera(_ number: Int, options: SourceOptions = SourceOptions()) -> LiveSource {
        let info = SourceInfo(
            id: SourceID.topicSafe(options.id ?? "camera-\(number)"), kind: options.kind ?? .camera,
            redactedAddress: "camera:\(number)", isLive: true, isMotion: true)
        return LiveSource(feed: CameraFeed(number: number), info: info, options: options)
    }
}
