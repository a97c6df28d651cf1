import Imaging
public import ShrikeCore

/// Pictures of a folder, a glob or a single file, in the order they were taken.
///
/// Folders are read with their subfolders, hidden ones left out. JPEG, PNG and TIFF: 8-bit colour and grey are turned
/// upright, 16-bit grey keeps its counts. An unreadable picture is a `skipped` event with its name and the reason. One
/// picture is decoded ahead on a thread of its own. Radiometric JPEGs give their visible preview.
public final class PictureFolderSource: RecordedFrameSource {
    public let info: SourceInfo
    public let origin: String
    private let list: PictureList
    private let positions: Range<Int>
    private let options: SourceOptions
    private let start: StartPoint
    private let channel: EventChannel

    /// Pictures below a folder. Blocks while the head of every picture is read.
    public convenience init(folder: String, options: SourceOptions = SourceOptions()) throws(SourceError) {
        guard let kind = FilePeek.kind(of: folder) else { throw FilePeek.missing(folder) }
        guard kind == .folder else {
            throw SourceError("is a file, not a folder", at: folder, remedy: "name the folder it lies in")
        }
        let found = PictureList.pictures(below: folder)
        guard !found.isEmpty else {
            throw SourceError(
                "holds no picture", at: folder, remedy: "put JPEG, PNG or TIFF files there, or name another folder")
        }
        self.init(PictureList(paths: found), address: folder, options: options)
    }

    /// The given picture files; `address` is what the person named.
    public convenience init(
        files: [String], address: String, options: SourceOptions = SourceOptions()
    ) throws(SourceError) {
        guard !files.isEmpty else {
            throw SourceError("matches no picture", at: address, remedy: "check the pattern; quote it in a shell")
        }
        for file in files where FilePeek.kind(of: file) != .file { throw FilePeek.missing(file) }
        let paths = files.map { (path: $0, name: $0.split(separator: "/").last.map(String.init) ?? $0) }
        self.init(PictureList(paths: paths), address: address, options: options)
    }

    private convenience init(_ list: PictureList, address: String, options: SourceOptions) {
        let info = SourceInfo(
            id: options.id.map(SourceID.topicSafe) ?? SourceID.ofPath(address), kind: options.kind ?? .file,
            redactedAddress: address, isLive: false, isMotion: false)
        self.init(list, positions: list.entries.indices, info: info, options: options)
    }

    private init(_ list: PictureList, positions: Range<Int>, info: SourceInfo, options: SourceOptions) {
        (self.list, self.positions, self.info, self.options) = (list, positions, info, options)
        origin = list.origin
        start = StartPoint(options.startAfter)
        channel = EventChannel(.backPressure(capacity: 1))
    }

    deinit { channel.close() }

    /// Pictures there are, readable or not.
    public var count: Int { list.entries.count }

    /// The same pictures, of which only those at `positions` are delivered; indices, media times and the origin stay those of
    /// the whole. No file is looked at again.
    public func part(_ positions: Range<Int>) -> PictureFolderSource {
        PictureFolderSource(list, positions: positions.clamped(to: list.entries.indices), info: info, options: options)
    }

    public func resume(after cursor: FrameCursor) { start.set(cursor) }

    public func next() async throws -> SourceEvent? {
        if start.begin() {
            if let first = start.firstIndex(for: origin) {
                let (list, positions, options, channel) = (list, positions, options, channel)
                SourceThreads.start("shrike-pictures") {
                    Self.read(list, positions, from: first, options: options, into: channel)
                }
            } else {
                channel.finish()
            }
        }
        return try await channel.next()
    }

    public func stop() { channel.close() }

    private static func read(
        _ list: PictureList, _ positions: Range<Int>, from first: Int64, options: SourceOptions,
        into channel: EventChannel
    ) {
        DecoderEnvironment.prepare()
        let decoder = PictureDecoder(options.isolation) { !channel.closed }
        var clock = StillClock()
        for (position, entry) in list.entries.enumerated() {
            let time = clock.advance(to: entry.time)
            let index = Int64(position)
            if position >= positions.upperBound { break }
            if let to = options.to, time > to { break }
            guard positions.contains(position), index >= first, time >= options.from ?? .zero else { continue }
            let event: SourceEvent
            switch PictureFile.read(path: entry.path, limits: options.pictureLimits, by: decoder) {
            case .unusable(let reason):
                event = .skipped(name: entry.name, reason: reason)
            case .picture(let picture):
                event = .frame(
                    Frame(
                        index: index, mediaTime: time, captureTime: picture.metadata.captureTime, origin: list.origin,
                        fileName: entry.name, pixels: picture.pixels, pose: picture.metadata.pose))
            }
            guard channel.send(event) else { return }
        }
        channel.finish()
    }
}
