import Foundation

/// Path patterns as a shell reads them (glob(7)).
enum Glob {
    /// Files and folders that match, in natural order; hidden ones only where the pattern begins with a dot.
    static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_TILDE, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
            .sorted(by: NaturalOrder.areInOrder)
    }
}
