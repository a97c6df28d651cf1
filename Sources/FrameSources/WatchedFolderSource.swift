import Foundation
import Imaging
import Integrity
public import ShrikeCore

/// Pictures dropped into a folder, each taken once it is complete, and exactly once across restarts.
///
/// Every file is a recording of its own: the frame's `origin` is the file's key (SHA-256 of its content), index and media
/// time are 0. The caller stores that key together with the file's alerts, as a complete `FrameCursor` of that origin, and
/// answers `isProcessed` from there; a file whose key is stored, or that was handed out before in this run under any name, is
/// passed over. Files present at the start count. Subfolders, hidden and partial files (`.part`, `.tmp` ...) are ignored;
/// of videos only one `skipped` event is given.
public final class WatchedFolderSource: FrameSource {
    public let info: SourceInfo
    private let channel: EventChannel
    private let work: Work
    private let start = StartPoint(nil)

    public init(folder: String, options: SourceOptions = SourceOptions()) throws(SourceError) {
        guard let kind = FilePeek.kind(of: folder) else { throw FilePeek.missing(folder) }
        guard kind == .folder, FileManager.default.isReadableFile(atPath: folder) else {
            throw SourceError("is no folder that can be read", at: folder, remedy: "name a folder this user may read")
        }
        info = SourceInfo(
            id: options.id.map(SourceID.topicSafe) ?? SourceID.ofPath(folder), kind: options.kind ?? .file,
            redactedAddress: folder, isLive: false, isMotion: false)
        channel = EventChannel(.backPressure(capacity: 1))
        work = Work(folder: folder, options: options, channel: channel)
    }

    deinit { channel.close() }

    public func next() async throws -> SourceEvent? {
        if start.begin() { SourceThreads.start("shrike-folder") { [work] in work.run() } }
        return try await channel.next()
    }

    public func stop() { channel.close() }

    /// The work of the source's own thread.
    private struct Work: Sendable {
        var folder: String
        var options: SourceOptions
        var channel: EventChannel

        func run() {
            DecoderEnvironment.prepare()
            let decoder = PictureDecoder(options.isolation) { [channel] in !channel.closed }
            let notices = FolderNotices(folder: folder)
            var ledger = DropFolderLedger(quietSeconds: options.completeAfterSeconds)
            var handedOut: Set<String> = []
            var isGone = false
            while !channel.closed {
                guard let listing = list() else {
                    if !isGone { _ = channel.send(.state(.retrying(reason: "folder is gone", after: .zero))) }
                    isGone = true
                    channel.pause(seconds: 1)
                    continue
                }
                if isGone { _ = channel.send(.state(.up)) }
                isGone = false
                // Taken after the listing: a write that the listing shows has its notice among these.
                take(notices.wait(milliseconds: 0), into: &ledger)
                for name in ledger.complete(in: listing, at: now) {
                    guard let event = event(for: name, handedOut: &handedOut, decoder) else { continue }
                    guard channel.send(event) else { return }
                }
                take(notices.wait(milliseconds: 200), into: &ledger)
            }
        }

        private func take(_ notices: [FolderNotices.Notice], into ledger: inout DropFolderLedger) {
            for notice in notices {
                switch notice {
                case .beingWritten(let name): ledger.isBeingWritten(name, at: now)
                case .closed(let name): ledger.isClosed(name, at: now)
                }
            }
        }

        private var now: Double { ProcessInfo.processInfo.systemUptime }

        private func list() -> [DropFolderLedger.Entry]? {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
            return names.compactMap { name in
                var status = stat()
                guard !DropFolderLedger.isIgnored(name), stat("\(folder)/\(name)", &status) == 0,
                    status.st_mode & S_IFMT == S_IFREG
                else { return nil }
                let modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
                return DropFolderLedger.Entry(name: name, size: Int64(status.st_size), modified: modified)
            }
        }

        /// Nil where the content was handed out before.
        private func event(
            for name: String, handedOut: inout Set<String>, _ decoder: PictureDecoder
        ) -> SourceEvent? {
            guard PictureFile.hasPictureName(name) else {
                return .skipped(name: name, reason: "a watched folder takes JPEG, PNG and TIFF pictures only")
            }
            let bytes: [UInt8]
            switch PictureFile.readBytes(path: "\(folder)/\(name)", limits: options.pictureLimits) {
            case .success(let read): bytes = read
            case .failure(let refusal): return .skipped(name: name, reason: refusal.reason)
            }
            let key = SHA256Digest(of: bytes).description
            guard handedOut.insert(key).inserted, !isProcessed(key) else { return nil }
            switch PictureFile.decode(bytes, limits: options.pictureLimits, by: decoder) {
            case .unusable(let reason): return .skipped(name: name, reason: reason)
            case .picture(let picture):
                return .frame(
                    Frame(
                        index: 0, mediaTime: .zero, captureTime: picture.metadata.captureTime, origin: key,
                        fileName: name, pixels: picture.pixels, pose: picture.metadata.pose))
            }
        }

        /// Waits on this thread, which is not of the cooperative pool, for the caller's answer.
        private func isProcessed(_ key: String) -> Bool {
            let answer = Answer()
            // Nobody cancels it: it ends with the caller's own closure.
            Task { [ask = options.isProcessed] in answer.give(await ask(key)) }
            return answer.wait()
        }
    }

    private final class Answer: @unchecked Sendable {
        // Sendable: `value` is written before the signal and read after it.
        private let semaphore = DispatchSemaphore(value: 0)
        private var value = false

        func give(_ value: Bool) {
            self.value = value
            semaphore.signal()
        }

        func wait() -> Bool {
            semaphore.wait()
            return value
        }
    }
}
