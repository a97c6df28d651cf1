import Foundation
public import ShrikeCore

/// Opens whatever a person named as footage.
public enum FootageSources {
    /// A video file, a picture, a folder of pictures, a glob of pictures, `rtsp://...` or `camera:N`.
    ///
    /// Files are looked at here, on a thread of their own; cameras connect with the first `next()` and are waited for
    /// ever. A glob that matches one video opens that video. For a watched folder make a ``WatchedFolderSource``.
    ///
    /// - Throws: `SourceError` where nothing is there, or nothing that can be read. Never shows a password.
    public static func open(
        _ address: String, options: SourceOptions = SourceOptions()
    ) async throws -> any FrameSource {
        try await withCheckedThrowingContinuation { continuation in
            SourceThreads.start("shrike-open") {
                continuation.resume(with: Result { try openBlocking(address, options: options) })
            }
        }
    }

    /// As ``open(_:options:)``, on the calling thread.
    public static func openBlocking(
        _ address: String, options: SourceOptions = SourceOptions()
    ) throws(SourceError) -> any FrameSource {
        switch FootageAddress(address) {
        case .rtsp(let address): return try LiveSource.rtsp(address, options: options)
        case .camera(let number): return LiveSource.camera(number, options: options)
        case .glob(let pattern): return try openGlob(pattern, options: options)
        case .path(let path): return try openPath(path, options: options)
        case .unsupported(let scheme):
            throw SourceError(
                "is no kind of footage address (\(scheme))", at: RedactedAddress.redact(address),
                remedy: "use a file, a folder, a glob, rtsp://... or camera:N")
        }
    }

    private static func openPath(_ path: String, options: SourceOptions) throws(SourceError) -> any FrameSource {
        guard !path.isEmpty else {
            throw SourceError("is empty", at: "footage address", remedy: "name a file or folder")
        }
        switch FilePeek.kind(of: path) {
        case nil: throw FilePeek.missing(path)
        case .folder: return try PictureFolderSource(folder: path, options: options)
        case .file:
            let head = try FilePeek.prefix(of: path, count: VideoContainer.headerLength)
            if VideoContainer(header: head) == nil, PictureFile.hasPictureName(path) || isPicture(head) {
                return try PictureFolderSource(files: [path], address: path, options: options)
            }
            return try VideoFileSource(path: path, options: options)
        }
    }

    private static func openGlob(_ pattern: String, options: SourceOptions) throws(SourceError) -> any FrameSource {
        // A file may really be named like a pattern.
        if FilePeek.kind(of: pattern) != nil { return try openPath(pattern, options: options) }
        let matches = Glob.matches(pattern)
        guard !matches.isEmpty else {
            throw SourceError("matches nothing", at: pattern, remedy: "check the pattern; quote it in a shell")
        }
        if matches.count == 1, let only = matches.first { return try openPath(only, options: options) }
        let pictures = matches.filter(PictureFile.hasPictureName)
        guard !pictures.isEmpty else {
            throw SourceError(
                "matches \(matches.count) files and no picture", at: pattern, remedy: "name one video at a time")
        }
        return try PictureFolderSource(files: pictures, address: pattern, options: options)
    }

    private static func isPicture(_ head: [UInt8]) -> Bool {
        let signatures: [[UInt8]] = [
            [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47], [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42],
        ]
        return signatures.contains(where: head.starts)
    }
}
