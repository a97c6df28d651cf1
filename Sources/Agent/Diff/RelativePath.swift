import Foundation

/// A path as a page in one folder links to a file in another, so that both can move together.
enum RelativePath {
    static func from(_ folder: String, to file: String) -> String {
        let start = URL(filePath: folder).standardizedFileURL.pathComponents
        let end = URL(filePath: file).standardizedFileURL.pathComponents
        let common = zip(start, end).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: start.count - common) + end[common...]).joined(separator: "/")
    }
}
