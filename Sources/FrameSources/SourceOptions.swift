public import ShrikeCore

/// How a source is opened. The defaults read a recording from start to end, and keep a camera alive for ever.
public struct SourceOptions: Sendable {
    /// Name in topics and alerts; nil derives one from the address.
    public var id: String?
    /// What is at the other end where the address does not tell; nil takes `file` for recordings, `camera` else.
    public var kind: SourceInfo.Kind?
    /// How far the recording was analysed before. See ``RecordedFrameSource/resume(after:)``.
    public var startAfter: FrameCursor?
    /// First media time delivered; earlier frames are counted but not delivered.
    public var from: MediaTime?
    /// Last media time delivered.
    public var to: MediaTime?
    /// When the recording began, where the caller knows (side-car telemetry, file name): frames then carry capture times.
    public var recordingStart: CaptureTime?
    /// Frames decoded ahead of the consumer.
    public var readAhead: Int
    /// Processors that decode one source; nil takes all. The CPU time per frame is the same; fewer leave the others to
    /// the rest of the system.
    public var decoderProcessors: Int?
    public var pictureLimits: PictureLimits
    /// Decodes files and network cameras in processes of their own; nil in this one. Local cameras are always read here.
    public var isolation: DecoderIsolation?
    public var live: LiveTiming
    /// The wall clock, asked when a live picture arrives.
    public var clock: @Sendable () -> CaptureTime
    /// Seconds without a change after which a file in a watched folder is complete, where the file system does not say
    /// when its writer closed it.
    public var completeAfterSeconds: Double
    /// Whether a file of a watched folder was dealt with in an earlier run; gets the file's key, see
    /// ``WatchedFolderSource``.
    public var isProcessed: @Sendable (_ key: String) async -> Bool

    public init(
        id: String? = nil, kind: SourceInfo.Kind? = nil, startAfter: FrameCursor? = nil, from: MediaTime? = nil,
        to: MediaTime? = nil, recordingStart: CaptureTime? = nil, readAhead: Int = 3, decoderProcessors: Int? = nil,
        pictureLimits: PictureLimits = PictureLimits(), isolation: DecoderIsolation? = nil,
        live: LiveTiming = LiveTiming(),
        clock: @escaping @Sendable () -> CaptureTime = { .systemClock }, completeAfterSeconds: Double = 2,
        isProcessed: @escaping @Sendable (_ key: String) async -> Bool = { _ in false }
    ) {
        (self.id, self.kind, self.startAfter, self.from, self.to) = (id, kind, startAfter, from, to)
        (self.recordingStart, self.readAhead, self.decoderProcessors) = (recordingStart, readAhead, decoderProcessors)
        (self.pictureLimits, self.isolation, self.live, self.clock) = (pictureLimits, isolation, live, clock)
        (self.completeAfterSeconds, self.isProcessed) = (completeAfterSeconds, isProcessed)
    }
}
