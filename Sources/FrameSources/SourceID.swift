import ShrikeCore

/// Names of sources for topics, metrics and alerts.
public enum SourceID {
    /// A name of letters, digits, `-`, `_` and `.` only, at most 64 long, from any text without secrets in it.
    ///
    /// Other characters become `-`; names never begin with a dot and are never empty.
    public static func topicSafe(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isSafe = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            let next: Character = isSafe || scalar == "_" || scalar == "." ? Character(scalar) : "-"
            if next == "-", name.last == "-" || name.isEmpty { continue }
            if next == ".", name.isEmpty { continue }
            name.append(next)
            if name.count == 64 { break }
        }
        while name.last == "-" || name.last == "." { name.removeLast() }
        return name.isEmpty ? "source" : name
    }

    /// Name for a file or folder: its last path component without extension.
    static func ofPath(_ path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        let stem = last.lastIndex(of: ".").map { $0 == last.startIndex ? last : String(last[..<$0]) } ?? last
        return topicSafe(stem)
    }
}
