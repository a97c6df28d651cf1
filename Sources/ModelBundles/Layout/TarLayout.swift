public import Foundation
import Glibc
public import Integrity

/// An OCI image layout in one tar file, read in place: only names of a layout are taken, links and paths that lead out are
/// refused, and nothing is unpacked.
public struct TarLayout: BlobSource {
    public let path: String
    private let entries: [String: Range<Int64>]

    public var place: String { path }

    /// More entries are refused.
    private static let maximumEntries = 65_536

    /// Reads the archive's table of contents.
    ///
    /// - Throws: ``BundleError`` for what is no layout, or is cut off, or holds anything dangerous.
    public init(opening path: String) throws(BundleError) {
        self.path = path
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BundleError("file cannot be read", at: path, remedy: "name a tar of an OCI image layout")
        }
        defer { try? file.close() }
        entries = try Self.entries(file, at: path)
        guard entries["oci-layout"] != nil, entries["index.json"] != nil else {
            throw BundleError(
                "tar holds no OCI image layout", at: path,
                remedy: "name a tar with oci-layout, index.json and blobs/ at its top")
        }
        try LayoutIndex.checkMarker(small("oci-layout", maximumBytes: 1 << 12), at: path)
    }

    private static func entries(_ file: FileHandle, at path: String) throws(BundleError) -> [String: Range<Int64>] {
        let total = Int64((try? file.seekToEnd()) ?? 0)
        let cut = BundleError("truncated tar: ends in the middle", at: path, remedy: "copy the file again")
        var entries: [String: Range<Int64>] = [:]
        var offset: Int64 = 0
        for _ in 0..<maximumEntries {
            guard offset + TarEntry.blockSize <= total, (try? file.seek(toOffset: UInt64(offset))) != nil,
                let block = try? file.read(upToCount: Int(TarEntry.blockSize)), block.count == TarEntry.blockSize
            else { throw cut }
            guard let entry = try TarEntry.read(block, at: path) else { return entries }
            let begin = offset + TarEntry.blockSize
            guard entry.size <= total - begin else { throw cut }
            try check(entry, at: path)
            if entry.kind == .file, isLayoutName(entry.name) {
                guard entries.updateValue(begin..<begin + entry.size, forKey: entry.name) == nil else {
                    throw BundleError(
                        "tar holds \(entry.name) twice", at: path, remedy: "do not use this file; ask who made it")
                }
            }
            offset = begin + (entry.size + TarEntry.blockSize - 1) / TarEntry.blockSize * TarEntry.blockSize
        }
        throw BundleError("tar of more than \(maximumEntries) entries", at: path, remedy: "split the layout")
    }

    private static func check(_ entry: TarEntry, at path: String) throws(BundleError) {
        let remedy = "do not use this file; ask who made it"
        switch entry.kind {
        case .link: throw BundleError("tar holds a link: \(entry.name.prefix(80))", at: path, remedy: remedy)
        case .other:
            throw BundleError(
                "tar holds an entry of a kind not taken: \(entry.name.prefix(80))", at: path, remedy: remedy)
        case .extended, .file, .folder: break
        }
        let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
        if entry.name.hasPrefix("/") || parts.contains("..") {
            throw BundleError("tar holds a path that leads out: \(entry.name.prefix(80))", at: path, remedy: remedy)
        }
    }

    private static func isLayoutName(_ name: String) -> Bool {
        name == "oci-layout" || name == "index.json" || name.hasPrefix("blobs/sha256/")
    }

    public func index() throws(BundleError) -> LayoutIndex {
        try LayoutIndex(parsing: small("index.json", maximumBytes: LayoutIndex.maximumBytes), at: path)
    }

    public func size(of digest: SHA256Digest) -> Int64? {
        entries["blobs/sha256/\(digest.hex)"].map { $0.upperBound - $0.lowerBound }
    }

    public func stream(
        _ digest: SHA256Digest, size: Int64, into take: (Data) throws(BundleError) -> Void
    ) throws(BundleError) {
        guard let range = entries["blobs/sha256/\(digest.hex)"] else { throw BlobCheck.missing(digest, at: path) }
        var check = BlobCheck(digest, size: size, place: path)
        try readRange(range) { piece throws(BundleError) in
            try check.add(piece)
            try take(piece)
        }
        try check.finish()
    }

    private func small(_ name: String, maximumBytes: Int) throws(BundleError) -> Data {
        guard let range = entries[name], range.upperBound - range.lowerBound <= Int64(maximumBytes) else {
            throw BundleError("\(name) is over \(maximumBytes) bytes", at: path, remedy: "make the bundle again")
        }
        var bytes = Data()
        try readRange(range) { piece throws(BundleError) in bytes.append(piece) }
        return bytes
    }

    private func readRange(
        _ range: Range<Int64>, _ take: (Data) throws(BundleError) -> Void
    ) throws(BundleError) {
        guard let file = FileHandle(forReadingAtPath: path), (try? file.seek(toOffset: UInt64(range.lowerBound))) != nil
        else { throw BundleError("file cannot be read", at: path, remedy: "is the stick still there?") }
        defer { try? file.close() }
        var left = range.upperBound - range.lowerBound
        while left > 0 {
            guard let piece = try? file.read(upToCount: Int(min(left, 1 << 18))), !piece.isEmpty else {
                throw BundleError("truncated tar: ends in the middle", at: path, remedy: "copy the file again")
            }
            left -= Int64(piece.count)
            try take(piece)
        }
    }
}
