import Foundation
import ShrikeCore

/// Looks at files before they are opened for real; every failure is a message for a person.
enum FilePeek {
    enum Kind { case file, folder }

    static func kind(of path: String) -> Kind? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        return isFolder.boolValue ? .folder : .file
    }

    /// The first `count` bytes, fewer where the file is shorter.
    static func prefix(of path: String, count: Int) throws(SourceError) -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            return [UInt8](try file.read(upToCount: count) ?? Data())
        } catch {
            throw unreadable(path)
        }
    }

    static func unreadable(_ path: String) -> SourceError {
        SourceError("cannot be read", at: path, remedy: "check that it is a file and that this user may read it")
    }

    static func missing(_ path: String) -> SourceError {
        SourceError("does not exist", at: path, remedy: "check the spelling; relative paths start at \(currentFolder)")
    }

    private static var currentFolder: String { FileManager.default.currentDirectoryPath }
}
