import Foundation
import Imaging
import Integrity
import ShrikeCore

/// The pictures of a folder or glob in capture order, with the identity of the whole set.
struct PictureList: Sendable {
    struct Entry: Sendable, Hashable {
        var path: String
        /// With its folder, relative to what the person named.
        var name: String
        /// As the camera's clock shows it, for the order only.
        var time: Timestamp?
    }

    var entries: [Entry]
    /// Digest over size and first 256 KiB of every picture, in order; names do not count.
    var origin: String

    /// Orders the files at `paths`: by capture time, those without one after them in natural order of their names.
    ///
    /// Blocks while the head of every file is read.
    init(paths: [(path: String, name: String)]) {
        let heads = paths.map { Head(path: $0.path, name: $0.name) }.sorted(by: Head.areInOrder)
        entries = heads.map(\.entry)
        var hasher = SHA256Digest.Hasher()
        hasher.update(Data("shrike-pictures-1 \(heads.count)\n".utf8))
        for head in heads { hasher.update(Data(head.digest.utf8)) }
        origin = hasher.finish().description
    }

    /// Picture files below `folder`, hidden files and folders left out; links to folders are not followed.
    static func pictures(below folder: String) -> [(path: String, name: String)] {
        let root = URL(filePath: folder, directoryHint: .isDirectory)
        guard let walk = FileManager.default.enumerator(atPath: root.path(percentEncoded: false)) else { return [] }
        var found: [(path: String, name: String)] = []
        while let name = walk.nextObject() as? String {
            let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
            if isHidden {
                walk.skipDescendants()
            } else if PictureFile.hasPictureName(name) {
                let path = root.appending(path: name).path(percentEncoded: false)
                if FilePeek.kind(of: path) == .file { found.append((path, name)) }
            }
        }
        return found
    }

    private struct Head {
        var entry: Entry
        var digest: String

        init(path: String, name: String) {
            var bytes: [UInt8] = []
            var size: UInt64 = 0
            if let file = try? FileHandle(forReadingFrom: URL(filePath: path)) {
                bytes = (try? file.read(upToCount: 256 << 10)).flatMap { $0 }.map { [UInt8]($0) } ?? []
                size = (try? file.seekToEnd()) ?? 0
                // A TIFF may keep its directory at the end.
                if bytes.starts(with: [0x49, 0x49]) || bytes.starts(with: [0x4D, 0x4D]), size <= 64 << 20 {
                    try? file.seek(toOffset: 0)
                    bytes = (try? file.readToEnd()).flatMap { $0 }.map { [UInt8]($0) } ?? []
                }
                try? file.close()
            }
            let metadata = PictureMetadata.read(bytes)
            entry = Entry(path: path, name: name, time: metadata.localTime ?? metadata.gpsTime)
            digest = "\(size) \(SHA256Digest(of: Data(bytes.prefix(256 << 10))).hex)\n"
        }

        static func areInOrder(_ a: Head, _ b: Head) -> Bool {
            switch (a.entry.time, b.entry.time) {
            case (let x?, let y?) where x != y: x < y
            case (_?, nil): true
            case (nil, _?): false
            default: NaturalOrder.areInOrder(a.entry.name, b.entry.name)
            }
        }
    }
}
